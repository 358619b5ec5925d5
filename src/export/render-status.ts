/** Checks and histories of exports as plain text, for people. Knows no colour and no terminal. */
import { plural } from "../core/names.ts";
import type { CheckItem } from "../ports/destination.ts";
import type { ExportStatus, RunSummary } from "./export-status.ts";
import { platformText } from "./render-plan.ts";
import { count, joinSections, type Line, table } from "./text-table.ts";

const outcomeTexts: Readonly<Record<CheckItem["outcome"], string>> = { ok: "ok", warning: "warning", failed: "FAILED" };

export function renderChecks(title: string, items: readonly CheckItem[]): string {
  const rows = table(items.map(({ what, outcome, detail }): Line => [`  ${outcomeTexts[outcome]}`, what, detail]));
  const lines = rows.flatMap((row, i) => (items[i]?.advice === undefined ? [row] : [row, `           ${items[i]?.advice}`]));
  return `${[title, ...lines].join("\n")}\n`;
}

export function renderStatus(status: ExportStatus): string {
  const { destination, platform, ledger, batches, runs } = status;
  const { name, type } = destination;
  const unsure = ledger.unsure === 0 ? "" : `, and ${count(ledger.unsure)} more whom the next run settles`;
  const heading: Line[] = [
    ["Export", status.export],
    ["Destination", `${name} (${type === destination.platform ? type : `${type}, ${destination.platform}`})`],
    ...(type === "file" ? [] : [["On platform", platformText(platform)]]),
    ["In the ledger", `${plural(ledger.people, "person", "people")}${unsure}`],
    ...(batches.pending > 0 ? [["Still worked on", plural(batches.pending, "batch", "batches")]] : []),
    ...batches.refusals.map((problem): Line => ["Refused later", problem]),
  ];
  const header: Line = ["Started (UTC)", "Status", "Mode", "Added", "Removed", "Size after", ""];
  const history = runs.length === 0 ? ["It was never run."] : table([header, ...runs.map(runLine)], [3, 4, 5]);
  return joinSections([table(heading), history]);
}

/** What a run that did not end meant to send is no part of the history. */
function runLine({ startedAt, status, mode, sizeAfter, forced, message, ...run }: RunSummary): Line {
  const { adds, removes } = status === "delivered" || status === "unchanged" ? run : (run.sent ?? run);
  const notes = [...(forced.length === 0 ? [] : [`forced ${forced.join(", ")}`]), ...(message === undefined ? [] : [message])];
  return [startedAt.slice(0, 16).replace("T", " "), status, mode, count(adds), count(removes), count(sizeAfter), notes.join("; ")];
}
