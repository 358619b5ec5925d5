/** The reporters for systems that build and test: GitHub's workflow commands and step summary, and JUnit XML. */
import { describe, expect, test } from "vitest";
import { diagnose } from "../../src/core/diagnostic.ts";
import type { RunEvent } from "../../src/ports/run-event.ts";
import { reporters } from "../../src/reporters/registry.ts";
import { finished, node, passed, raised, runOf, shop, started, troubled } from "./events.ts";
import { FakePipe } from "./terminal.ts";
import { readXml, type XmlElement } from "./xml-reader.ts";

function report(name: string, events: readonly RunEvent[], more: { readonly quiet?: boolean; readonly pathPrefix?: string } = {}) {
  const [stdout, stderr, summary] = [new FakePipe(), new FakePipe(), new FakePipe()];
  const reporter = reporters[name]?.create({ stdout, stderr, summary, color: false, quiet: false, sources: shop.sources, ...more });
  for (const event of events) reporter?.onEvent(event);
  expect(stderr.text).toBe("");
  return { stdout: stdout.text, summary: summary.text };
}

const owned = troubled.map((one) => (one.kind === "test" ? { ...one, owner: one.stageId } : one));
const warning = raised(diagnose("RT0002", { criterion: "tag:nightly" }));
const writing = raised(diagnose("RT0415", { path: "target/run_results.json", problem: "no space left" }));

/** Text that would be a command, markup or an end of something, if it were taken at its word. */
const hostile = "::error::x ##[error]y | `z` <b>&amp;\"'</b> ]]> \u0000\u001b[31m \ud800 \ufffe % , : *em* [l](u)";
const bad = node(`t ${hostile}`, "fail", {
  kind: "test",
  stageId: "a",
  owner: "a",
  message: `${hostile}\n::warning::second line`,
  failingRows: { columns: [hostile, "b"], sample: [[`${hostile}\n::endgroup::`, null]], keptIn: "target/failures/t.csv", storedAs: undefined },
  diagnostics: [diagnose("RT0407", { test: "t", failures: `${hostile}\n::set-env::a` })],
});

describe("github", () => {
  test("groups, marks and a summary", async () => {
    const { stdout, summary } = report("github", runOf(owned, { before: [warning] }), { pathPrefix: "warehouse/" });
    await expect(stdout).toMatchFileSnapshot("screens/github.txt");
    await expect(summary).toMatchFileSnapshot("screens/github-summary.txt");
  });

  test("a run that went well has no marks, and --quiet leaves out warnings", () => {
    const good = report("github", runOf([passed("unique a.id", "a"), node("a", "success")]));
    expect(good.stdout).not.toMatch(/::(error|warning|notice)/);
    expect(good.summary).toContain("Build succeeded in 3.42s: 2 ok");
    expect(good.summary).not.toContain("|");
    expect(report("github", runOf(owned, { before: [warning] }), { quiet: true }).stdout).not.toMatch(/::warning|^ok/m);
  });

  test("what data and messages hold is never acted on", () => {
    const { stdout, summary } = report("github", [started(2), finished(bad), ...runOf([bad, node("a", "error")]).slice(-1)]);
    // As the runner reads it: a line that begins with a known command acts, unless commands are stopped.
    let stopped: string | undefined;
    const acted: string[] = [];
    for (const line of stdout.split("\n").map((text) => text.trimStart())) {
      if (stopped !== undefined) {
        if (line === `::${stopped}::`) stopped = undefined;
        continue;
      }
      const command = /^::([\w-]+)(?: [^:]*)?::(.*)$/.exec(line);
      if (command?.[1] === "stop-commands") stopped = command[2];
      else if (command) acted.push(command[1] ?? "");
    }
    expect(acted).toEqual(["group", "endgroup", "error", "group", "endgroup"]);
    expect(stopped).toBeUndefined();
    // A table's row stays one line, and nothing in it is HTML.
    expect(summary).not.toMatch(/(?<!\\)<(?!details>|summary>|\/details>|\/summary>)[a-z]/);
    expect(summary.split("\n").filter((line) => line.startsWith("::"))).toEqual([]);
  });
});

