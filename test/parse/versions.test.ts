/** Versions of models: what each inherits, which file it has, how a ref finds it, and when it ends. */
import { describe, expect, test } from "vitest";
import { openReady, takeMark, temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run } from "../fixtures/warehouse.ts";

const yaml = (versions: string, more = "", others = "") => ({
  "models/m.yml": `models:
  - name: m
    description: The model
    config: {materialized: table, tags: [base], contract: {enforced: true}}
    columns:
      - {name: id, data_type: integer, tests: [unique]}
      - {name: name, data_type: varchar, description: Its name}
${more}    versions:
${versions}
${others}`,
});

const two = yaml(
  "      - v: 1\n      - v: 2\n        columns: [{include: all, exclude: [name]}, {name: label, data_type: varchar}]\n        config: {tags: [newer]}",
);
const files = { ...two, "models/m_v1.sql": "select 1 as id, 'a' as name\n", "models/m_v2.sql": "select 2 as id, 'b' as label\n" };

test("versions stand side by side, each with its own columns, tests and relation; a ref without version means the latest", async () => {
  const warehouse = await emptyWarehouse();
  const readers = `models:\n  - {name: latest, sql: 'select * from {{ref "m"}}'}\n  - {name: first, sql: 'select * from {{ref "m" v=1}}'}\n  - {name: second, sql: 'select * from {{ref "m" version="2"}}'}\n`;
  const { statuses } = await run(temporaryProject({ ...files, "models/r.yml": readers }), warehouse);
  expect(statuses).toEqual({
    "unique m.v1.id": "pass",
    "m.v1": "success",
    "unique m.v2.id": "pass",
    "m.v2": "success",
    latest: "success",
    first: "success",
    second: "success",
  });
  expect(await warehouse.relations()).toEqual(["main.first view", "main.latest view", "main.m_v1 table", "main.m_v2 table", "main.second view"]);
  expect(await warehouse.rows("select id from latest union all select id from first union all select id from second")).toEqual([[2], [1], [2]]);
});

test("a version inherits what it does not say itself", async () => {
  const { graph } = await openReady(temporaryProject(files));
  const shape = (id: string) => {
    const node = graph.nodes.get(id);
    if (node?.resourceType !== "model") throw new Error(`no ${id}`);
    const { name, alias, fqn, version, latestVersion, tags, description, columns, originalFilePath } = node;
    return {
      name,
      alias,
      fqn: fqn.join("."),
      version,
      latestVersion,
      tags,
      description,
      columns: columns.map((c) => c.name),
      originalFilePath,
      enforced: node.config.contract?.enforced,
    };
  };
  expect(shape("model.shop.m.v1")).toEqual({
    name: "m",
    alias: "m_v1",
    fqn: "shop.m.v1",
    version: 1,
    latestVersion: 2,
    tags: ["base"],
    description: "The model",
    columns: ["id", "name"],
    originalFilePath: "models/m_v1.sql",
    enforced: true,
  });
  expect(shape("model.shop.m.v2")).toMatchObject({ alias: "m_v2", tags: ["base", "newer"], columns: ["id", "label"] });
  expect([...graph.nodes.keys()].filter((id) => id.startsWith("test."))).toEqual([
    expect.stringMatching(/^test\.shop\.unique_m_v1_id\.[0-9a-f]{10}$/),
    expect.stringMatching(/^test\.shop\.unique_m_v2_id\.[0-9a-f]{10}$/),
  ]);
});

describe("columns", () => {
  test.each([
    ["", "id name"],
    ["columns: []", "id name"],
    ["columns: [{include: '*'}]", "id name"],
    ["columns: [{exclude: [NAME]}]", "id"],
    ["columns: [{include: [name]}]", "name"],
    ["columns: [{include: []}, {name: x, data_type: date}]", "x"],
    ["columns: [{name: id, data_type: bigint}]", "id name"],
    ["columns: [{name: x, data_type: date}]", "id name x"],
  ])("%s gives %s", async (columns, wanted) => {
    const { graph } = await openReady(temporaryProject(yaml(`      - {v: 1, sql: select 1 as id${columns ? `, ${columns}` : ""}}`)));
    const node = graph.nodes.get("model.shop.m.v1");
    expect(node?.resourceType === "model" && node.columns.map((column) => column.name).join(" ")).toBe(wanted);
  });

  test("know their own place, also where tests and contracts complain", async () => {
    const marked = takeMark(
      yaml("      - v: 1\n        columns: [{exclude: [name]}, {name: label, data_type: varchar, tests: [{§nope: {}}]}]\n        sql: select 1 as id"),
    );
    expect((await temporaryProject(marked.files).open()).said).toEqual([`RT0211 error ${marked.place} unknown test "nope"`]);
    const broken = takeMark(yaml("      - v: 1\n        columns: [{name: §id, data_type: bigint}]\n        sql: select 1 as id, 'a' as name"));
    expect((await run(temporaryProject(broken.files), await emptyWarehouse())).problems).toEqual([`RT0406 ${broken.place}`]);
  });
});

