/** What the settings of an incremental model may be, and both forms that its SQL is compiled to. */
import { describe, expect, test } from "vitest";
import { openReady, temporaryProject } from "../fixtures/temporary-project.ts";

const said = async (config: string, sql = "select 1 as id", more: Record<string, string> = {}) =>
  (
    await temporaryProject({
      "models/m.yml": `models: [{name: m, config: {materialized: incremental, ${config}}, sql: '${sql}', columns: [{name: id, data_type: int}]}]\n`,
      ...more,
    }).open()
  ).said;

describe("settings that cannot be", () => {
  test.each([
    [
      "incremental_strategy: upsert",
      /^RT0104 error models\/m\.yml:1:\d+ model "m": config\.incremental_strategy: must be one of append, delete\+insert, merge/,
    ],
    ["incremental_strategy: merge", /^RT0320 error models\/m\.yml:1:78 incremental model "m": the strategy merge needs unique_key$/],
    ["incremental_strategy: delete+insert", /^RT0320 .* the strategy delete\+insert needs unique_key$/],
    ["incremental_strategy: insert_overwrite", /^RT0320 .* the strategy insert_overwrite needs partition_by$/],
    ["incremental_strategy: replace_from, partition_by: [a, b]", /^RT0320 .* the strategy replace_from takes one column in partition_by$/],
    ["unique_key: []", /^RT0104 /],
    [
      "incremental_strategy: merge, unique_key: id, merge_update_columns: a, merge_exclude_columns: b",
      /^RT0320 .* merge_update_columns and merge_exclude_columns exclude each other$/,
    ],
    ["on_schema_change: append", /^RT0104 .*config\.on_schema_change: must be one of ignore, fail, append_new_columns, sync_all_columns, full_refresh$/],
    ["contract: {enforced: true}", /^RT0320 .* with an enforced contract, on_schema_change must not be ignore$/],
    ["contract: {enforced: true}, on_schema_change: sync_all_columns", /^RT0320 .* on_schema_change must not be sync_all_columns$/],
    ["contract: {enforced: true}, on_schema_change: full_refresh", /^RT0320 .* on_schema_change must not be full_refresh$/],
    ["full_refresh: never", /^RT0104 .*config\.full_refresh: must be true or false$/],
  ])("%s", async (config, expected) => {
    expect(await said(config)).toEqual([expect.stringMatching(expected)]);
  });

  test.each(["append_new_columns", "fail"])("a contract goes with on_schema_change: %s", async (reaction) => {
    expect(await said(`contract: {enforced: true}, on_schema_change: ${reaction}`)).toEqual([]);
  });
});

describe("settings without effect are warned of", () => {
  test.each([
    ["incremental_strategy: append, unique_key: id", "unique_key has no effect with the strategy append"],
    ["unique_key: id, partition_by: day", "partition_by has no effect with the strategy delete+insert"],
    ["unique_key: id, merge_update_columns: a", "merge_update_columns has no effect with the strategy delete+insert"],
    ["incremental_predicates: 'true'", "incremental_predicates has no effect with the strategy append"],
  ])("%s", async (config, message) => {
    expect(await said(config)).toEqual([expect.stringMatching(new RegExp(`^RT0321 warning .* ${message.replace(/[+]/g, "\\+")}$`))]);
  });

  test("but not when a folder sets them for many models", async () => {
    const settings = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nmodels: {unique_key: id}\n';
    expect(await said("incremental_strategy: append", "select 1 as id", { "retain.yml": settings })).toEqual([]);
  });
});

test("a mistake in either form is told once, at its place", async () => {
  expect(await said("unique_key: id", "select {{nope}} {{#if (is_incremental)}}{{nope2}}{{else}}{{nope3}}{{/if}}")).toEqual([
    expect.stringMatching(/^RT0301 .*"nope" is not defined here/),
    expect.stringMatching(/^RT0301 .*"nope3" is not defined here/),
    expect.stringMatching(/^RT0301 .*"nope2" is not defined here/),
  ]);
});

test("conditions are templates, with mistakes at their place", async () => {
  const project = temporaryProject({
    "models/m.yml":
      "models:\n  - name: m\n    config:\n      materialized: incremental\n      unique_key: id\n      incremental_predicates: ['a > {{nope}}', 'b > (1']\n    sql: select 1 as id\n",
  });
  expect((await project.open()).said).toEqual([
    'RT0301 error models/m.yml:6:39 "nope" is not defined here',
    "RT0401 error models/m.yml:6:53 this bracket is never closed",
  ]);
});

