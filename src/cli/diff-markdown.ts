/**
 * A comparison as Markdown for the comment of a pull request: one table with all models, details folded away below it, and
 * short enough for a comment. Rows are masked before they come here.
 */
import { plural } from "../core/names.ts";
import { countsText, type DiffReport, hasRowChanges, type ModelDiff, type RowDifference } from "../diff/diff-report.ts";
import { markdownCell, markdownCode, markdownTable, markdownText } from "../reporters/markdown.ts";
import { formatCount } from "../reporters/numbers.ts";
import { readersText } from "./diff-text.ts";

/** A comment of GitHub holds 65,536 characters. */
const mostCharacters = 60_000;
const mostModels = 100;

export function diffMarkdown(report: DiffReport): string {
  const order = ["breaking", "unknown", "additive", "compatible"] as const;
  const models = order.flatMap((impact) => report.models.filter((model) => model.impact === impact));
  const head = `### retain diff: ${markdownCode(report.before)} → ${markdownCode(report.after)}\n\n${markdownText(countsText(report))}\n`;
  const table = models.length === 0 ? "" : `\n${overview(models.slice(0, mostModels)).join("\n")}\n`;
  const cut = models.length > mostModels ? `\nand ${plural(models.length - mostModels, "more model")}\n` : "";
  const notes = report.notes.map((note) => `\n> ${markdownText(note)}\n`).join("");
  let text = `${head}${table}${cut}`;
  const details = models.flatMap((model) => (hasRowChanges(model.rows) && model.rows ? [rowDetails(model, model.rows)] : []));
  let shown = 0;
  for (const detail of details) {
    if (text.length + detail.length + notes.length > mostCharacters) break;
    text += detail;
    shown += 1;
  }
  const left = details.length - shown;
  return `${text}${left > 0 ? `\nRows of ${plural(left, "more model")} differ.\n` : ""}${notes}`;
}

function overview(models: readonly ModelDiff[]): readonly string[] {
  return markdownTable(
    ["model", "change", "columns", "rows", "read by"].map((name) => ({ name })),
    models.map((model) => [
      `${markdownCode(model.name)}${model.impact === "breaking" ? " **breaking**" : ""}`,
      changeCell(model),
      columnsCell(model),
      rowsCell(model),
      readersCell(model),
    ]),
  );
}

function changeCell({ status, impact, reasons, materialized }: ModelDiff): string {
  if (status !== "changed") return `${status} ${markdownText(materialized)}`;
  const what = reasons.length > 0 ? markdownText(reasons.join(", ")) : "data";
  return impact === "breaking" ? what : `${what} (${impact === "unknown" ? "columns unknown" : impact})`;
}

const mostColumns = 12;

function columnsCell({ columns, width }: ModelDiff): string {
  if (!columns) return width === undefined ? "" : formatCount(width);
  const all = [
    ...columns.removed.map(({ name }) => `− ${markdownCode(name)}`),
    ...columns.changed.map(({ name, from, to }) => `${markdownCode(name)} ${markdownText(from)} → ${markdownText(to)}`),
    ...columns.added.map(({ name, type }) => `+ ${markdownCode(name)} ${markdownText(type)}`),
  ];
  return [...all.slice(0, mostColumns), ...(all.length > mostColumns ? [`${all.length - mostColumns} more`] : [])].join("<br>");
}

function rowsCell({ rows, problem }: ModelDiff): string {
  if (problem !== undefined) return "not compared";
  if (!rows) return "";
  if (!hasRowChanges(rows)) return `${formatCount(rows.after)}, the same`;
  const { added, removed, changed } = rows;
  const parts = [
    [added, "+"],
    [removed, "−"],
    [changed, "~"],
  ] as const;
  const counts = parts.flatMap(([count, sign]) => (count > 0 ? [`${sign}${formatCount(count)}`] : []));
  return `${formatCount(rows.before)} → ${formatCount(rows.after)}: ${counts.join(" ")}`.replaceAll("~", "\\~");
}

function readersCell({ readers }: ModelDiff): string {
  return markdownText(readersText(readers)?.replace("read by ", "") ?? "");
}

function rowDetails({ name }: ModelDiff, rows: RowDifference): string {
  const by = rows.key
    ? `by ${rows.key.columns.map(markdownCode).join(", ")} (${markdownText(rows.key.origin)})`
    : `as whole rows, because ${markdownText(rows.noKey ?? "")}`;
  const counts = rows.columns.map(({ name: column, changed }) => [markdownCode(column), formatCount(changed)]);
  const parts = [
    `Compared ${by}.`,
    ...(counts.length > 0 ? [markdownTable([{ name: "column" }, { name: "rows that differ", isNumber: true }], counts).join("\n")] : []),
    ...(rows.samples.length > 0 ? [samplesTable(rows).join("\n")] : []),
    ...(rows.isMasked ? ["Personal data is masked."] : []),
  ];
  return `\n<details><summary>rows of <code>${htmlText(name)}</code></summary>\n\n${parts.join("\n\n")}\n\n</details>\n`;
}

/** With a key a line a changed cell, without one a line a row. */
function samplesTable({ samples, key }: RowDifference): readonly string[] {
  const names = [...new Set(samples.flatMap(({ values }) => Object.keys(values)))].slice(0, mostColumns);
  const cellsOf = (values: Readonly<Record<string, unknown>>) => names.map((name) => markdownCell(values[name]));
  if (!key)
    return markdownTable(
      ["", ...names, "times"].map((name) => ({ name })),
      samples.map(({ kind, values, times }) => [kind, ...cellsOf(values), formatCount(times)]),
    );
  return markdownTable(
    ["", ...names, "column", "before", "after"].map((name) => ({ name })),
    samples.flatMap(({ kind, values, cells }) =>
      cells.length === 0
        ? [[kind, ...cellsOf(values), "", "", ""]]
        : cells
            .slice(0, mostColumns)
            .map(({ column, before, after }) => [kind, ...cellsOf(values), markdownCode(column), markdownCell(before), markdownCell(after)]),
    ),
  );
}

function htmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