describe("files", () => {
  test("the latest version may be in the file of the model's name, and `defined_in` names any other", async () => {
    const named = yaml("      - {v: 1, defined_in: old_m}\n      - {v: 2}\n      - {v: 3, sql: 'select 3 as id'}", "    latest_version: 2\n");
    const { graph } = await openReady(temporaryProject({ ...named, "models/old_m.sql": "select 1 as id", "models/m.sql": "select 2 as id" }));
    expect([1, 2, 3].map((v) => graph.nodes.get(`model.shop.m.v${v}`)?.originalFilePath)).toEqual(["models/old_m.sql", "models/m.sql", "models/m.yml"]);
    expect(graph.names.relations.get("m")?.uniqueId).toBe("model.shop.m.v2");
  });

  test("two versions may not share one", async () => {
    const marked = takeMark(yaml("      - {v: 1, defined_in: m}\n      - {v: §2}"));
    const { said } = await temporaryProject({ ...marked.files, "models/m.sql": "select 1 as id" }).open();
    expect(said).toEqual([`RT0232 error ${marked.place} versions 1 and 2 of "m" would both be read from models/m.sql`]);
  });

  test("a version without a file, and a file without a version, are told", async () => {
    const marked = takeMark(yaml("      - {v: §1}\n      - {v: 2}"));
    const { diagnostics, said } = await temporaryProject({ ...marked.files, "models/m_v2.sql": "select 2 as id", "models/m_v3.sql": "select 3 as id" }).open();
    expect(said).toEqual([
      `RT0202 error ${marked.place} model "m.v1" has YAML but no SQL`,
      'RT0202 error models/m_v3.sql:1:1 model "m_v3" has SQL but no YAML',
    ]);
    expect(diagnostics[0]?.help).toBe("write its query to models/m_v1.sql, or inline under `sql:` in models/m.yml");
  });

  test("a version may be written in JavaScript, and one such model may read several versions", async () => {
    const warehouse = await emptyWarehouse();
    const js = {
      "models/js.yml": "models: [{name: js, refs: [\"ref('m', v=1)\", m], columns: [{name: id, data_type: integer}], versions: [{v: a}]}]\n",
      "models/js_va.mjs": "export default async ({ ref }) => [...(await ref('m', { v: 1 }).rows()), ...(await ref('m').rows())].map(({ id }) => ({ id }));\n",
    };
    await run(temporaryProject({ ...files, ...js }), warehouse);
    expect(await warehouse.rows("select id from js_va order by id")).toEqual([[1], [2]]);
  });
});

test.each([
  ["1, 2, 10", 10],
  ["b, a", "b"],
  ["1.5, 1.25", 1.5],
])("the latest of %s is %s", async (versions, latest) => {
  const list = versions.split(", ").map((v) => `      - {v: ${v}, sql: select 1 as id}`);
  const { graph } = await openReady(temporaryProject(yaml(list.join("\n"))));
  expect(graph.names.relations.get("m")).toMatchObject({ version: latest, latestVersion: latest });
});

describe("mistakes", () => {
  const inline = "      - {v: 1, sql: select 1 as id}\n      - {v: 2, sql: select 2 as id}";

  test.each([
    [
      "an unknown version",
      yaml(inline, "", `  - {name: r, sql: 'select * from §{{ref "m" v=3}}'}\n`),
      'RT0231 error § model "m" has no version 3',
      "its versions are 1, 2",
    ],
    [
      "a version of a model without any",
      { "models/m.yml": `models:\n  - {name: m, sql: select 1 as id}\n  - {name: r, sql: 'select * from §{{ref "m" v=1}}'}\n` },
      'RT0231 error § model "m" has no version 1',
      "it has no versions: leave the version away",
    ],
    [
      "a version in YAML",
      yaml(inline, "", "exposures: [{name: e, type: dashboard, owner: {name: x}, depends_on: [§\"ref('m', v=7)\"]}]\n"),
      'RT0231 error § model "m" has no version 7',
      "its versions are 1, 2",
    ],
    [
      "a computed version",
      yaml(inline, "", `  - {name: r, sql: 'select * from §{{ref "m" v=(var "x")}}'}\n`),
      "RT0207 error § ref takes literal strings here",
      undefined,
    ],
    [
      "another argument of ref",
      yaml(inline, "", `  - {name: r, sql: 'select * from §{{ref "m" ver=1}}'}\n`),
      "RT0207 error § ref takes literal strings here",
      undefined,
    ],
    [
      "a version twice",
      yaml("      - {v: 1, sql: select 1 as id}\n      - {v: §1, sql: select 2 as id}"),
      'RT0230 error § model "m": version 1 stands twice',
      undefined,
    ],
    [
      "no version at all",
      { "models/m.yml": "models: [{name: m, versions: §[]}]\n" },
      'RT0230 error § model "m": `versions` is empty',
      "remove it, or name at least one: versions: [{v: 1}]",
    ],
    [
      "an unknown latest_version",
      yaml(inline, "    latest_version: §3\n"),
      'RT0230 error § model "m": latest_version 3 is none of its versions',
      "its versions are 1, 2",
    ],
    [
      "SQL beside versions",
      yaml(inline, "    sql: §select 1\n"),
      'RT0230 error § model "m": each version has SQL of its own',
      "move it under one of the `versions`, or into a file of its own",
    ],
    ["one alias for all", yaml(inline.replace("v: 2", "v: §2"), "    latest_version: 2\n").valueOf(), undefined, undefined],
    [
      "a date that is none",
      yaml("      - {v: 1, sql: select 1 as id, deprecation_date: §soon}"),
      'RT0104 error § model "m": versions[1].deprecation_date: must be a date such as 2026-12-31',
      undefined,
    ],
    ["an unknown key", yaml("      - {v: 1, §defined: x}"), 'RT0103 error § unknown key "defined" in model "m": versions[1]', undefined],
  ])("%s", async (_, texts, line, help) => {
    const marked = takeMark(texts as Record<string, string>);
    const { said, diagnostics } = await temporaryProject(marked.files).open();
    if (line === undefined) expect(said).toEqual([]);
    else {
      expect(said.map((text) => text.replace(marked.place, "§"))).toContain(line);
      if (help !== undefined) expect(diagnostics.find((d) => line.startsWith(d.code))?.help).toBe(help);
    }
  });

  test("versions that would share a relation are told", async () => {
    const shared = yaml(inline)["models/m.yml"].replace("materialized: table", "materialized: table, alias: same");
    const { said } = await temporaryProject({ "models/m.yml": shared }).open();
    expect(said).toEqual(["RT0215 error models/m.yml:10:13 two nodes would both write main.same"]);
  });

  test("a seed of the model's name is declared twice", async () => {
    const { said } = await temporaryProject({ ...files, "seeds/m.csv": "id\n1\n" }).open();
    expect(said).toContain('RT0206 error seeds/m.csv:1:1 model, seed or snapshot "m" is declared twice');
  });
});