test("a condition that reads a model makes it an ancestor", async () => {
  const { graph } = await openReady(
    temporaryProject({
      "models/m.yml": `models:
  - {name: m, config: {materialized: incremental, unique_key: id, incremental_predicates: 'dbt_internal_dest.id > (select min(id) from {{ref "limits"}})'}, sql: select 1 as id}
  - {name: limits, sql: select 1 as id}
`,
    }),
  );
  expect(graph.dag.parents.get("model.shop.m")).toEqual(["model.shop.limits"]);
});

test("both forms hold the ephemeral models that they read", async () => {
  const { compiled } = await openReady(
    temporaryProject({
      "models/m.yml": `models:
  - {name: e, config: {materialized: ephemeral}, sql: select 1 as id}
  - {name: m, config: {materialized: incremental, unique_key: id}, sql: 'select id from {{ref "e"}}{{#if (is_incremental)}} where id > (select max(id) from {{this}}){{/if}}'}
`,
    }),
  );
  const model = compiled.nodes.get("model.shop.m");
  if (model?.kind !== "model") throw new Error("there is no model m");
  const cte = 'with "__retain__cte__e" as (\nselect 1 as id\n)\n';
  expect(model.sql.text).toBe(`${cte}select id from "__retain__cte__e"`);
  expect(model.increment?.rows.text).toBe(`${cte}select id from "__retain__cte__e" where id > (select max(id) from "main"."m")`);
});

describe("settings of batches", () => {
  const batched = "incremental_strategy: microbatch, event_time: t, begin: 2026-01-01, batch_size: day";
  test.each([
    ["incremental_strategy: microbatch", /^RT0323 error models\/m\.yml:1:\d+ microbatch model "m": needs event_time and begin and batch_size$/],
    ["incremental_strategy: microbatch, event_time: t, begin: 2026-01-01", /^RT0323 .* needs batch_size$/],
    [batched.replace("2026-01-01", "2026-02-30"), /^RT0323 .* begin "2026-02-30" is no date or time$/],
    [batched.replace("2026-01-01", "soon"), /^RT0323 .* begin "soon" is no date or time$/],
    [batched.replace("2026-01-01", "2026-07-02"), /^RT0323 .* begin 2026-07-02 lies in the future$/],
    [batched.replace("day", "week"), /^RT0104 .*config\.batch_size: must be one of hour, day, month, year$/],
    [`${batched}, lookback: -1`, /^RT0104 .*config\.lookback: /],
    [`${batched}, unique_key: id`, /^RT0321 warning .* unique_key has no effect with the strategy microbatch$/],
    ["unique_key: id, lookback: 3", /^RT0321 warning .* lookback has no effect with the strategy delete\+insert$/],
  ])("%s", async (config, expected) => {
    expect(await said(config)).toEqual([expect.stringMatching(expected)]);
  });

  test("a batch has a name only in a microbatch model", async () => {
    expect(await said(batched, "select ''{{batch.start}}'' as t, ''{{batch.end}}'' as u")).toEqual([]);
    expect(await said("unique_key: id", "select ''{{batch.start}}'' as t")).toEqual([expect.stringMatching(/^RT0301 .*"batch.start" is not defined here/)]);
  });

  test("as a whole the model reads everything, from its beginning until now", async () => {
    const { compiled } = await openReady(
      temporaryProject({
        "models/m.yml": `models:
  - {name: up, config: {event_time: t}, sql: select now() as t}
  - {name: m, config: {materialized: incremental, ${batched}}, sql: 'select *, ''{{batch.start}} {{batch.end}}'' as b from {{ref "up"}}'}
`,
      }),
    );
    const model = compiled.nodes.get("model.shop.m");
    if (model?.kind !== "model") throw new Error("there is no model m");
    expect(model.sql.text).toBe(`select *, '2026-01-01 00:00:00 2026-07-01 00:00:00' as b from "main"."up"`);
    expect(model.increment?.rows.text).toContain(`from "main"."up" where "t" >= timestamp '__retain_batch_from' and "t" < timestamp '__retain_batch_upto'`);
  });
});
