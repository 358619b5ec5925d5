/**
 * The run as JUnit XML, which Jenkins, GitLab and others read: a suite for each model with its tests and the building of
 * the model itself as cases. A failed test is a failure, broken SQL an error. JUnit knows no warnings: such a case passes
 * and says so in its output. A model that was held back by its tests is skipped, so that one cause counts once.
 */
import type { Diagnostic } from "../../core/diagnostic.ts";
import { groupBy } from "../../core/group-by.ts";
import type { SourceLookup } from "../../core/span.ts";
import type { ReporterFactory } from "../../ports/reporter.ts";
import type { NodeResult, RunResult } from "../../ports/run-event.ts";
import { renderDiagnostic } from "../diagnostic-text.ts";
import { placeOf } from "../place.ts";
import { rowsTable } from "../rows-table.ts";
import { isInterruption } from "../run-summary.ts";
import { type Element, xmlDocument } from "./xml.ts";

export const junit: ReporterFactory = {
  description: "JUnit XML for Jenkins, GitLab and others, when the run is over",
  isForPrograms: true,
  create: ({ stdout, sources, pathPrefix = "" }) => {
    let projectName = "";
    const raised: Diagnostic[] = [];
    return {
      onEvent: (event) => {
        if (event.type === "run_started") projectName = event.projectName;
        else if (event.type === "diagnostic") raised.push(event.diagnostic);
        else if (event.type === "run_finished") stdout.write(xmlDocument(document(event.result, raised, projectName, { sources, pathPrefix })));
      },
    };
  },
};

interface Places {
  readonly sources: SourceLookup;
  readonly pathPrefix: string;
}

type Outcome = "passed" | "failure" | "error" | "skipped";

interface Case {
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly startedAt: string;
  readonly element: Element;
}

const widest = 160;

function document(result: RunResult, raised: readonly Diagnostic[], projectName: string, places: Places): Element {
  const held = heldBack(result.results);
  const titles = new Map(result.results.map((node) => [node.uniqueId, node.title]));
  const suites = [...groupBy(result.results, (node) => suiteName(node, titles))].map(([name, nodes]) =>
    suite(
      name,
      nodes.map((node) => testCase(node, `${projectName}.${name}`, held.has(node.uniqueId), places)),
    ),
  );
  // What is wrong with the run itself has no model, and must not be lost.
  const ofRun = raised.filter(({ severity }) => severity === "error");
  if (ofRun.length > 0) {
    const cases = ofRun.map((diagnostic): Case => runCase(diagnostic, projectName, result, places));
    suites.push(suite(`retain ${result.command}`, cases));
  }
  const total = (key: string) => suites.reduce((sum, { attributes }) => sum + Number(attributes?.[key] ?? 0), 0);
  return {
    name: "testsuites",
    attributes: {
      name: `retain ${result.command}`,
      tests: total("tests"),
      failures: total("failures"),
      errors: total("errors"),
      skipped: total("skipped"),
      time: result.seconds.toFixed(3),
      timestamp: timestamp(result.startedAt),
    },
    children: suites,
  };
}

/** A test belongs to the model that it is declared on, also where the model takes no part in the run. */
function suiteName(node: NodeResult, titles: ReadonlyMap<string, string>): string {
  if (node.kind !== "test") return node.title;
  if (node.owner !== undefined) return node.owner;
  return node.stageId === node.uniqueId ? "tests of several models" : (titles.get(node.stageId) ?? node.stageId);
}

/** Models that nothing is wrong with but their tests. */
function heldBack(results: readonly NodeResult[]): ReadonlySet<string> {
  const byTests = new Set(
    results.filter((node) => node.stageId !== node.uniqueId && (node.status === "fail" || node.status === "error")).map((node) => node.stageId),
  );
  const held = results.filter(
    (node) => node.status === "error" && byTests.has(node.uniqueId) && !node.diagnostics.some(({ severity }) => severity === "error"),
  );
  return new Set(held.map(({ uniqueId }) => uniqueId));
}

function suite(name: string, cases: readonly Case[]): Element {
  const count = (outcome: Outcome) => cases.filter((one) => one.outcome === outcome).length;
  const first = cases.map(({ startedAt }) => startedAt).toSorted()[0];
  return {
    name: "testsuite",
    attributes: {
      name,
      tests: cases.length,
      failures: count("failure"),
      errors: count("error"),
      skipped: count("skipped"),
      time: cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
      timestamp: first && timestamp(first),
    },
    children: cases.map(({ element }) => element),
  };
}

function testCase(node: NodeResult, classname: string, isHeldBack: boolean, places: Places): Case {
  const outcome = isHeldBack ? "skipped" : outcomeOf(node);
  const problem = node.diagnostics.find((d) => d.severity === "error" && !isInterruption(d)) ?? node.diagnostics[0];
  const name = node.kind === "test" ? node.title : `${node.materialized} ${node.title}`;
  const text = detailOf(node, places.sources);
  const message = node.message ?? problem?.message ?? "";
  const children: Element[] = [];
  if (outcome === "skipped") children.push({ name: "skipped", attributes: { message } });
  else if (outcome !== "passed") children.push({ name: outcome, attributes: { message, type: problem?.code ?? node.status }, text });
  else if (text !== "") children.push({ name: "system-out", text });
  return { outcome, seconds: node.seconds, startedAt: node.startedAt, element: caseElement(name, classname, node.seconds, problem, places, children) };
}

function runCase(diagnostic: Diagnostic, projectName: string, result: RunResult, places: Places): Case {
  const text = renderDiagnostic(diagnostic, { sources: places.sources, color: false });
  const error: Element = { name: "error", attributes: { message: diagnostic.message, type: diagnostic.code }, text };
  return {
    outcome: "error",
    seconds: 0,
    startedAt: result.startedAt,
    element: caseElement(`retain ${result.command}`, projectName, 0, diagnostic, places, [error]),
  };
}

function caseElement(name: string, classname: string, seconds: number, problem: Diagnostic | undefined, places: Places, children: readonly Element[]): Element {
  const place = problem?.span && placeOf(problem.span, places.sources);
  const file = place && `${places.pathPrefix}${place.file}`;
  return { name: "testcase", attributes: { name, classname, time: seconds.toFixed(3), file, line: place?.start?.line }, children };
}

function outcomeOf({ status }: NodeResult): Outcome {
  switch (status) {
    case "success":
    case "pass":
    case "warn":
    case "reused":
      return "passed";
    case "fail":
      return "failure";
    case "error":
    case "partial success":
      return "error";
    case "skipped":
      return "skipped";
  }
}

/** What a person needs to act: the diagnostics with their places and the rows that failed, masked already. */
function detailOf({ diagnostics, failingRows }: NodeResult, sources: SourceLookup): string {
  const rows = failingRows ? rowsTable(failingRows.columns, failingRows.sample, widest) : [];
  const { keptIn, storedAs } = failingRows ?? {};
  const kept = [keptIn && `all rows: ${keptIn}`, storedAs && `stored as: ${storedAs}`].filter((line) => line !== undefined);
  const said = diagnostics.filter((d) => !isInterruption(d)).map((d) => renderDiagnostic(d, { sources, color: false }));
  return [...said, ...[...rows, ...kept].filter((line) => line !== "")].join("\n");
}

/** ISO 8601 without a zone, as the format's schema has it; always UTC. */
function timestamp(iso: string): string {
  return iso.replace(/\.\d+Z$|Z$/, "");
}
