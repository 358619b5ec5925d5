/** `freshness`: what people see, the exit codes, and sources.json. Ages are counted from the moment of the test. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatAge } from "../../src/run/check-freshness.ts";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { runIn } from "./in-process.ts";

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

async function freshness(sources: string, files: Readonly<Record<string, string>>, ...parameters: readonly string[]) {
  const { directory } = temporaryProject({
    "retain.yml": 'name: p\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n',
    "models/s.yml": `sources:\n${sources}\n`,
    ...files,
  });
  const said = await runIn(directory, ["freshness", ...parameters]);
  const artifact = () => JSON.parse(readFileSync(join(directory, "target", "sources.json"), "utf8"));
  return { ...said, artifact };
}

const table = (rest: string) => `  - {name: shop, tables: [{name: orders, location: data/orders.csv, ${rest}}]}`;
const day = (warn: number, error: number) => `freshness: {warn_after: {count: ${warn}, period: day}, error_after: {count: ${error}, period: day}}`;
const csv = (...times: readonly string[]) => ({ "data/orders.csv": `id,loaded_at\n${times.map((time, i) => `${i},${time}\n`).join("")}` });

describe("the newest time against the limits", () => {
  test.each([
    ["fresh", 2, "pass", 0, "  ok    shop.orders  2 hours old\n"],
    ["old enough to warn", 50, "warn", 0, "  warn  shop.orders  2 days 2 hours old\n"],
    ["too old", 100, "error", 1, "  error shop.orders  4 days 4 hours old\n"],
  ])("%s", async (_, hours, status, code, line) => {
    const ran = await freshness(table(`loaded_at_field: loaded_at, ${day(2, 4)}`), csv(hoursAgo(hours), hoursAgo(500)));
    expect(ran).toMatchObject({ code, stdout: line });
    const { results, metadata } = ran.artifact();
    expect(metadata.dbt_schema_version).toBe("https://schemas.getdbt.com/dbt/sources/v3.json");
    expect(results).toMatchObject([{ unique_id: "source.p.shop.orders", status, criteria: { warn_after: { count: 2, period: "day" }, filter: null } }]);
    expect(results[0].max_loaded_at_time_ago_in_s / 3600).toBeCloseTo(hours, 1);
    if (status === "error") expect(ran.stderr).toContain('error[RT0490]: the newest data of source "shop.orders" are 4 days 4 hours old, and may be 4 days');
  });

  test("--warn-error makes a warning a failure", async () => {
    expect((await freshness(table(`loaded_at_field: loaded_at, ${day(2, 4)}`), csv(hoursAgo(50)), "--warn-error")).code).toBe(1);
  });

  test("a filter leaves rows out, a table's own limit goes before its source's, null takes it back", async () => {
    const sources = `  - name: shop
    loaded_at_field: loaded_at
    freshness: {error_after: {count: 1, period: hour}}
    tables:
      - {name: filtered, location: data/orders.csv, freshness: {error_after: {count: 3, period: day}, filter: "id > 0"}}
      - {name: inherits, location: data/orders.csv}
      - {name: free, location: data/orders.csv, freshness: null}`;
    const ran = await freshness(sources, csv(hoursAgo(0.5), hoursAgo(100)), "--json");
    expect(JSON.parse(ran.stdout).results.map((result: { unique_id: string; status: string }) => [result.unique_id, result.status])).toEqual([
      ["source.p.shop.filtered", "error"],
      ["source.p.shop.inherits", "pass"],
    ]);
  });

  test("a table inherits each limit that it does not set, and null takes one back", async () => {
    const sources = `  - name: shop
    loaded_at_field: loaded_at
    freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 2, period: day}}
    tables:
      - {name: later_warning, location: data/orders.csv, freshness: {warn_after: {count: 9, period: day}}}
      - {name: no_error, location: data/orders.csv, freshness: {error_after: null}}`;
    const ran = await freshness(sources, csv(hoursAgo(100)), "--json");
    expect(JSON.parse(ran.stdout).results.map((result: { status: string }) => result.status)).toEqual(["error", "warn"]);
  });

  test("a query is a template, in which this is the table; what is wrong in it is shown at its place", async () => {
    const query = (text: string) => table(`loaded_at_query: "select max(loaded_at) ${text}", ${day(2, 4)}`);
    const ran = await freshness(query("from {{this}} where id < {{var 'most'}}"), csv(hoursAgo(50), hoursAgo(1)), "--vars", "{most: 1}");
    expect(ran).toMatchObject({ code: 0, stdout: "  warn  shop.orders  2 days 2 hours old\n" });
    const wrong = await freshness(query("from {{that}}"), csv());
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/^error\[RT0301\]: "that" is not defined here\n +--> models\/s\.yml:2:116\n/);
  });

  test("a query, and the files' own times where no column tells", async () => {
    const query = `loaded_at_query: "select timestamp '${hoursAgo(50).slice(0, 19)}'", ${day(2, 4)}`;
    expect((await freshness(table(query), csv(hoursAgo(1)))).stdout).toBe("  warn  shop.orders  2 days 2 hours old\n");
    expect((await freshness(table(day(2, 4)), csv(hoursAgo(900)))).stdout).toBe("  ok    shop.orders  0 minutes old\n");
  });
});

describe("what cannot be measured", () => {
  test.each([
    ["a column that is not there", table(`loaded_at_field: loaded, ${day(2, 4)}`), csv(hoursAgo(1)), 'RT0402]: unknown column "loaded"'],
    ["no rows", table(`loaded_at_field: loaded_at, ${day(2, 4)}`), csv(), "it has no rows with a time"],
    ["a time that is none", table(`loaded_at_field: loaded_at, ${day(2, 4)}`), csv("yesterday"), "RT0404]"],
    [
      "a table that is not there",
      `  - {name: s, schema: elsewhere, tables: [{name: t, loaded_at_field: loaded_at, ${day(2, 4)}}]}`,
      {},
      'there is no table "elsewhere"."t"',
    ],
    ["no file", table(`loaded_at_field: loaded_at, ${day(2, 4)}`), {}, "data/orders.csv"],
    [
      "a table without a column",
      `  - {name: s, schema: main, tables: [{name: t, ${day(2, 4)}}]}`,
      {},
      "there is neither `loaded_at_field` nor `loaded_at_query`",
    ],
  ])("%s", async (_, sources, files, words) => {
    const ran = await freshness(sources, files);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("not measured");
    expect(ran.stderr).toContain(words);
    expect(ran.stderr).toContain("--> models/s.yml:2:");
    expect(ran.artifact().results).toMatchObject([{ status: "runtime error", error: expect.any(String) }]);
  });

  test("a wrong limit is said before anything is opened", async () => {
    const ran = await freshness(table("freshness: {warn_after: {count: 0, period: week}}"), csv());
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("period");
  });

  test("nothing to look at is a warning", async () => {
    const ran = await freshness(table("loaded_at_field: loaded_at"), csv(hoursAgo(1)));
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr).toContain("no source selected has `freshness` set");
  });
});

test.each([
  [0, "0 minutes"],
  [-5, "0 minutes"],
  [60, "1 minute"],
  [3_660, "1 hour 1 minute"],
  [90_000, "1 day 1 hour"],
  [86_460, "1 day"],
])("%d s is %s", (seconds, words) => expect(formatAge(seconds)).toBe(words));
