/** What `state:`, `result:` and `source_status:` choose: a table of edits, among them those that must not count as a change. */
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createEarlierRun } from "../../src/artifacts/earlier/earlier-run.ts";
import { readEarlier, readLoadedAt } from "../../src/artifacts/earlier/read-earlier.ts";
import { createManifest } from "../../src/artifacts/manifest.ts";
import { changeKinds } from "../../src/graph/select/earlier-run.ts";
import { selectNodes } from "../../src/graph/select/select.ts";
import { type Files, type OpenOptions, openReady, type ReadyProject, type TemporaryProject, temporaryProject } from "../fixtures/temporary-project.ts";
import { invocation } from "./project.ts";

const retainYml = `name: shop
default_target: dev
targets: {dev: {type: duckdb, path: dev.duckdb}, prod: {type: duckdb, path: prod.duckdb, schema: prod}}
vars: {as_of: "2026-01-01", unused: 1}
models: {marts: {materialized: table, schema: "\${MART_SCHEMA:-marts}", tags: ["\${TEAM:-crm}"], meta: {owner: "\${OWNER:-kim}"}}}
seeds: {alias: "\${PREFIX:-}raw_seed"}
destinations: {files: {type: file, directory: "\${OUT:-out}"}}
`;

const files: Files = {
  "retain.yml": retainYml,
  "seeds/raw.csv": "id,amount\n1,10\n2,20\n",
  "models/sources.yml": "sources: [{name: web, description: clicks, tables: [{name: visits, location: data/v.csv}, {name: pages, location: data/p.csv}]}]\n",
  "models/staging/stg.yml": `models:
  - {name: stg_raw, columns: [{name: id, tests: [unique, {accepted_range: {min_value: 0}}]}]}
  - {name: inline, sql: 'select * from {{source "web" "visits"}} where day <= {{literal (var "as_of")}}'}
`,
  "models/staging/stg_raw.sql": 'select id, {{> cents amount="amount"}} as amount from {{ref "raw"}}\n',
  "models/marts/marts.yml": `models:
  - name: orders
    description: Orders.
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: integer, description: The key.}, {name: amount, data_type: double, tests: [positive]}]
  - {name: loud, description: Loud.}
exposures: [{name: board, type: dashboard, owner: {name: kim}, depends_on: ["ref('orders')"]}]
`,
  "models/marts/orders.sql": 'select id, amount from {{ref "stg_raw"}}\n',
  "models/marts/loud.sql": 'select {{shout "a"}} as a, {{literal (env "REGION" "kr")}} as region, {{literal target.name}} as target from {{ref "orders"}}\n',
  "exports/e.yml": "exports: [{name: people, model: orders, primary_key: id, destination: files, audience: {name: A}, identifiers: {EXTERN_ID: id}}]\n",
  "test/data/orders_are_paid.sql": 'select * from {{ref "orders"}} where amount < 0\n',
  "macros/m.yml": `macros:
  - {name: cents, arguments: [{name: amount}, {name: scale, default: 100}]}
  - {name: divide, arguments: [{name: a}, {name: b}]}
  - {name: positive, kind: test, arguments: [{name: model}, {name: column_name}]}
  - {name: shout, arguments: [{name: text, type: string}]}
`,
  "macros/cents.hbs": "{{> divide a=amount b=scale}}\n",
  "macros/divide.hbs": "({{a}} / {{b}})\n",
  "macros/positive.hbs": "select * from {{model}} where {{column_name}} < 0\n",
  "macros/text.mjs": "const mark = '!';\nexport function shout(text) { return `'${text.toUpperCase()}${mark}'`; }\n",
};

const all = "raw stg_raw inline orders loud visits pages board people orders_are_paid unique_stg_raw_id accepted_range_stg_raw_id__0 positive_orders_amount";

let original: ReadyProject;
let state: string;

/** Writes what a run of the project would leave, as a folder to compare with. */
function leaveArtifacts(ready: ReadyProject, folder: string, more: Files = {}): string {
  const { config, graph, compiled, selectors } = ready;
  mkdirSync(folder, { recursive: true });
  const manifest = createManifest({ config, graph, compiled, selectors, invocation, catalogName: "dev", version: "1" });
  for (const [name, text] of Object.entries({ "manifest.json": JSON.stringify(manifest), ...more })) writeFileSync(join(folder, name), text);
  return folder;
}

beforeAll(async () => {
  const project = temporaryProject(files);
  original = await openReady(project);
  state = leaveArtifacts(original, join(project.directory, "state"));
});

