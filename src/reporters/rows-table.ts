/** A few rows as an aligned table that fits the screen: wide columns are cut first, then columns are left out on the right. */
import { plural } from "../core/names.ts";
import { cellText } from "./cell-text.ts";
import { cutToWidth, displayWidth, padEndTo, padStartTo, printable } from "./display-width.ts";

const gap = 2;
const widestCell = 48;
/** A column is not made narrower than this, or than its own content. */
const narrowestCell = 12;

/**
 * Lines without trailing blanks; the first one names the columns. Empty when there are no columns or rows. `marks` are for
 * each row the columns, by position, that a line below it points at.
 */
export function rowsTable(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  width: number,
  marks: readonly (readonly number[])[] = [],
): readonly string[] {
  if (columns.length === 0 || rows.length === 0) return [];
  const cells = [columns.map(printable), ...rows.map((row) => columns.map((_, i) => cellText(row[i])))];
  const natural = columns.map((_, i) => Math.min(widestCell, Math.max(1, ...cells.map((row) => displayWidth(row[i] ?? "")))));
  const widths = fitWidths(natural, width);
  const isNumber = columns.map(
    (_, i) => rows.every((row) => row[i] === null || typeof row[i] === "number" || typeof row[i] === "bigint") && rows.some((row) => row[i] !== null),
  );
  const line = (texts: readonly string[]) =>
    widths
      .map((size, i) => (isNumber[i] ? padStartTo : padEndTo)(texts[i] ?? "", size))
      .join(" ".repeat(gap))
      .trimEnd();
  const lines = cells.flatMap((row, r) => {
    const cut = widths.map((size, i) => cutToWidth(row[i] ?? "", size));
    const marked = marks[r - 1] ?? [];
    return marked.length === 0 ? [line(cut)] : [line(cut), line(cut.map((text, i) => (marked.includes(i) ? "^".repeat(displayWidth(text)) : "")))];
  });
  const left = columns.length - widths.length;
  return left > 0 ? [...lines, `(${plural(left, "more column")})`] : lines;
}

/** Takes from the widest column until all fit; if even narrow columns do not, fewer columns. */
function fitWidths(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, size) => sum + size, 0) + gap * (widths.length - 1);
  while (total() > width) {
    const widest = Math.max(...widths);
    if (widest > narrowestCell) widths[widths.lastIndexOf(widest)] = widest - 1;
    else if (widths.length > 1) {
      widths.splice(0, Infinity, ...natural.slice(0, widths.length - 1));
    } else return [Math.max(1, Math.min(widest, width))];
  }
  return widths;
}
