/**
 * The lines of a code frame: the line where a span begins, and a mark under the span that lies right whatever the
 * terminal makes of tabs, wide characters and emoji. A very long line is cut around the span. Paints nothing.
 */
import { lineStarts, positionAt, type Span } from "../core/span.ts";
import { type Cluster, clustersOf, displayWidth, printable } from "./display-width.ts";

export interface FrameLine {
  readonly number: number;
  readonly text: string;
  /** Columns before the mark and columns under it; none on lines that are only context. */
  readonly mark: { readonly before: number; readonly length: number } | undefined;
}

const tabStop = 4;
/** Code units looked at on either side of the span: enough to fill any screen, however long the line. */
const reach = 1000;

/** `width` is the number of columns for the text itself. */
export function frameOf(text: string, span: Span, width: number): readonly FrameLine[] {
  const starts = lineStarts(text);
  const from = Math.min(Math.max(0, span.start), text.length);
  const number = positionAt(starts, from).line;
  const line = lineAt(text, starts, number);
  const marked = markedLine(line.text, from - line.start, Math.max(from, span.end) - line.start, width);
  if (line.text.trim() !== "") return [{ number, ...marked }];

  // A blank line says nothing: show the last one above it that does.
  for (let above = number - 1; above >= 1; above--) {
    const context = lineAt(text, starts, above);
    if (context.text.trim() === "") continue;
    const { text: shown } = markedLine(context.text, context.text.length, context.text.length, width);
    return [
      { number: above, text: shown, mark: undefined },
      { number, ...marked },
    ];
  }
  return [{ number, ...marked }];
}

function lineAt(text: string, starts: readonly number[], number: number): { readonly start: number; readonly text: string } {
  const start = starts[number - 1] ?? 0;
  return { start, text: text.slice(start, starts[number] ?? text.length).replace(/[\r\n]+$/, "") };
}

/** `from` and `to` are offsets in the line; a span that goes on below is marked to the end of what is written here. */
function markedLine(line: string, from: number, to: number, width: number): Pick<FrameLine, "text" | "mark"> {
  const written = line.trimEnd().length;
  const start = Math.min(from, line.length);
  const end = Math.max(start, to > line.length ? written : to);
  const base = Math.max(0, start - reach);
  const cells = expand(line.slice(base, Math.min(line.length, end + reach, start + 2 * reach)), base);
  const whole = base === 0 && (cells.at(-1)?.end ?? 0) >= line.length;

  const first = cells.findIndex((cell) => cell.end > start);
  const markFrom = first < 0 ? cells.length : first;
  const past = cells.findIndex((cell) => cell.at >= end);
  const markTo = Math.max(markFrom, past < 0 ? cells.length : past);
  const [low, high] = whole && widthOf(cells) <= width ? [0, cells.length] : visiblePart(cells, markFrom, markTo, width - 2);

  const head = low > 0 || base > 0 ? "…" : "";
  const tail = high < cells.length || !whole ? "…" : "";
  const shown = cells
    .slice(low, high)
    .map((cell) => cell.text)
    .join("");
  const before = displayWidth(head) + widthOf(cells.slice(low, markFrom));
  const length = Math.max(1, widthOf(cells.slice(markFrom, Math.min(markTo, high))));
  return { text: `${head}${shown}${tail}`.trimEnd(), mark: { before, length } };
}

interface Cell extends Cluster {
  readonly end: number;
}

/** Tabs become spaces and control characters escapes, each still one cell that knows its offsets in the line. */
function expand(text: string, base: number): readonly Cell[] {
  let column = 0;
  return clustersOf(text).map((cluster): Cell => {
    const shown = cluster.text === "\t" ? " ".repeat(tabStop - (column % tabStop)) : printable(cluster.text);
    const width = shown === cluster.text ? cluster.width : displayWidth(shown);
    column += width;
    return { text: shown, width, at: base + cluster.at, end: base + cluster.at + cluster.text.length };
  });
}

/** The range of cells that fits into `width`: it begins with the line if the mark is still seen then, else a third before the mark. */
function visiblePart(cells: readonly Cell[], markFrom: number, markTo: number, width: number): readonly [number, number] {
  const fill = (low: number): number => {
    let high = low;
    for (let used = 0; high < cells.length; high++) {
      used += cells[high]?.width ?? 0;
      if (used > width) break;
    }
    return high;
  };
  const mark = widthOf(cells.slice(markFrom, markTo));
  if (widthOf(cells.slice(0, markFrom)) + Math.min(mark, width / 2) <= width) return [0, fill(0)];
  let lead = Math.max(0, Math.min(Math.floor(width / 3), width - mark - 1));
  let low = markFrom;
  while (low > 0 && lead >= (cells[low - 1]?.width ?? 0)) lead -= cells[--low]?.width ?? 0;
  return [low, fill(low)];
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}
