/** What a run came to, in one sentence and in lists of names. Shared by the reporters for people; writes nothing. */
import { type Diagnostic, hasErrors, type Severity } from "../core/diagnostic.ts";
import { listOf, plural } from "../core/names.ts";
import { isFailure, type NodeResult, type ResultStatus, type RunResult } from "../ports/run-event.ts";
import { formatCount, formatSeconds } from "./numbers.ts";
import type { Paint, Style } from "./paint.ts";

/** The one word for a status, told apart without color. `pass` and `success` are the same to people. */
export const statusLabel: Readonly<Record<ResultStatus, string>> = {
  success: "ok",
  pass: "ok",
  warn: "warn",
  fail: "fail",
  error: "error",
  skipped: "skip",
  "partial success": "part",
  reused: "reused",
};
export const statusStyle: Readonly<Record<ResultStatus, Style>> = {
  success: "green",
  pass: "green",
  warn: "yellow",
  fail: "red",
  error: "red",
  "partial success": "red",
  skipped: "cyan",
  reused: "green",
};

export type Verdict = "succeeded" | "failed" | "interrupted" | "incomplete";

const inOrder: readonly (readonly [readonly ResultStatus[], (count: number) => string])[] = [
  [["success", "pass"], (count) => `${formatCount(count)} ok`],
  [["reused"], (count) => `${formatCount(count)} reused`],
  [["warn"], (count) => plural(count, "warning")],
  [["fail"], (count) => `${formatCount(count)} failed`],
  [["error"], (count) => plural(count, "error")],
  [["partial success"], (count) => `${formatCount(count)} in part`],
  [["skipped"], (count) => `${formatCount(count)} skipped`],
];

/** `3 ok, 1 warning, 2 failed`; statuses that nothing has are left out. */
export function describeCounts(statuses: readonly ResultStatus[]): string {
  return inOrder
    .map(([counted, say]) => [statuses.filter((status) => counted.includes(status)).length, say] as const)
    .flatMap(([count, say]) => (count > 0 ? [say(count)] : []))
    .join(", ");
}

/** `raised` are diagnostics that belong to the run but to no node. */
export function verdictOf(result: RunResult, raised: readonly Diagnostic[]): Verdict {
  if (result.interrupted) return "interrupted";
  if (hasErrors(raised) || result.results.some(({ status }) => isFailure(status))) return "failed";
  return result.results.some(({ status }) => status === "skipped") ? "incomplete" : "succeeded";
}

const severityStatus: Readonly<Record<Severity, readonly ResultStatus[]>> = { error: ["error"], warning: ["warn"], info: [] };
const verdictStyle: Readonly<Record<Verdict, Style>> = { succeeded: "green", failed: "red", interrupted: "yellow", incomplete: "yellow" };

/** `Build failed in 3.42s: 41 ok, 1 failed, 9 skipped` */
export function headline(result: RunResult, raised: readonly Diagnostic[], paint: Paint): string {
  const verdict = verdictOf(result, raised);
  const command = result.command.charAt(0).toUpperCase() + result.command.slice(1);
  // To people an error is an error, whether a node has it or the project.
  const statuses = [...result.results.map(({ status }) => status), ...raised.flatMap(({ severity }) => severityStatus[severity])];
  const counts = describeCounts(statuses) || "nothing was selected";
  const took = `${verdict === "interrupted" ? "after" : "in"} ${formatSeconds(result.seconds)}`;
  return `${paint(`${command} ${verdict}`, "bold", verdictStyle[verdict])} ${took}: ${counts}`;
}

/** Being interrupted is nobody's fault and has no place in the code worth showing. */
export function isInterruption({ code }: Diagnostic): boolean {
  return code === "RT0411";
}

/** `a, b and c`, `a, b and 7 more models`, `a and 9 tests`: models and seeds by name, tests as a number unless they are alone. */
export function describeNodes(results: readonly Pick<NodeResult, "kind" | "title">[], most: number): string {
  const named = results.filter(({ kind }) => kind !== "test");
  if (named.length === 0)
    return listSome(
      results.map(({ title }) => title),
      most,
      "test",
    );
  const tests = results.length - named.length;
  const names = listed(
    named.map(({ title }) => title),
    most,
    "model",
  );
  return listOf(tests > 0 ? [...names, plural(tests, "test")] : names);
}

function listSome(names: readonly string[], most: number, noun: string): string {
  return listOf(listed(names, most, noun));
}

/** Leaving out a single name would save nothing. */
function listed(names: readonly string[], most: number, noun: string): readonly string[] {
  if (names.length <= most + 1) return names;
  return [...names.slice(0, most), `${formatCount(names.length - most)} more ${noun}s`];
}
