/** The ways in which a project may be written down, all of which mean the same. */
import { describe, expect, test } from "vitest";
import type { Resource } from "../../src/parse/resource.ts";
import { type Files, openReady, temporaryProject } from "../fixtures/temporary-project.ts";

async function nodesOf(files: Files): Promise<ReadonlyMap<string, Resource>> {
  return (await openReady(temporaryProject(files))).graph.nodes;
}
const idsOf = async (files: Files) => [...(await nodesOf(files)).keys()].toSorted();

describe("files", () => {
  const one = {
    "models/all.yml":
      'version: 2\nmodels:\n  - {name: a, sql: select 1 as x, columns: [{name: x, tests: [unique]}]}\n  - {name: b, sql: \'select * from {{ref "a"}} join {{source "s" "t"}} using (x)\'}\nsources: [{name: s, tables: [{name: t}]}]\nseeds: [{name: d, columns: [{name: v}]}]\nexposures: [{name: e, type: ml, owner: {}}]\n',
    "seeds/d.csv": "v\n1\n",
  };

  test("may hold many resources of all kinds", async () => {
    expect(await idsOf(one)).toEqual([
      "exposure.shop.e",
      "model.shop.a",
      "model.shop.b",
      "seed.shop.d",
      "source.shop.s.t",
      expect.stringMatching(/^test\.shop\.unique_a_x\./),
    ]);
  });

  test("may be split freely, over folders and endings", async () => {
    const split = {
      "models/a.yml": "models: [{name: a, sql: select 1 as x, columns: [{name: x, tests: [unique]}]}]\n",
      "models/deep/er/b.yaml": "models: [{name: b}]\n",
      "models/deep/er/b.sql": 'select * from {{ref "a"}} join {{source "s" "t"}} using (x)',
      "seeds/sources.yml": "sources: [{name: s, tables: [{name: t}]}]\n",
      "exports/e.yml": "exposures: [{name: e, type: ml, owner: {}}]\n",
      "macros/d.yml": "seeds: [{name: d, columns: [{name: v}]}]\n",
      "seeds/d.csv": "v\n1\n",
    };
    expect(await idsOf(split)).toEqual(await idsOf(one));
  });

  test("may be empty, or hold empty lists", async () => {
    expect(await idsOf({ "models/a.yml": "", "models/b.yml": "# nothing\n", "models/c.yml": "models:\nseeds: []\n" })).toEqual([]);
  });

  test("with a byte-order mark and CRLF line ends are read the same", async () => {
    const changed = { ...one, "models/all.yml": `\uFEFF${one["models/all.yml"].replaceAll("\n", "\r\n")}` };
    expect(await idsOf(changed)).toEqual(await idsOf(one));
  });

  test("of SQL are found beside the YAML first, then anywhere below the models", async () => {
    const nodes = await nodesOf({
      "models/x/m.yml": "models: [{name: a}, {name: b}]\n",
      "models/x/a.sql": "select 1",
      "models/y/b.sql": "select 2",
    });
    expect(nodes.get("model.shop.a")).toMatchObject({
      originalFilePath: "models/x/a.sql",
      patchPath: "models/x/m.yml",
      fqn: ["shop", "x", "a"],
      path: "x/a.sql",
    });
    expect(nodes.get("model.shop.b")).toMatchObject({ originalFilePath: "models/y/b.sql", patchPath: "models/x/m.yml", fqn: ["shop", "y", "b"] });
  });

  test("of other kinds and in skipped folders are left alone", async () => {
    expect(
      await idsOf({
        "models/readme.md": "x",
        "models/node_modules/x.sql": "select 1",
        "models/target/y.sql": "select 1",
        "models/a.yml": "models: [{name: a, sql: select 1}]\n",
      }),
    ).toEqual(["model.shop.a"]);
  });

  test("may lie below several configured paths", async () => {
    const settings = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\npaths: {models: [./one, two/], tests: [checks]}\n';
    const nodes = await nodesOf({
      "retain.yml": settings,
      "one/a.yml": "models: [{name: a, sql: select 1}]\n",
      "two/x/b.yml": "models: [{name: b, sql: select 1}]\n",
      "checks/c.sql": "select 1",
      "models/ignored.yml": "models: [{name: ignored, sql: select 1}]\n",
    });
    expect([...nodes.keys()].toSorted()).toEqual(["model.shop.a", "model.shop.b", "test.shop.c"]);
    expect(nodes.get("model.shop.b")?.fqn).toEqual(["shop", "x", "b"]);
  });
});

