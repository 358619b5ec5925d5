/** Plans and reports as plain text with aligned columns, for people. Knows no colour and no terminal. */
import { plural } from "../core/names.ts";
import type { ExportCounts, ExportPlan, ExportReport, LeftOutReason } from "./export-plan.ts";
import { leftOutReasons } from "./export-plan.ts";
import { rejectReasons } from "./identity/reject-reasons.ts";

type Line = readonly string[];

const leftOutTexts: Readonly<Record<LeftOutReason, string>> = {
  no_consent: "without consent",
  suppressed: "suppressed",
  holdout: "held out",
  no_identifier: "without a usable identifier",
};

export function renderExportPlan(plan: ExportPlan): string {
  const outlook = plan.stoppedBy.length > 0 ? stopLines(plan) : [plan.delivers ? "Nothing was sent: this is a plan." : "There is nothing to send."];
  return join([heading(plan), ...numbers(plan), outlook]);
}

export function renderExportReport({ plan, status, files }: ExportReport): string {
  const written = files.map((file): Line => [`  ${file.path}`, plural(file.rows, "row"), plural(file.bytes, "byte"), `sha256 ${file.sha256.slice(0, 12)}…`]);
  const fileLines = files.length === 0 ? [] : [["Files", ...table(written, [1, 2])]];
  return join([heading(plan), ...numbers(plan), ...fileLines, resultLines(plan, status)]);
}

function resultLines(plan: ExportPlan, status: ExportReport["status"]): readonly string[] {
  switch (status) {
    case "delivered":
      return [`Delivered to ${plan.destination.name}: ${count(plan.counts.adds)} added, ${count(plan.counts.removes)} removed.`];
    case "unchanged":
      return ["Nothing was sent: the audience is as it was."];
    case "stopped":
      return stopLines(plan);
    case "failed":
      return ["The destination failed. The ledger is as it was: the next run sends this difference again."];
  }
}

function heading(plan: ExportPlan): readonly string[] {
  const { name, type, platform } = plan.destination;
  const rows: readonly Line[] = [
    ["Export", plan.export],
    ["Audience", plan.audience],
    ["Model", `${plan.model} (target ${plan.target})`],
    ["Destination", `${name} (${type}, ${platform})`],
    ["Mode", plan.mode],
  ];
  return table(rows);
}

function numbers({ counts, sample }: ExportPlan): readonly (readonly string[])[] {
  const sections: (readonly string[])[] = [["People", ...table(peopleRows(counts), [1])]];
  if (counts.rejects.length > 0) {
    const rows = counts.rejects.map((reject): Line => [`  ${reject.identifier}`, rejectReasons[reject.reason].text, count(reject.people)]);
    sections.push(["Identifiers left out", ...table(rows, [2])]);
  }
  sections.push(["Difference", ...table(differenceRows(counts), [1])]);
  if (sample.length > 0) {
    const rows = sample.map(({ operation, key, identifiers }): Line => [`  ${operation}`, `${key}…`, identifiers.join(", ")]);
    sections.push(["Sample, with hashed keys", ...table(rows)]);
  }
  return sections;
}

function peopleRows({ people, leftOut, eligible }: ExportCounts): readonly Line[] {
  const reasons = leftOutReasons.filter((reason) => leftOut[reason] > 0).map((reason): Line => [`  ${leftOutTexts[reason]}`, count(leftOut[reason])]);
  return [["  in the model", count(people)], ...reasons, ["  eligible", count(eligible)]];
}

function differenceRows(counts: ExportCounts): readonly Line[] {
  const { adds, removes, changed, refreshed, unchanged, sizeBefore, sizeAfter } = counts;
  return [
    ["  to add", count(adds)],
    ["  to remove", count(removes)],
    ...(changed > 0 ? [["  in both, with changed identifiers", count(changed)]] : []),
    ...(refreshed > 0 ? [["  to send again", count(refreshed)]] : []),
    ["  unchanged", count(unchanged)],
    ["  size before", count(sizeBefore)],
    ["  size after", count(sizeAfter)],
  ];
}

function stopLines({ stoppedBy }: ExportPlan): readonly string[] {
  return ["Stopped: nothing is sent.", ...table(stoppedBy.map(({ guard, problem }): Line => [`  ${guard}`, problem]))];
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Columns as wide as their widest cell; those in `right` are set flush right. */
function table(rows: readonly Line[], right: readonly number[] = []): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const cell = (text: string, i: number) => (right.includes(i) ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0));
  return rows.map((row) => row.map(cell).join("  ").trimEnd());
}

function join(sections: readonly (readonly string[])[]): string {
  return `${sections.map((section) => section.join("\n")).join("\n\n")}\n`;
}