/** Opens the project as it is now and gives back what it answers about the earlier run. */
async function compare(project: TemporaryProject, options: OpenOptions = {}, folder = state) {
  const { config, graph, selectors } = await openReady(project, options);
  const { value: artifacts, diagnostics: problems } = readEarlier(folder, "state", config.project.name);
  if (!artifacts) throw new Error(JSON.stringify(problems));
  const current = { config, graph, selectors, invocation, version: "1" };
  const earlier = createEarlierRun(artifacts, current, readLoadedAt(join(project.directory, "target"), "target"));
  return (select: string) => {
    const { value, diagnostics } = selectNodes(graph, { select: [select], exclude: [], indirect: "empty" }, { earlier });
    return { names: [...value].map((id) => graph.nodes.get(id)?.name ?? id).toSorted(), said: diagnostics.filter((d) => d.code !== "RT0002") };
  };
}

async function choose(project: TemporaryProject, select: string, options: OpenOptions = {}, folder = state) {
  return (await compare(project, options, folder))(select);
}

/** What each of the words chooses after an edit; a file without text is removed. */
async function changed(edits: Readonly<Record<string, string | undefined>>, options: OpenOptions = {}) {
  const kept = Object.entries({ ...files, ...edits }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const ask = await compare(temporaryProject(Object.fromEntries(kept)), options);
  const found: Record<string, string> = {};
  for (const word of ["new", "modified", ...changeKinds.map((kind) => `modified.${kind}`)]) {
    const { names, said } = ask(`state:${word}`);
    expect(said).toEqual([]);
    if (names.length > 0) found[word.replace("modified.", "")] = names.join(" ");
  }
  return found;
}

function edited(path: string, from: string | RegExp, to: string): Record<string, string> {
  const text = files[path] as string;
  const result = text.replace(from, () => to);
  if (result === text) throw new Error(`${String(from)} is not in ${path}`);
  return { [path]: result };
}

describe("nothing changed", () => {
  const touched = temporaryProject(files);
  test.each([
    ["the same files", {}, {}],
    ["another target", {}, { target: "prod" }],
    ["other values of the environment", {}, { environment: { MART_SCHEMA: "x", TEAM: "y", OWNER: "z", PREFIX: "p_", REGION: "us", OUT: "o" } }],
    ["other --vars", {}, { vars: { as_of: "2027-01-01", unused: 2 } }],
    ["other vars in retain.yml", edited("retain.yml", "2026-01-01", "2027-01-01"), {}],
    ["another path of the warehouse", edited("retain.yml", "dev.duckdb", "elsewhere.duckdb"), {}],
    ["line ends", { "models/marts/orders.sql": (files["models/marts/orders.sql"] as string).replaceAll("\n", "\r\n") }, {}],
    ["a description that is not persisted", edited("models/marts/marts.yml", "Orders.", "All orders."), {}],
    ["a description of a source", edited("models/sources.yml", "clicks", "all clicks"), {}],
    ["a tag", edited("models/marts/marts.yml", "{name: loud,", "{name: loud, tags: [new],"), {}],
    ["a comment in YAML", { "models/marts/marts.yml": `# new\n${files["models/marts/marts.yml"]}` }, {}],
    ["a type of a column without contract", edited("models/staging/stg.yml", "{name: id,", "{name: id, data_type: bigint,"), {}],
  ] as const)("%s", async (_, edits, options) => {
    expect(await changed(edits, options)).toEqual({});
  });

  test("all is unmodified and old, and a file that was only touched is no other file", async () => {
    utimesSync(join(touched.directory, "models/marts/orders.sql"), new Date(), new Date());
    expect((await choose(touched, "state:unmodified")).names).toEqual(all.split(" ").toSorted());
    expect((await choose(touched, "state:old")).names).toEqual(all.split(" ").toSorted());
    expect((await choose(touched, "state:modified+")).names).toEqual([]);
  });
});

describe("an edit", () => {
  test.each([
    ["of SQL in a file", edited("models/marts/orders.sql", "amount", "amount * 1 as amount"), { modified: "orders", body: "orders" }],
    ["of SQL in YAML, which does not touch the others there", edited("models/staging/stg.yml", "day <=", "day <"), { modified: "inline", body: "inline" }],
    ["of a comment in SQL", edited("models/marts/orders.sql", "select", "-- all\nselect"), { modified: "orders", body: "orders" }],
    ["of a seed's bytes", { "seeds/raw.csv": "id,amount\n1,10\n2,21\n" }, { modified: "raw", body: "raw" }],
    ["of a singular test", edited("test/data/orders_are_paid.sql", "< 0", "<= 0"), { modified: "orders_are_paid", body: "orders_are_paid" }],
    ["of a setting", edited("models/marts/marts.yml", "{name: loud,", "{name: loud, config: {materialized: view},"), { modified: "loud", configs: "loud" }],
    ["of a folder's setting", edited("retain.yml", "materialized: table", "materialized: view"), { modified: "loud orders", configs: "loud orders" }],
    ["of a folder's meta", edited("retain.yml", "OWNER:-kim", "OWNER:-lee"), { modified: "loud orders", configs: "loud orders" }],
    ["of a folder's schema as written", edited("retain.yml", "MART_SCHEMA:-marts", "MART_SCHEMA:-gold"), { modified: "loud orders", relation: "loud orders" }],
    ["of an alias", edited("models/marts/marts.yml", "{name: loud,", "{name: loud, config: {alias: noisy},"), { modified: "loud", relation: "loud" }],
    ["of a seed's alias as written", edited("retain.yml", "PREFIX:-}raw_seed", "PREFIX:-}seeds"), { modified: "raw", relation: "raw" }],
    ["of a column under contract", edited("models/marts/marts.yml", "data_type: double", "data_type: float"), { modified: "orders", contract: "orders" }],
    [
      "of whether a contract is enforced",
      edited("models/marts/marts.yml", "enforced: true", "enforced: false"),
      { modified: "orders", configs: "orders", contract: "orders" },
    ],
    ["of a macro, through another macro", edited("macros/divide.hbs", "/", "//"), { modified: "stg_raw", macros: "stg_raw" }],
    ["of a macro's default", edited("macros/m.yml", "default: 100", "default: 1000"), { modified: "stg_raw", macros: "stg_raw" }],
    ["of a macro that is a test", edited("macros/positive.hbs", "< 0", "<= 0"), { modified: "positive_orders_amount", macros: "positive_orders_amount" }],
    ["of what a function calls in its file", edited("macros/text.mjs", "'!'", "'?'"), { modified: "loud", macros: "loud" }],
    [
      "of a test's severity",
      edited("models/staging/stg.yml", "tests: [unique,", "tests: [{unique: {severity: warn}},"),
      { modified: "unique_stg_raw_id", configs: "unique_stg_raw_id" },
    ],
    [
      "of a test's argument, which makes it another test",
      edited("models/staging/stg.yml", "min_value: 0", "min_value: 1"),
      {
        new: "accepted_range_stg_raw_id__1",
        modified: "accepted_range_stg_raw_id__1",
        body: "accepted_range_stg_raw_id__1",
        configs: "accepted_range_stg_raw_id__1",
        persisted_descriptions: "accepted_range_stg_raw_id__1",
        relation: "accepted_range_stg_raw_id__1",
        contract: "accepted_range_stg_raw_id__1",
      },
    ],
    ["of where a source lies", edited("models/sources.yml", "data/p.csv", "data/pages.csv"), { modified: "pages" }],
    ["of a source's schema", edited("models/sources.yml", "{name: web,", "{name: web, schema: raw,"), { modified: "pages visits", relation: "pages visits" }],
    ["of an exposure's owner", edited("models/marts/marts.yml", "owner: {name: kim}", "owner: {name: lee}"), { modified: "board" }],
    ["of an export's audience", edited("exports/e.yml", "audience: {name: A}", "audience: {name: B}"), { modified: "people" }],
  ])("%s", async (_, edits, expected) => {
    expect(await changed(edits)).toEqual(expected);
  });

  test("of a description counts where it is written into the warehouse", async () => {
    const persisting = edited("retain.yml", "materialized: table,", "materialized: table, persist_docs: {relation: true, columns: true},");
    const project = temporaryProject({ ...files, ...persisting });
    const opened = await project.open();
    // Until settings know persist_docs there is nothing to compare.
    if (opened.said.length > 0) return;
    const folder = leaveArtifacts(await openReady(project), join(project.directory, "earlier"));
    project.write({ "models/marts/marts.yml": (files["models/marts/marts.yml"] as string).replace("Loud.", "Very loud.").replace("The key.", "Its key.") });
    expect((await choose(project, "state:modified.persisted_descriptions", {}, folder)).names).toEqual(["loud", "orders"]);
    expect((await choose(project, "state:modified", {}, folder)).names).toEqual(["loud", "orders"]);
  });
});

describe("a file", () => {
  const newEverything = (name: string) => ({
    new: name,
    modified: name,
    body: name,
    configs: name,
    persisted_descriptions: name,
    relation: name,
    contract: name,
  });

  test("that is new is new in everything, but its macros are those that were there", async () => {
    const more = { "models/marts/extra.yml": "models: [{name: extra, sql: 'select {{> cents amount=\"1\"}} as x'}]\n" };
    expect(await changed(more)).toEqual(newEverything("extra"));
  });

  test("that is gone is not chosen, nor is what it left", async () => {
    const project = temporaryProject(files);
    project.remove("test/data/orders_are_paid.sql");
    expect((await choose(project, "state:modified")).names).toEqual([]);
    expect((await choose(project, "state:old")).names).not.toContain("orders_are_paid");
  });

  test("that moved to another folder is at another place in the project", async () => {
    const moved = { "models/marts/daily/orders.sql": files["models/marts/orders.sql"] as string, "models/marts/orders.sql": undefined };
    expect(await changed(moved)).toEqual({ modified: "orders" });
  });

  test("that was renamed is a new model", async () => {
    const yaml = (files["models/marts/marts.yml"] as string).replace("name: loud", "name: louder");
    const renamed = { "models/marts/louder.sql": files["models/marts/loud.sql"] as string, "models/marts/loud.sql": undefined, "models/marts/marts.yml": yaml };
    expect(await changed(renamed)).toEqual(newEverything("louder"));
  });
});

test("selections go on from there", async () => {
  const project = temporaryProject({ ...files, ...edited("models/staging/stg_raw.sql", "select id", "select id as id") });
  expect((await choose(project, "1+state:modified+1")).names.join(" ")).toBe("accepted_range_stg_raw_id__0 orders raw stg_raw unique_stg_raw_id");
  expect((await choose(project, "state:modified,tag:none")).names).toEqual([]);
  expect((await choose(project, "state:unmodified,resource_type:model")).names).toEqual(["inline", "loud", "orders"]);
});

describe("result: and source_status:", () => {
  const id = (name: string) => `model.shop.${name}`;
  const results = JSON.stringify({
    metadata: {},
    results: [
      { unique_id: id("orders"), status: "error" },
      { unique_id: id("loud"), status: "skipped" },
      { unique_id: id("gone"), status: "error" },
      { unique_id: id("stg_raw"), status: "success" },
      { unique_id: "test.shop.x", status: "runtime error" },
    ],
    elapsed_time: 1,
  });
  const loaded = (at: Readonly<Record<string, string | undefined>>) =>
    JSON.stringify({
      results: Object.entries(at).map(([name, max_loaded_at]) => ({ unique_id: `source.shop.web.${name}`, ...(max_loaded_at && { max_loaded_at }) })),
    });

  test.each([
    ["result:error", "orders"],
    ["result:error+", "board loud orders orders_are_paid people positive_orders_amount"],
    ["result:skipped", "loud"],
    ["result:success", "stg_raw"],
    ["result:fail", ""],
    ["result:error result:skipped", "loud orders"],
  ])("%s", async (select, expected) => {
    const project = temporaryProject(files);
    const folder = leaveArtifacts(original, join(project.directory, "earlier"), { "run_results.json": results });
    const { names, said } = await choose(project, select, {}, folder);
    expect([names.join(" "), said]).toEqual([expected, []]);
  });

  test.each([
    ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "visits"],
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", ""],
    ["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", ""],
    // The same moment in another spelling.
    ["2026-01-01T09:00:00+09:00", "2026-01-01T00:00:00Z", ""],
    [undefined, "2026-01-01T00:00:00Z", "visits"],
    ["2026-01-01T00:00:00Z", undefined, ""],
  ])("source_status:fresher, loaded at %s and now at %s", async (before, now, expected) => {
    const project = temporaryProject({ ...files, "target/sources.json": loaded({ visits: now, pages: "2026-01-01T00:00:00Z" }) });
    const folder = leaveArtifacts(original, join(project.directory, "earlier"), { "sources.json": loaded({ visits: before, pages: "2026-01-01T00:00:00Z" }) });
    const { names, said } = await choose(project, "source_status:fresher", {}, folder);
    expect([names.join(" "), said]).toEqual([expected, []]);
  });

  test("say which file is missing", async () => {
    const project = temporaryProject(files);
    const said = async (select: string) => (await choose(project, select)).said.map((d) => `${d.code} ${d.message}; ${d.help}`);
    expect(await said("result:error")).toEqual([
      "RT0015 state/run_results.json: there is no such file; copy the run_results.json of that run beside its manifest.json",
    ]);
    expect(await said("source_status:fresher")).toEqual([
      "RT0015 state/sources.json: there is no such file; copy the sources.json of that run beside its manifest.json",
    ]);
    const folder = leaveArtifacts(original, join(project.directory, "earlier"), { "sources.json": loaded({}) });
    const { said: current } = await choose(project, "source_status:fresher", {}, folder);
    expect(current.map((d) => `${d.code} ${d.message}; ${d.help}`)).toEqual([
      "RT0015 target/sources.json: there is nothing to compare with; run `retain freshness` first",
    ]);
  });
});