describe("tests", () => {
  test("may stand under `tests` and `data_tests`, of models and of columns, at once", async () => {
    const files = {
      "models/m.yml":
        "models:\n  - name: a\n    sql: select 1 as x\n    tests: [{expression_is_true: {expression: x > 0}}]\n    data_tests: [{expression_is_true: {expression: x > 1}}]\n    columns: [{name: x, tests: [unique], data_tests: [not_null]}]\n",
    };
    const titles = [...(await nodesOf(files)).values()].flatMap((node) => (node.resourceType === "test" ? [node.title] : []));
    expect(titles.toSorted()).toEqual(["expression_is_true a", "expression_is_true a", "not_null a.x", "unique a.x"]);
  });

  test("may be given to seeds and sources", async () => {
    const files = {
      "models/m.yml":
        "seeds: [{name: d, columns: [{name: v, tests: [unique]}]}]\nsources: [{name: s, tables: [{name: t, columns: [{name: v, tests: [unique]}]}]}]\n",
      "seeds/d.csv": "v\n1\n",
    };
    const titles = [...(await nodesOf(files)).values()].flatMap((node) => (node.resourceType === "test" ? [`${node.title}: ${node.name}`] : []));
    expect(titles.toSorted()).toEqual(["unique d.v: unique_d_v", "unique s.t.v: unique_source_s_t_v"]);
  });

  test("of a disabled model are gone with it", async () => {
    expect(await idsOf({ "models/m.yml": "models: [{name: a, sql: select 1, config: {enabled: false}, columns: [{name: x, tests: [unique]}]}]\n" })).toEqual(
      [],
    );
  });

  test("read relations in all their spellings", async () => {
    for (const to of ["ref('b')", 'ref("b")', "ref 'b'", '{{ref "b"}}', "{{ ref('b') }}", "ref('shop', 'b')"]) {
      const yaml = `models:\n  - name: a\n    sql: select 1 as x\n    columns:\n      - name: x\n        tests:\n          - relationships:\n              to: '${to.replaceAll("'", "''")}'\n              field: x\n  - {name: b, sql: select 1 as x}\n`;
      const { graph } = await openReady(temporaryProject({ "models/m.yml": yaml }));
      const [id] = [...graph.nodes.keys()].filter((key) => key.startsWith("test."));
      expect(graph.dag.parents.get(id ?? "")).toEqual(["model.shop.a", "model.shop.b"]);
    }
  });
});