describe("deprecation", () => {
  const ending = (date: string) =>
    yaml(
      `      - {v: §1, sql: select 1 as id, deprecation_date: ${date}}\n      - {v: 2, sql: select 2 as id}`,
      "",
      `  - {name: r, sql: 'select * from {{ref "m" v=1}}'}\n`,
    );

  test.each([
    ["2026-06-30", ['RT0335 warning § "m.v1" is deprecated since 2026-06-30', 'RT0336 warning models/m.yml:11:35 "m.v1" is deprecated since 2026-06-30']],
    ["2026-07-01", ['RT0335 warning § "m.v1" is deprecated since 2026-07-01', 'RT0336 warning models/m.yml:11:35 "m.v1" is deprecated since 2026-07-01']],
    ["2026-07-02", ['RT0336 warning models/m.yml:11:35 "m.v1" will be deprecated on 2026-07-02']],
  ])("on 1 July 2026 of a version that ends on %s", async (date, lines) => {
    const marked = takeMark(ending(date));
    const { said, diagnostics } = await temporaryProject(marked.files).open();
    expect(said.map((line) => line.replace(marked.place, "§"))).toEqual(lines);
    expect(diagnostics.at(-1)?.help).toBe('the latest version is 2: {{ref "m" v=2}}');
  });

  test("a model without versions may end, too; its own tests do not complain", async () => {
    const { said } = await temporaryProject({
      "models/m.yml": "models: [{name: m, deprecation_date: 2027-01-01, sql: select 1 as id, columns: [{name: id, tests: [unique]}]}]\n",
    }).open();
    expect(said).toEqual([]);
  });
});

test("hooks of the model and of the version add up, each at its own place", async () => {
  const text = (version: string) =>
    `models:\n  - name: m\n    config: {pre_hook: select 1, post_hook: [select 2]}\n    versions: [{v: 1, sql: select 1 as id, config: {post_hook: ["${version}"]}}]\n`;
  const marked = takeMark({ "models/m.yml": text("§selct 3") });
  expect((await run(temporaryProject(marked.files), await emptyWarehouse())).problems).toEqual([`RT0401 ${marked.place}`]);
  const { compiled } = await openReady(temporaryProject({ "models/m.yml": text("select 3") }));
  const node = compiled.nodes.get("model.shop.m.v1");
  expect(node?.kind === "model" && [...node.hooks.pre, ...node.hooks.post].map((hook) => hook.sql.text)).toEqual(["select 1", "select 2", "select 3"]);
});

test("a unit test is one of each version, unless it names some", async () => {
  const unit = (versions: string) => ({
    "models/u.yml": `unit_tests: [{name: t, model: m${versions}, given: [], expect: {rows: [{id: 1}]}}]\n`,
  });
  const ids = async (versions: string) => {
    const { graph } = await openReady(temporaryProject({ ...files, ...unit(versions) }));
    return [...graph.nodes.keys()].filter((id) => id.startsWith("unit_test."));
  };
  expect(await ids("")).toEqual(["unit_test.shop.m.v1.t", "unit_test.shop.m.v2.t"]);
  expect(await ids(", versions: {include: [2]}")).toEqual(["unit_test.shop.m.v2.t"]);
  expect(await ids(", versions: {exclude: [2]}")).toEqual(["unit_test.shop.m.v1.t"]);
});
