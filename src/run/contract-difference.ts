/** What tells the declared columns of a contract from the actual ones, and the table that shows it. Pure text. */
import type { ContractColumn } from "../plan/plan.ts";

export interface ActualColumn {
  readonly name: string;
  readonly type: string;
}

export interface Difference {
  readonly kind: "missing" | "not declared" | "another type" | "another place";
  readonly declared: ContractColumn | undefined;
  readonly actual: ActualColumn | undefined;
}

/** `isType` says whether an actual type is the declared one. In the order of the declaration, what is not declared last. */
export function compareColumns(
  declared: readonly ContractColumn[],
  actual: readonly ActualColumn[],
  isType: (declared: ContractColumn, actual: ActualColumn) => boolean,
): readonly Difference[] {
  const keyOf = ({ name }: { readonly name: string }): string => name.toLowerCase();
  const byName = new Map(actual.map((column) => [keyOf(column), column]));
  const names = new Set(declared.map(keyOf));
  const places = new Map(actual.map((column, i) => [keyOf(column), i]));
  const shared = declared.filter((column) => byName.has(keyOf(column)));
  const moved = outOfOrder(shared.map((column) => places.get(keyOf(column)) ?? 0));
  const movedNames = new Set(shared.filter((_, i) => moved.has(i)).map(keyOf));
  return [
    ...declared.flatMap((column): readonly Difference[] => {
      const have = byName.get(keyOf(column));
      if (!have) return [{ kind: "missing", declared: column, actual: undefined }];
      const found: Difference[] = [];
      if (!isType(column, have)) found.push({ kind: "another type", declared: column, actual: have });
      if (movedNames.has(keyOf(column))) found.push({ kind: "another place", declared: column, actual: have });
      return found;
    }),
    ...actual.filter((column) => !names.has(keyOf(column))).map((column): Difference => ({ kind: "not declared", declared: undefined, actual: column })),
  ];
}

/** The fewest positions whose removal leaves the rest rising: what somebody has moved. */
function outOfOrder(places: readonly number[]): ReadonlySet<number> {
  const longest: number[] = [];
  const before: number[] = [];
  let end = -1;
  places.forEach((place, i) => {
    let best = -1;
    for (let j = 0; j < i; j++) if ((places[j] ?? 0) < place && (best < 0 || (longest[j] ?? 0) > (longest[best] ?? 0))) best = j;
    before[i] = best;
    longest[i] = best < 0 ? 1 : (longest[best] ?? 0) + 1;
    if (end < 0 || (longest[i] ?? 0) > (longest[end] ?? 0)) end = i;
  });
  const kept = new Set<number>();
  for (let at = end; at >= 0; at = before[at] ?? -1) kept.add(at);
  return new Set(places.map((_, i) => i).filter((i) => !kept.has(i)));
}

/** Two columns side by side, a line a column, with what is wrong behind it; in the order in which they are declared. */
export function differenceTable(declared: readonly ContractColumn[], actual: readonly ActualColumn[], differences: readonly Difference[]): string {
  const nameOf = (column: ContractColumn | ActualColumn | undefined): string => column?.name.toLowerCase() ?? "";
  const text = (column: { readonly name: string; readonly type: string | undefined } | undefined): string =>
    column ? `${column.name} ${column.type?.toLowerCase() ?? ""}`.trim() : "-";
  const marks = (name: string): string =>
    differences
      .filter((difference) => nameOf(difference.declared ?? difference.actual) === name)
      .map(({ kind }) => kind)
      .join(", ");
  const names = new Set(declared.map(nameOf));
  const rows = [
    ["declared", "actual", ""],
    ...declared.map((column) => [text(column), text(actual.find((have) => nameOf(have) === nameOf(column))), marks(nameOf(column))]),
    ...actual.filter((column) => !names.has(nameOf(column))).map((column) => ["-", text(column), marks(nameOf(column))]),
  ];
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  return rows.map(([left = "", right = "", mark = ""]) => `${left.padEnd(widths[0] ?? 0)}  ${right.padEnd(widths[1] ?? 0)}  ${mark}`.trimEnd()).join("\n");
}