describe("settings", () => {
  const settings = (models: string) => `name: shop\ntargets: {dev: {type: duckdb, path: ":memory:", schema: base}}\nmodels: ${models}\n`;
  const configOf = async (models: string, own = "{}") => {
    const nodes = await nodesOf({ "retain.yml": settings(models), "models/marts/daily/m.yml": `models: [{name: m, sql: select 1, ${own.slice(1, -1)}}]\n` });
    const node = nodes.get("model.shop.m");
    if (node?.resourceType !== "model") throw new Error("no model");
    return { materialized: node.materialized, schema: node.schema, tags: node.tags, meta: node.meta };
  };

  test("have defaults", async () => {
    expect(await configOf("{}")).toEqual({ materialized: "view", schema: "base", tags: [], meta: {} });
  });

  test("of the nearest folder win, and the model's own win over all", async () => {
    const tree = "{materialized: table, schema: s0, marts: {schema: s1, daily: {schema: s2}, weekly: {schema: s3}}}";
    const others = {
      "models/marts/weekly/w.yml": "models: [{name: w, sql: select 1}]\n",
      "models/marts/daily/d.yml": "models: [{name: d, sql: select 1}]\n",
      "models/marts/x.yml": "models: [{name: x, sql: select 1}, {name: own, sql: select 1, config: {schema: mine, materialized: view}}]\n",
      "models/y.yml": "models: [{name: y, sql: select 1}]\n",
    };
    const nodes = await nodesOf({ "retain.yml": settings(tree), ...others });
    const schemas = [...nodes.values()].map((node) => (node.resourceType === "model" ? `${node.name} ${node.schema} ${node.materialized}` : ""));
    expect(schemas.toSorted()).toEqual(["d s2 table", "own mine view", "w s3 table", "x s1 table", "y s0 table"]);
  });

  test("tests of a column have its tags and their own", async () => {
    const column = "columns: [{name: x, tags: [key], tests: [unique, {not_null: {config: {tags: [night, key]}}}]}], tests: [{row_count_between: {min: 1}}]";
    const nodes = await nodesOf({ "models/m.yml": `models: [{name: m, sql: select 1 as x, tags: [mart], ${column}}]\n` });
    const tests = [...nodes.values()].filter(({ resourceType }) => resourceType === "test");
    expect(Object.fromEntries(tests.map(({ name, tags }) => [name, tags]))).toEqual({
      unique_m_x: ["key"],
      not_null_m_x: ["key", "night"],
      row_count_between_m_1: [],
    });
  });

  test("tags append and meta merges over all levels", async () => {
    const tree = "{tags: a, meta: {x: 1, y: 1}, marts: {tags: [b, a], meta: {y: 2}, daily: {tags: [c], meta: {z: {deep: 1}}}}}";
    expect(await configOf(tree, "{tags: [d], meta: {y: 4}, config: {tags: [e], meta: {y: 5, w: 6}}}")).toMatchObject({
      tags: ["a", "b", "c", "d", "e"],
      meta: { x: 1, y: 5, z: { deep: 1 }, w: 6 },
    });
  });

  test("+key forces a setting where a folder has its name", async () => {
    const files = { "models/tags/m.yml": "models: [{name: m, sql: select 1}]\n", "models/other/n.yml": "models: [{name: n, sql: select 1}]\n" };
    const nodes = await nodesOf({ "retain.yml": settings("{+tags: [all], tags: {+materialized: table, +tags: [inner]}}"), ...files });
    expect(nodes.get("model.shop.m")).toMatchObject({ materialized: "table", tags: ["all", "inner"] });
    expect(nodes.get("model.shop.n")).toMatchObject({ materialized: "view", tags: ["all"] });
  });

  test("of seeds are theirs alone", async () => {
    const nodes = await nodesOf({
      "retain.yml": `${settings("{tags: m}")}seeds: {schema: raw, tags: [s], x: {delimiter: ";"}}\n`,
      "seeds/x/a.csv": "p;q\n1;2\n",
    });
    expect(nodes.get("seed.shop.a")).toMatchObject({ schema: "raw", tags: ["s"], header: ["p", "q"] });
  });

  test("for folders that do not exist, or that are wrong, are told at their place", async () => {
    const saidBy = async (models: string) =>
      (await temporaryProject({ "retain.yml": settings(models), "models/marts/m.yml": "models: [{name: m, sql: select 1}]\n" }).open()).said;
    expect(await saidBy("{mart: {tags: a}}")).toEqual(['RT0108 error retain.yml:3:10 "mart" is neither a setting nor a folder of models']);
    expect(await saidBy("{materialised: table}")).toEqual(['RT0108 error retain.yml:3:10 "materialised" is neither a setting nor a folder of models']);
    expect(await saidBy("{marts: table}")).toEqual([
      "RT0104 error retain.yml:3:17 models: marts: must be a mapping of settings, because a folder has this name",
    ]);
    expect(await saidBy("{enabled: maybe}")).toEqual(["RT0104 error retain.yml:3:19 settings of models: enabled: must be true or false"]);
  });
});
