/** Plans and reports as plain text with aligned columns, for people. Knows no colour and no terminal. */
import { plural } from "../core/names.ts";
import type { Operation, Reason } from "./difference-sql.ts";
import {
  type ExportCounts,
  type ExportPlan,
  type ExportReport,
  type LeftOutReason,
  leftOutReasons,
  type PlatformView,
  type StoppedGuard,
} from "./export-plan.ts";
import { rejectReasons } from "./identity/reject-reasons.ts";
import { count, joinSections, type Line, table } from "./text-table.ts";

const leftOutTexts: Readonly<Record<LeftOutReason, string>> = {
  no_consent: "without consent",
  suppressed: "suppressed",
  holdout: "held out",
  no_identifier: "without a usable identifier",
};

const reasonTexts: Readonly<Record<Reason, string>> = {
  new: "new",
  changed: "with changed identifiers",
  value: "with another value",
  unfinished: "an earlier run did not finish",
  expiring: "the platform would forget them",
  shared: "share an identifier with somebody who goes",
  left_model: "not in the model any more",
  forgotten: "erased",
  unchanged: "unchanged",
  ...leftOutTexts,
};

export function renderExportPlan(plan: ExportPlan): string {
  return joinSections([heading(plan), ...numbers(plan), forcedLines(plan), outlook(plan)]);
}

function outlook(plan: ExportPlan): readonly string[] {
  if (plan.stoppedBy.length > 0) return stopLines(plan);
  if (!plan.delivers) return ["There is nothing to send."];
  return [`Nothing was sent: this is a plan. A run would send ${plural(plan.batches, "batch", "batches")}.`];
}

export function renderExportReport(report: ExportReport): string {
  const { plan, files } = report;
  const written = files.map((file): Line => [`  ${file.path}`, plural(file.rows, "row"), plural(file.bytes, "byte"), `sha256 ${file.sha256.slice(0, 12)}…`]);
  const fileLines = files.length === 0 ? [] : ["Files", ...table(written, [1, 2])];
  return joinSections([heading(plan), ...numbers(plan), forcedLines(plan), fileLines, resultLines(report)]);
}

function resultLines({ plan, status, sent }: ExportReport): readonly string[] {
  const { name } = plan.destination;
  const soFar = `${plural(sent.removes, "removal")} and ${plural(sent.adds, "addition")} were sent.`;
  switch (status) {
    case "delivered":
      return [`Delivered to ${name}: ${delivered(plan.counts)}.`, ...answerLines(sent)];
    case "unchanged":
      return ["Nothing was sent: the audience is as it was.", ...answerLines(sent)];
    case "stopped":
      return stopLines(plan);
    case "failed":
      return [`Not finished: ${soFar} The next run goes on from there.`, ...answerLines(sent)];
    case "interrupted":
      return [`Interrupted: ${soFar} The next run goes on from there.`];
  }
}

function delivered({ adds, removes, refreshed }: ExportCounts): string {
  return [`${count(adds)} added`, `${count(removes)} removed`, ...(refreshed === 0 ? [] : [`${count(refreshed)} sent again`])].join(", ");
}

function answerLines({ received, invalid, pending }: ExportReport["sent"]): readonly string[] {
  const answered =
    received === undefined ? [] : [`The platform received ${plural(received, "row")}${invalid === undefined ? "" : ` and could not use ${count(invalid)}`}.`];
  return pending === 0 ? answered : [...answered, `It still works on ${plural(pending, "batch", "batches")}; \`retain export status\` asks again.`];
}

function heading(plan: ExportPlan): readonly string[] {
  const { name, type, platform } = plan.destination;
  return table([
    ["Export", plan.export],
    ["Audience", plan.audience],
    ["Model", `${plan.model} (target ${plan.target})`],
    ["Destination", `${name} (${type === platform ? type : `${type}, ${platform}`})`],
    ["Mode", plan.mode],
    ...platformLines(plan.platform, type),
  ]);
}

/** Files have no size of their own to tell. */
function platformLines(view: PlatformView, type: string): readonly Line[] {
  return type === "file" && !("problem" in view) ? [] : [["On platform", platformText(view)]];
}

export function platformText(view: PlatformView): string {
  if ("problem" in view) return `unknown: ${view.problem}`;
  if (!view.exists) return "not there yet";
  const { size, condition, id } = view;
  const people =
    size === undefined
      ? "size not told"
      : size.least === size.most
        ? plural(size.most, "person", "people")
        : `${count(size.least)} to ${count(size.most)} people`;
  return [people, condition, id === undefined ? undefined : `id ${id}`].filter((part) => part !== undefined).join(", ");
}

function numbers({ counts, sample }: ExportPlan): readonly (readonly string[])[] {
  const sections: (readonly string[])[] = [["People", ...table(peopleRows(counts), [1])]];
  if (counts.rejects.length > 0) {
    const rows = counts.rejects.map((reject): Line => [`  ${reject.identifier}`, rejectReasons[reject.reason].text, count(reject.people)]);
    sections.push(["Identifiers left out", ...table(rows, [2])]);
  }
  sections.push(["Difference", ...table(differenceRows(counts), [1])]);
  if (sample.length > 0) {
    const rows = sample.map(({ operation, reason, key, identifiers }): Line => [`  ${operation}`, `${key}…`, identifiers.join(", "), reasonTexts[reason]]);
    sections.push(["Sample, with hashed keys", ...table(rows)]);
  }
  return sections;
}

function peopleRows({ people, leftOut, eligible }: ExportCounts): readonly Line[] {
  const reasons = leftOutReasons.filter((reason) => leftOut[reason] > 0).map((reason): Line => [`  ${leftOutTexts[reason]}`, count(leftOut[reason])]);
  return [["  in the model", count(people)], ...reasons, ["  eligible", count(eligible)]];
}

function differenceRows(counts: ExportCounts): readonly Line[] {
  const { adds, removes, refreshed, unchanged, sizeBefore, sizeAfter } = counts;
  return [
    ["  to add", count(adds)],
    ...reasonRows(counts, "add"),
    ["  to remove", count(removes)],
    ...reasonRows(counts, "remove"),
    ...(refreshed > 0 ? [["  to send again", count(refreshed)], ...reasonRows(counts, "refresh")] : []),
    ["  unchanged", count(unchanged)],
    ["  size before", count(sizeBefore)],
    ["  size after", count(sizeAfter)],
  ];
}

function reasonRows({ changes }: ExportCounts, operation: Operation): readonly Line[] {
  return changes.filter((change) => change.operation === operation).map(({ reason, rows }): Line => [`    ${reasonTexts[reason]}`, count(rows)]);
}

function stopLines({ stoppedBy }: ExportPlan): readonly string[] {
  return ["Stopped: nothing is sent.", ...guardTable(stoppedBy)];
}

function forcedLines({ forced }: ExportPlan): readonly string[] {
  return forced.length === 0 ? [] : ["Overridden with --force", ...guardTable(forced)];
}

function guardTable(guards: readonly StoppedGuard[]): readonly string[] {
  return table(guards.map(({ guard, problem }): Line => [`  ${guard}`, problem]));
}
