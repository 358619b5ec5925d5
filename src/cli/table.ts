/** Rows as an aligned table of plain text: numbers to the right, everything else to the left. */
import type { ResultSet } from "../ports/engine.ts";

const widest = 60;

export function renderTable({ columns, rows }: ResultSet): string {
  const cells = rows.map((row) => columns.map(({ name }) => cut(textOf(row[name]))));
  const isNumber = columns.map(({ type }) => /INT|DECIMAL|DOUBLE|FLOAT/.test(type));
  const widths = columns.map(({ name }, i) => Math.max(displayWidth(cut(name)), ...cells.map((row) => displayWidth(row[i] ?? ""))));
  const line = (values: readonly string[]) =>
    values
      .map((value, i) => {
        const gap = " ".repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(value)));
        return isNumber[i] ? gap + value : value + gap;
      })
      .join("  ")
      .trimEnd();
  return `${[line(columns.map(({ name }) => cut(name))), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n")}\n`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  return (typeof value === "object" ? JSON.stringify(value) : String(value)).replace(/[\r\n\t]+/g, " ");
}

function cut(text: string): string {
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
}

/** Columns that a terminal gives a text: East Asian wide characters take two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const char of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(char)
      ? 2
      : 1;
  return width;
}
