/** What becomes of findings: `lint:` in retain.yml, silencers, and silencers that do nothing. */
import { describe, expect, test } from "vitest";
import { findSilencers } from "../../src/core/silencers.ts";
import { lintProject } from "../../src/lint/lint.ts";
import { openReady, temporaryProject } from "../fixtures/temporary-project.ts";

const settings = (lint: string) => `name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n${lint}\n`;

async function said(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { config, graph, diagnostics, sources, place } = await openReady(temporaryProject(files));
  return lintProject({ config, graph, warnings: diagnostics, sources: (file) => sources.get(file) }).map((d) => `${d.severity} ${d.code} ${place(d.span)}`);
}

const keyed = (folder: string, name: string, sql: string) => ({
  [`${folder}/${name}.sql`]: sql,
  [`${folder}/${name}.yml`]: `models: [{name: ${name}, description: D., columns: [{name: id, description: I., tests: [unique]}]}]\n`,
});

describe("settings", () => {
  const files = { ...keyed("models/a", "one", "select id from x"), ...keyed("models/b/c", "two", "select id from y") };
  test.each([
    ["", ["warning RT0701 models/a/one.sql:1:16", "warning RT0701 models/b/c/two.sql:1:16"]],
    ["lint: {RT0701: error}", ["error RT0701 models/a/one.sql:1:16", "error RT0701 models/b/c/two.sql:1:16"]],
    ["lint: {RT0701: off}", []],
    ["lint: {RT0701: {severity: error, folders: [models/b]}}", ["error RT0701 models/b/c/two.sql:1:16"]],
    ["lint: {RT0701: {except: ['*/c/*']}}", ["warning RT0701 models/a/one.sql:1:16"]],
    ["lint: {RT0701: {severity: warn, folders: [models], except: [models/a/one.sql]}}", ["warning RT0701 models/b/c/two.sql:1:16"]],
  ])("%s", async (lint, expected) => {
    expect(await said({ ...files, "retain.yml": settings(lint) })).toEqual(expected);
  });

  test("a rule's own folders give way to the project's", async () => {
    const starred = keyed("models/reports", "r", "with o as (select 1 as id), p as (from {{ref 'z'}}) select * from p");
    const z = keyed("models", "z", "select 1 as id");
    expect(await said({ ...starred, ...z })).toEqual([]);
    expect(await said({ ...starred, ...z, "retain.yml": settings("lint: {RT0702: {folders: [models/reports]}}") })).toEqual([
      "warning RT0702 models/reports/r.sql:1:35",
    ]);
  });

  test("a code that is no rule, and a word that is no severity, are errors at their place", async () => {
    const opened = await temporaryProject({ "retain.yml": settings("lint: {RT0799: off, RT0702: silent}") }).open();
    expect(opened.said).toEqual([
      "RT0104 error retain.yml:3:29 retain.yml: lint.RT0702: must be one of off, warn, error",
      'RT0103 error retain.yml:3:8 unknown key "RT0799" in retain.yml: lint',
    ]);
  });
});

describe("silencers", () => {
  const raw = "select id from x";
  test.each([
    ["behind it", `${raw} -- retain-lint: disable=RT0701`],
    ["above it", `-- retain-lint: disable=RT0701\n${raw}`],
    ["above it, with more comments between", `-- retain-lint: disable=rt0701\n-- because we may\n${raw}`],
    ["as a template's comment, which no SQL shows", `{{!-- retain-lint: disable=RT0701 --}}\n${raw}`],
    ["in a block comment", `/* retain-lint: disable=RT0701 */\n${raw}`],
    ["with a word before it", `${raw} -- no source yet, retain-lint: disable=RT0701`],
    [
      "two at once",
      `select id -- retain-lint: disable=RT0711, RT0701\nfrom x where id not in (select id from x)`
        .replace("\nfrom", " from")
        .replace(/ -- (.*?) from (.*)$/, " from $2 -- $1"),
    ],
  ])("%s", async (_, sql) => {
    expect(await said(keyed("models", "m", sql))).toEqual([]);
  });

  test("in YAML, also above an item of a list, and in retain.yml", async () => {
    const files = {
      "retain.yml": settings("vars:\n  idle: 1 # retain-lint: disable=RT0705"),
      "models/m.yml": "models:\n  # retain-lint: disable=RT0707, RT0703\n  - name: m\n    sql: select 1 as id\n",
    };
    expect(await said(files)).toEqual([]);
  });

  test("another line, another code, and a rule that is off: they silence nothing and are told", async () => {
    expect(await said(keyed("models", "m", `select id\n-- retain-lint: disable=RT0701\n, 1 as b\nfrom x -- retain-lint: disable=RT0702`))).toEqual([
      "warning RT0720 models/m.sql:2:25",
      "warning RT0701 models/m.sql:4:6",
      "warning RT0720 models/m.sql:4:32",
    ]);
    const off = { ...keyed("models", "m", `${raw} -- retain-lint: disable=RT0701`), "retain.yml": settings("lint: {RT0701: off}") };
    expect(await said(off)).toEqual(["warning RT0720 models/m.sql:1:42"]);
    expect(await said({ ...off, "retain.yml": settings("lint: {RT0701: off, RT0720: off}") })).toEqual([]);
  });

  test("codes that do not exist or are errors are told, with a better one where there is one", async () => {
    const { config, graph, diagnostics, sources } = await openReady(
      temporaryProject(keyed("models", "m", "select 1 as id -- retain-lint: disable=RT071, RT0203, XY")),
    );
    const found = lintProject({ config, graph, warnings: diagnostics, sources: (file) => sources.get(file) });
    expect(found.map(({ code, message, help }) => [code, message, help])).toEqual([
      ["RT0721", "RT071 is no code", 'did you mean "RT0701"?'],
      ["RT0721", "RT0203 is an error and cannot be silenced", "`retain explain RT0203` says how to mend it"],
      ["RT0721", "XY is no code", "`retain explain` lists all codes"],
    ]);
  });

  test("words that only look like one are none", () => {
    expect(findSilencers("a.sql", "select 'retain-lint: disable=RT0701' -- retain-lint disable=RT0701\n")).toEqual([]);
    expect(findSilencers("a.sql", "-- retain-lint: disable=\n-- retain-lint: enable=RT0701")).toEqual([]);
  });
});
