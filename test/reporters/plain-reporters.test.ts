/** Every reporter on pipes: whole runs against whole screens in screens/. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { diagnose } from "../../src/core/diagnostic.ts";
import { fileSpan } from "../../src/core/span.ts";
import type { RunEvent } from "../../src/ports/run-event.ts";
import { reporters } from "../../src/reporters/registry.ts";
import { ended, node, passed, project, raised, running, runOf, shop, started, troubled } from "./events.ts";
import { FakePipe } from "./terminal.ts";

function report(
  name: string,
  events: readonly RunEvent[],
  more: { readonly quiet?: boolean; readonly color?: boolean; readonly sources?: (file: string) => string | undefined } = {},
) {
  const stdout = new FakePipe();
  const stderr = new FakePipe();
  const reporter = reporters[name]?.create({ stdout, stderr, color: false, quiet: false, sources: shop.sources, ...more });
  for (const event of events) reporter?.onEvent(event);
  return { stdout: stdout.text, stderr: stderr.text };
}

/** Both streams, as a file in screens/ shows them. */
function both({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  return `--- stderr\n${stderr}--- stdout\n${stdout}`;
}

const warning = raised(diagnose("RT0002", { criterion: "tag:nightly" }));
const good = [
  node("raw_orders", "success", { kind: "seed", seconds: 0.5 }),
  passed("unique a.id", "a"),
  passed("not_null a.id", "a"),
  node("a", "success"),
  node("one_row", "pass", { kind: "test" }),
];
const cut = diagnose("RT0411", { what: "the query" }, { span: shop.span("models/marts/churn.sql", "select") });
const stopped = [
  ...good,
  node("churn", "error", { message: "the query was interrupted", diagnostics: [cut] }),
  passed("unique b.id", "b"),
  ...["b", "c"].map((name) => node(name, "skipped", { message: "the run was interrupted" })),
];
const writing = raised(diagnose("RT0415", { path: "target/run_results.json", problem: "no space left" }, { span: fileSpan("target/run_results.json") }));
const failedTest = node("unique_orders_id", "fail", { title: "unique orders.id", kind: "test", failures: 2, message: "2 failing rows" });

const cases: readonly (readonly [screen: string, events: readonly RunEvent[], quiet: boolean])[] = [
  ["success", runOf(good), false],
  ["trouble", runOf(troubled, { before: [warning, running("raw_orders", "seed")] }), false],
  ["trouble-quiet", runOf(troubled, { before: [warning] }), true],
  ["interrupted", runOf(stopped, { interrupted: true }), false],
  ["nothing-selected", runOf([]), false],
  ["all-ok-but-an-artifact", [started(1, { models: 1 }), ...runOf([node("a", "success")]).slice(1, 2), writing, ended([node("a", "success")])], false],
  ["failed-tests-alone", runOf([failedTest], { command: "test" }), false],
];

describe.each(["pretty", "concise"])("%s", (name) => {
  test.each(cases)("%s", async (screen, events, quiet) => {
    await expect(both(report(name, events, { quiet }))).toMatchFileSnapshot(`screens/${name}-${screen}.txt`);
  });

  test("writes no control characters to a pipe", () => {
    expect(both(report(name, runOf(troubled))).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  test("paints on a pipe when color is forced, and says the same", () => {
    const events = runOf(troubled, { before: [warning] });
    const painted = both(report(name, events, { color: true }));
    expect(stripVTControlCharacters(painted)).toBe(both(report(name, events)));
    expect(painted).not.toBe(both(report(name, events)));
  });
});

describe("ndjson", () => {
  test("writes one object a line for each event", async () => {
    const { stdout, stderr } = report("ndjson", runOf(troubled.slice(4, 8), { before: [warning, running("raw_orders", "seed")] }));
    expect(stderr).toBe("");
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).type),
    ).toEqual(["run_started", "diagnostic", "node_started", ...Array.from({ length: 4 }, () => "node_finished"), "run_finished"]);
    await expect(stdout).toMatchFileSnapshot("screens/ndjson.txt");
  });

  test("gives places as lines and columns, and null where there are none", () => {
    const { sources, span } = project({ "a.yml": "one\r\n\t고👍 two\r\nthree" });
    const notes = [{ message: "gone", span: { file: "gone.yml", start: 3, end: 5 } }, { message: "no place" }, { message: "whole", span: fileSpan("a.yml") }];
    const event = raised({ code: "RT0102", severity: "error", message: "m", span: { ...span("a.yml", "two"), end: 900 }, notes });
    const record = JSON.parse(report("ndjson", [event], { sources }).stdout);
    expect(record).toMatchObject({ file: "a.yml", line: 2, column: 6, end_line: 3, end_column: 6, help: null });
    expect(record.notes).toEqual([
      { message: "gone", file: "gone.yml", line: null, column: null, end_line: null, end_column: null },
      { message: "no place", file: null, line: null, column: null, end_line: null, end_column: null },
      { message: "whole", file: "a.yml", line: null, column: null, end_line: null, end_column: null },
    ]);
  });

  test("loses no digit of a number", () => {
    const failingRows = { columns: ["a"], sample: [[2n ** 63n], [7n], [Number.NaN], [null]], keptIn: undefined, storedAs: undefined };
    const record = JSON.parse(report("ndjson", [{ type: "node_finished", result: node("t", "fail", { kind: "test", failingRows }) }]).stdout);
    expect(record.failing_rows).toEqual({ columns: ["a"], sample: [["9223372036854775808"], [7], ["NaN"], [null]], kept_in: null, stored_as: null });
  });
});

describe("json", () => {
  test("writes one document when the run is over, and nothing else", async () => {
    const events = runOf(troubled.slice(4, 8), { before: [warning, running("raw_orders", "seed")] });
    expect(report("json", events.slice(0, -1))).toEqual({ stdout: "", stderr: "" });
    const { stdout, stderr } = report("json", events);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      schema_version: 1,
      project_name: "shop",
      interrupted: false,
      counts: { success: 1, pass: 1, fail: 1, error: 1 },
    });
    await expect(stdout).toMatchFileSnapshot("screens/json.txt");
  });
});

test("every reporter says what it is for", () => {
  expect(Object.keys(reporters)).toEqual(["pretty", "concise", "json", "ndjson", "github", "junit"]);
  for (const { description } of Object.values(reporters)) expect(description).toMatch(/^\S.{10,70}\S$/);
});
