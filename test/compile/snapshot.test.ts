/** What a snapshot may say of itself. */
import { describe, expect, test } from "vitest";
import { openReady, temporaryProject } from "../fixtures/temporary-project.ts";

const said = async (snapshot: string, more: Record<string, string> = {}) =>
  (
    await temporaryProject({
      "snapshots/s.yml": `snapshots: [{name: s, ${snapshot}}]\nmodels: [{name: m, sql: select 1 as id}]\n`,
      ...more,
    }).open()
  ).said;
const of = (config: string) => said(`relation: ref('m'), config: {${config}}`);

describe("settings that cannot be", () => {
  test.each([
    ["unique_key: id", /^RT0322 error snapshots\/s\.yml:1:20 snapshot "s" needs a strategy$/],
    ["strategy: timestamp, updated_at: t", /^RT0322 .* needs a unique_key$/],
    ["strategy: timestamp, unique_key: id", /^RT0322 error snapshots\/s\.yml:1:62 .* with the strategy timestamp needs updated_at$/],
    ["strategy: check, unique_key: id", /^RT0322 .* with the strategy check needs check_cols$/],
    ["strategy: timestamp, unique_key: id, updated_at: t, check_cols: all", /^RT0322 .* with the strategy timestamp takes no check_cols$/],
    ["strategy: check, unique_key: id, check_cols: []", /^RT0104 /],
    ["strategy: check, unique_key: id, check_cols: some", /^RT0104 /],
    ["strategy: hash, unique_key: id", /^RT0104 .*config\.strategy: must be one of timestamp, check$/],
    ["strategy: check, unique_key: id, check_cols: all, hard_deletes: drop", /^RT0104 .*hard_deletes: must be one of ignore, invalidate, new_record$/],
    [
      "strategy: check, unique_key: id, check_cols: all, hard_deletes: ignore, invalidate_hard_deletes: true",
      /^RT0322 .* has hard_deletes and invalidate_hard_deletes$/,
    ],
    [
      "strategy: check, unique_key: id, check_cols: all, snapshot_meta_column_names: {dbt_valid_from: a, dbt_valid_to: A}",
      /^RT0322 .* gives two of its columns one name$/,
    ],
    ["strategy: check, unique_key: id, check_cols: all, snapshot_meta_column_names: {valid_from: a}", /^RT0103 /],
    ["strategy: check, unique_key: id, check_cols: all, materialized: table", /^RT0103 /],
  ])("%s", async (config, expected) => {
    expect(await of(config)).toEqual([expect.stringMatching(expected)]);
  });
});

describe("what it is of", () => {
  const config = "config: {strategy: check, unique_key: id, check_cols: all}";
  test.each([
    [config, {}, 'RT0220 error snapshots/s.yml:1:20 snapshot "s" is of nothing'],
    [`relation: m, ${config}`, {}, 'RT0220 error snapshots/s.yml:1:33 snapshot "s" `relation` is no reference'],
    [`relation: ref('m'), sql: select 1, ${config}`, {}, 'RT0220 error snapshots/s.yml:1:33 snapshot "s" has `relation` and `sql`'],
    [`relation: ref('m'), ${config}`, { "snapshots/s.sql": "select 1" }, 'RT0220 error snapshots/s.yml:1:33 snapshot "s" has `relation` and snapshots/s.sql'],
    [`relation: ref('mm'), ${config}`, {}, 'RT0203 error snapshots/s.yml:1:33 unknown model "mm"'],
    [`relation: "source('a', 'b')", ${config}`, {}, 'RT0204 error snapshots/s.yml:1:33 unknown source "a.b"'],
    [`sql: 'select {{nope}}', ${config}`, {}, 'RT0301 error snapshots/s.yml:1:38 "nope" is not defined here'],
    [`relation: ref('m'), ${config}`, { "snapshots/lost.sql": "select 1" }, 'RT0202 error snapshots/lost.sql:1:1 snapshot "lost" has SQL but no YAML'],
  ])("%s %o", async (snapshot, files, expected) => {
    expect(await said(snapshot, files as Record<string, string>)).toEqual([expected]);
  });

  test("shares the space of names with models and seeds", async () => {
    const found = await said(`relation: ref('m'), ${config}}, {name: m, relation: ref('s'), ${config}`);
    expect(found[0]).toMatch(/^RT0205|^RT0206 error .* model, seed or snapshot "m" is declared twice$/);
  });
});

test("settings may come from retain.yml, by folder", async () => {
  const { graph, compiled } = await openReady(
    temporaryProject({
      "retain.yml":
        'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nsnapshots: {strategy: check, check_cols: all, daily: {schema: history, +hard_deletes: invalidate}}\n',
      "snapshots/daily/s.yml": "snapshots: [{name: s, relation: ref('m'), config: {unique_key: id}}]\nmodels: [{name: m, sql: select 1 as id}]\n",
    }),
  );
  expect(graph.nodes.get("snapshot.shop.s")).toMatchObject({ schema: "history", fqn: ["shop", "daily", "s"], config: { hard_deletes: "invalidate" } });
  expect(compiled.nodes.get("snapshot.shop.s")).toMatchObject({ kind: "snapshot", sql: { text: 'select * from "main"."m"' } });
});