/** What readers rely on: Jenkins' schema, with the places that GitLab and others know besides. */
const shapes: Readonly<Record<string, { readonly required: readonly string[]; readonly optional: readonly string[]; readonly children: readonly string[] }>> = {
  testsuites: { required: ["name", "tests", "failures", "errors", "skipped", "time", "timestamp"], optional: [], children: ["testsuite"] },
  testsuite: { required: ["name", "tests", "failures", "errors", "skipped", "time"], optional: ["timestamp"], children: ["testcase"] },
  testcase: { required: ["name", "classname", "time"], optional: ["file", "line"], children: ["failure", "error", "skipped", "system-out"] },
  failure: { required: ["message", "type"], optional: [], children: [] },
  error: { required: ["message", "type"], optional: [], children: [] },
  skipped: { required: ["message"], optional: [], children: [] },
  "system-out": { required: [], optional: [], children: [] },
};

function checkJunit(element: XmlElement): readonly string[] {
  const { name, attributes, children, text } = element;
  const shape = shapes[name];
  if (!shape) return [`<${name}> is unknown`];
  const keys = Object.keys(attributes);
  const cases = (of: string): number => children.reduce((sum, child) => sum + (child.name === "testsuite" ? Number(child.attributes[of]) : 0), 0);
  const within = (kind: string) => children.filter((child) => child.children.some((one) => one.name === kind)).length;
  const counts: Readonly<Record<string, number>> =
    name === "testsuites"
      ? { tests: cases("tests"), failures: cases("failures"), errors: cases("errors"), skipped: cases("skipped") }
      : name === "testsuite"
        ? { tests: children.length, failures: within("failure"), errors: within("error"), skipped: within("skipped") }
        : {};
  return [
    ...shape.required.filter((key) => !keys.includes(key)).map((key) => `<${name}> lacks ${key}`),
    ...keys.filter((key) => ![...shape.required, ...shape.optional].includes(key)).map((key) => `<${name}> has ${key}`),
    ...children.filter((child) => !shape.children.includes(child.name)).map((child) => `<${child.name}> in <${name}>`),
    ...Object.entries(counts).flatMap(([key, count]) =>
      Number(attributes[key]) === count ? [] : [`<${name}> ${key}: ${attributes[key]}, but there are ${count}`],
    ),
    ...(attributes["time"] !== undefined && !/^\d+\.\d{3}$/.test(attributes["time"]) ? [`time ${attributes["time"]}`] : []),
    ...(attributes["timestamp"] !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(attributes["timestamp"])
      ? [`timestamp ${attributes["timestamp"]}`]
      : []),
    ...(attributes["line"] !== undefined && !/^\d+$/.test(attributes["line"]) ? [`line ${attributes["line"]}`] : []),
    ...(children.length > 0 && text.trim() !== "" ? [`text between the children of <${name}>`] : []),
    ...children.flatMap(checkJunit),
  ];
}

describe("junit", () => {
  test("a suite for each model, with its tests and itself as cases", async () => {
    const { stdout } = report("junit", runOf(owned, { before: [warning, writing] }), { pathPrefix: "warehouse/" });
    expect(checkJunit(readXml(stdout))).toEqual([]);
    await expect(stdout).toMatchFileSnapshot("screens/junit.xml");
  });

  test.each([
    ["nothing", []],
    ["only good news", [passed("unique a.id", "a"), node("a", "success")]],
    ["a test of its own", [node("one_row", "fail", { kind: "test", failures: 1, message: "1 failing row" })]],
    ["tests on what is published", [node("unique a.id", "pass", { kind: "test", owner: "a" }), node("unique b.id", "error", { kind: "test", owner: "b" })]],
    ["text that is not XML", [bad, node("a", "error", { message: hostile })]],
  ])("%s is valid", (_, results) => {
    expect(checkJunit(readXml(report("junit", runOf(results)).stdout))).toEqual([]);
  });

  test("tests are told by the node that they are declared on; text comes through whole", () => {
    const nodes = [node("unique a.id", "pass", { kind: "test", owner: "a" }), node("both", "pass", { kind: "test" }), bad];
    const suites = readXml(report("junit", runOf(nodes)).stdout).children;
    expect(suites.map(({ attributes }) => [attributes["name"], attributes["tests"]])).toEqual([
      ["a", "2"],
      ["tests of several models", "1"],
    ]);
    const failure = suites[0]?.children[1]?.children[0];
    expect(failure?.attributes["message"]).toBe(hostile.replace("\u0000\u001b", "").replace("\ud800 \ufffe", " ").concat("\n::warning::second line"));
  });

  test("writes nothing before the run is over", () => {
    expect(report("junit", runOf(owned).slice(0, -1)).stdout).toBe("");
  });
});