describe("a folder that cannot be used", () => {
  const metadata = { dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json", project_name: "shop" };
  test.each([
    ["no such folder", undefined, "state: there is no such folder"],
    ["no manifest", {}, "state: there is no manifest.json in it"],
    ["half a manifest", { "manifest.json": '{"nodes": {' }, "state/manifest.json: it is not whole JSON"],
    ["something else", { "manifest.json": '{"name": "retain"}' }, "state/manifest.json: this is no manifest of retain or dbt"],
    ["a list", { "manifest.json": "[]" }, "state/manifest.json: this is no manifest of retain or dbt"],
    [
      "another artifact",
      { "manifest.json": JSON.stringify({ metadata: { dbt_schema_version: "https://schemas.getdbt.com/dbt/catalog/v1.json" } }) },
      "state/manifest.json: this is no manifest of retain or dbt",
    ],
    [
      "a version before all that are known",
      { "manifest.json": JSON.stringify({ metadata: { ...metadata, dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v3.json" } }) },
      "state/manifest.json: version 3 of dbt's manifest is not known (4 to 12 are)",
    ],
    [
      "another project's",
      { "manifest.json": JSON.stringify({ metadata: { ...metadata, project_name: "jaffle_shop" } }) },
      'state/manifest.json: it is of the project "jaffle_shop" and this one is "shop"',
    ],
  ] as const)("%s", (_, content, problem) => {
    const project = temporaryProject(content ? Object.fromEntries(Object.entries(content).map(([name, text]) => [`earlier/${name}`, text])) : {});
    if (content) mkdirSync(join(project.directory, "earlier"), { recursive: true });
    const { value, diagnostics } = readEarlier(join(project.directory, "earlier"), "state", "shop");
    expect(value).toBeUndefined();
    expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([`RT0015 ${problem}`]);
    expect(diagnostics[0]?.help).toBeTruthy();
  });
});

describe("a manifest of dbt", () => {
  /** As version 4 has it: SQL under another name, no project in its head, settings as dbt writes them. */
  const old = {
    metadata: { dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v4.json", dbt_version: "1.0.0", env: {} },
    nodes: {
      "model.shop.stg_raw": {
        unique_id: "model.shop.stg_raw",
        resource_type: "model",
        package_name: "shop",
        fqn: ["shop", "staging", "stg_raw"],
        raw_sql: "select 1",
        unrendered_config: {},
        checksum: { name: "sha256", checksum: "x" },
        columns: {},
      },
      "model.shop.orders": {
        unique_id: "model.shop.orders",
        resource_type: "model",
        package_name: "shop",
        fqn: ["shop", "marts", "orders"],
        raw_sql: 'select id, amount from {{ref "stg_raw"}}',
        unrendered_config: { materialized: "table", schema: "${MART_SCHEMA:-marts}", contract: { enforced: true }, meta: { owner: "${OWNER:-kim}" } },
        contract: { enforced: true, checksum: "dbt's own" },
        columns: { id: { name: "id", data_type: "INTEGER" }, amount: { name: "amount", data_type: "double", constraints: [] } },
        checksum: { name: "sha256", checksum: "y" },
      },
    },
    sources: {},
    macros: {},
    exposures: {},
    disabled: [],
  };

  test("is compared by the same questions", async () => {
    const project = temporaryProject({ ...files, "earlier/manifest.json": JSON.stringify(old) });
    const folder = join(project.directory, "earlier");
    expect((await choose(project, "state:old", {}, folder)).names).toEqual(["orders", "stg_raw"]);
    expect((await choose(project, "state:unmodified", {}, folder)).names).toEqual(["orders"]);
    expect((await choose(project, "state:modified.body,state:old", {}, folder)).names).toEqual(["stg_raw"]);
    expect((await choose(project, "state:modified.macros,state:old", {}, folder)).names).toEqual(["stg_raw"]);
  });
});
