/** A comparison of two projects or warehouses as plain text for a screen. Rows are masked before they come here. */
import { plural } from "../core/names.ts";
import {
  countsText,
  type DiffReport,
  hasRowChanges,
  type Impact,
  type ModelDiff,
  type ModelStatus,
  type RowDifference,
  type SampleRow,
} from "../diff/diff-report.ts";
import { cellText } from "../reporters/cell-text.ts";
import { cutToWidth, displayWidth, padEndTo, printable } from "../reporters/display-width.ts";
import { formatCount } from "../reporters/numbers.ts";
import type { Paint, Style } from "../reporters/paint.ts";
import { differenceLines } from "../run/compare-columns.ts";

const indent = " ".repeat(11);
const widestValue = 40;
const mostCells = 8;

const statusStyle: Readonly<Record<ModelStatus, Style>> = { added: "green", removed: "red", changed: "yellow", same: "dim" };
const impactStyle: Readonly<Record<Impact, readonly Style[]>> = { breaking: ["bold", "red"], additive: ["green"], compatible: [], unknown: ["yellow"] };
const signStyle: Readonly<Record<string, Style>> = { "+": "green", "-": "red", "~": "yellow" };

export function diffText(report: DiffReport, paint: Paint): string {
  const width = Math.max(0, ...report.models.map(({ name }) => displayWidth(printable(name))));
  const head = `retain diff: ${printable(report.before)} -> ${printable(report.after)}\n`;
  const blocks = report.models.map((model) => modelLines(model, width, paint));
  // Models without a line below their own stand close together.
  const models = blocks.map((lines, i) => `${i === 0 || lines.length > 1 || (blocks[i - 1]?.length ?? 0) > 1 ? "\n" : ""}${lines.join("\n")}\n`);
  const notes = report.notes.map((note) => `${paint("note", "bold")}: ${printable(note)}\n`);
  return [head, ...models, `\n${paint(countsText(report), "bold")}\n`, ...notes].join("");
}

function modelLines(model: ModelDiff, width: number, paint: Paint): readonly string[] {
  const { status, name, impact, reasons, columns, rows, problem } = model;
  const what = [
    model.materialized,
    ...(model.width === undefined ? [] : [plural(model.width, "column")]),
    ...(reasons.length > 0 ? [`changed: ${reasons.join(", ")}`] : []),
  ];
  const word = impact === "unknown" ? "columns unknown" : impact;
  const title = `  ${paint(status.padEnd(8), statusStyle[status])} ${paint(padEndTo(printable(name), width), "bold")}  ${paint(word.padEnd(10), ...impactStyle[impact])}  ${paint(what.join(", "), "dim")}`;
  const lines = [...(columns ? differenceLines(columns).map((line) => signed(line, paint)) : []), ...(rows ? rowLines(rows, paint) : [])];
  if (problem !== undefined) lines.push("rows could not be compared");
  const read = readersText(model.readers);
  if (read !== undefined && (impact === "breaking" || hasRowChanges(rows))) lines.push(paint(read, "dim"));
  return [title.trimEnd(), ...lines.map((line) => `${indent}${line}`)];
}

function signed(line: string, paint: Paint): string {
  const style = signStyle[line[0] ?? ""];
  return style ? `${paint(line.slice(0, 1), style)}${printable(line.slice(1))}` : printable(line);
}

function rowLines(rows: RowDifference, paint: Paint): readonly string[] {
  if (!hasRowChanges(rows)) return [paint(`rows: ${formatCount(rows.after)}, none differs`, "dim")];
  return [
    rowsHeadline(rows),
    ...(rows.noKey === undefined ? [] : [paint(`compared as whole rows, because ${rows.noKey}`, "dim")]),
    ...(rows.columns.length > 0 ? [`  differs: ${rows.columns.map(({ name, changed }) => `${printable(name)} in ${formatCount(changed)}`).join(", ")}`] : []),
    ...rows.samples.map((sample) => `  ${signed(sampleText(sample), paint)}`),
  ];
}

/** `rows: 1,200 -> 1,250 by id (unique test): 60 added, 10 removed, 35 changed` */
function rowsHeadline({ before, after, added, removed, changed, key }: RowDifference): string {
  const counts = [
    [added, "added"],
    [removed, "removed"],
    [changed, "changed"],
  ] as const;
  const by = key ? ` by ${key.columns.map(printable).join(", ")} (${key.origin})` : "";
  const said = counts.flatMap(([count, word]) => (count > 0 ? [`${formatCount(count)} ${word}`] : []));
  return `rows: ${formatCount(before)} -> ${formatCount(after)}${by}: ${said.join(", ")}`;
}

const signs = { added: "+", removed: "-", changed: "~" } as const;

function sampleText({ kind, values, cells, times }: SampleRow): string {
  const text = (value: unknown): string => cutToWidth(cellText(value), widestValue);
  const all = Object.entries(values);
  const row = all.slice(0, mostCells).map(([name, value]) => `${name}=${text(value)}`);
  const more = all.length > mostCells ? ` and ${all.length - mostCells} more columns` : "";
  const changes = cells.slice(0, mostCells).map(({ column, before, after }) => `${column} ${text(before)} -> ${text(after)}`);
  const left = cells.length > mostCells ? ` and ${cells.length - mostCells} more` : "";
  return `${signs[kind]} ${row.join(", ")}${more}${changes.length > 0 ? `: ${changes.join(", ")}${left}` : ""}${times > 1 ? ` (${formatCount(times)} times)` : ""}`;
}

/** `read by 3 models, export x` */
export function readersText({ models, uses }: ModelDiff["readers"]): string | undefined {
  const parts = [...(models > 0 ? [plural(models, "model")] : []), ...uses.slice(0, 3), ...(uses.length > 3 ? [`${uses.length - 3} more`] : [])];
  return parts.length === 0 ? undefined : `read by ${parts.join(", ")}`;
}
