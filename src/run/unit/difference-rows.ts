/** What differs between expected and actual rows, as rows to show, as a sentence, and as a place in the user's files. Pure. */
import type { FixtureRows, TypedColumn } from "../../compile/unit/compiled-unit-test.ts";
import type { Span } from "../../core/span.ts";
import type { FailingRows } from "../../ports/run-event.ts";
import type { Cells, RowDifference } from "./compare-rows.ts";

const mostShown = 10;
/** With more columns than these, those without a difference give way. */
const mostColumns = 6;

/** `1 row differs, 2 rows are missing, 1 row is unexpected` */
export function describeDifference(differences: readonly RowDifference[]): string {
  const count = (kind: RowDifference["kind"]) => differences.filter((difference) => difference.kind === kind).length;
  const say = (number: number, one: string, many: string) =>
    number === 0 ? [] : [number === 1 ? `1 row ${one}` : `${number.toLocaleString("en-US")} rows ${many}`];
  return [
    ...say(count("changed"), "differs", "differ"),
    ...say(count("missing"), "is missing", "are missing"),
    ...say(count("unexpected"), "is unexpected", "are unexpected"),
  ].join(", ");
}

/** An expected row stands above the actual one that is most like it; the cells that differ are marked. */
export function differenceRows(
  columns: readonly TypedColumn[],
  expected: readonly Cells[],
  actual: readonly Cells[],
  differences: readonly RowDifference[],
): FailingRows {
  const shown = differences.slice(0, mostShown);
  const kept = columnsToShow(columns.length, differences);
  const line = (label: string, cells: Cells | undefined, different: readonly number[] = []) => ({
    cells: [label, ...kept.map((i) => cells?.[i])],
    marks: different.map((i) => kept.indexOf(i) + 1),
  });
  const linesOf = (difference: RowDifference) => {
    switch (difference.kind) {
      case "changed":
        return [line("expected", expected[difference.expected]), line("actual", actual[difference.actual], difference.columns)];
      case "missing":
        return [line("missing", expected[difference.expected])];
      case "unexpected":
        return [line("unexpected", actual[difference.actual])];
    }
  };
  const lines = shown.flatMap(linesOf);
  return {
    columns: ["row", ...kept.map((i) => columns[i]?.name ?? "")],
    sample: lines.map(({ cells }) => cells),
    marks: lines.map(({ marks }) => marks),
    keptIn: undefined,
    storedAs: undefined,
  };
}

/** The first column most likely says which row it is. */
function columnsToShow(width: number, differences: readonly RowDifference[]): readonly number[] {
  const all = Array.from({ length: width }, (_, i) => i);
  const isPaired = differences.every(({ kind }) => kind === "changed");
  if (width <= mostColumns || !isPaired) return all;
  const different = new Set(differences.flatMap((difference) => (difference.kind === "changed" ? difference.columns : [])));
  return all.filter((i) => i === 0 || different.has(i));
}

/** The first expected cell that is not met; the rows as a whole when there is none. */
export function firstPlace(rows: FixtureRows, differences: readonly RowDifference[]): Span {
  const [first] = differences;
  if (rows.kind !== "rows" || first === undefined || first.kind === "unexpected") return rows.span;
  const cells = rows.rows[first.expected] ?? [];
  const named = cells.find((cell) => cell !== undefined);
  return ((first.kind === "changed" ? cells[first.columns[0] ?? 0] : undefined) ?? named)?.span ?? rows.span;
}
