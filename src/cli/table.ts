/** Query results as an aligned table of plain text, whole however wide: numbers to the right, everything else to the left. */
import type { ResultSet } from "../ports/engine.ts";
import { cellText } from "../reporters/cell-text.ts";
import { cutToWidth, displayWidth, padEndTo, padStartTo, printable } from "../reporters/display-width.ts";

const widestCell = 60;

export function renderTable({ columns, rows }: ResultSet): string {
  const names = columns.map(({ name }) => cutToWidth(printable(name), widestCell));
  const cells = rows.map((row) => columns.map(({ name }) => cutToWidth(cellText(row[name]), widestCell)));
  const pads = columns.map(({ type }) => (isNumberType(type) ? padStartTo : padEndTo));
  const widths = names.map((name, i) => Math.max(displayWidth(name), ...cells.map((row) => displayWidth(row[i] ?? ""))));
  const line = (values: readonly string[]) =>
    values
      .map((value, i) => (pads[i] ?? padEndTo)(value, widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[line(names), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n")}\n`;
}

export function isNumberType(type: string): boolean {
  return /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DECIMAL|DOUBLE|FLOAT)(?:\([^)]*\))?$/.test(type);
}
