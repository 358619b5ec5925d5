/**
 * Compares expected with actual rows as multisets: the order means nothing, how often a row stands does. Rows that differ in
 * few cells are shown beside each other. Values have the same types on both sides already; numbers that are not exact are
 * compared to as many digits as they keep. Pure.
 */
import type { TypedColumn } from "../../compile/unit/compiled-unit-test.ts";

export type Cells = readonly unknown[];

/** What is different, in the order of the expected rows; rows that are not expected come last. */
export type RowDifference =
  | { readonly kind: "changed"; readonly expected: number; readonly actual: number; readonly columns: readonly number[] }
  | { readonly kind: "missing"; readonly expected: number }
  | { readonly kind: "unexpected"; readonly actual: number };

/** Of more rows than these, those with the same first value are paired: comparing all with all takes the square of them. */
const mostPaired = 200;

export function compareRows(columns: readonly TypedColumn[], expected: readonly Cells[], actual: readonly Cells[]): readonly RowDifference[] {
  const keysOf = (rows: readonly Cells[]) => rows.map((row) => columns.map(({ type }, i) => cellKey(row[i], type)));
  const expectedKeys = keysOf(expected);
  const actualKeys = keysOf(actual);
  const left = unmatched(expectedKeys, actualKeys);
  const pairs = pair(columns.length, left, expectedKeys, actualKeys);
  const paired = new Set(pairs.values());
  return [
    ...left.expected.map((e): RowDifference => {
      const a = pairs.get(e);
      if (a === undefined) return { kind: "missing", expected: e };
      return { kind: "changed", expected: e, actual: a, columns: columns.flatMap((_, i) => (expectedKeys[e]?.[i] === actualKeys[a]?.[i] ? [] : [i])) };
    }),
    ...left.actual.flatMap((a): readonly RowDifference[] => (paired.has(a) ? [] : [{ kind: "unexpected", actual: a }])),
  ];
}

interface Unmatched {
  readonly expected: readonly number[];
  readonly actual: readonly number[];
}

function unmatched(expected: readonly Cells[], actual: readonly Cells[]): Unmatched {
  const counts = new Map<string, number>();
  for (const row of actual) {
    const key = JSON.stringify(row);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const missing: number[] = [];
  expected.forEach((row, i) => {
    const key = JSON.stringify(row);
    const count = counts.get(key) ?? 0;
    if (count === 0) missing.push(i);
    else counts.set(key, count - 1);
  });
  // Of rows that are alike, the last ones are those that are too many.
  const surplus: number[] = [];
  for (let i = actual.length - 1; i >= 0; i--) {
    const key = JSON.stringify(actual[i]);
    const count = counts.get(key) ?? 0;
    if (count === 0) continue;
    counts.set(key, count - 1);
    surplus.unshift(i);
  }
  return { expected: missing, actual: surplus };
}

/** The actual row for each expected one that is most like it; both must agree in half of what tells rows apart. */
function pair(width: number, left: Unmatched, expected: readonly (readonly string[])[], actual: readonly (readonly string[])[]): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const [onlyExpected] = left.expected;
  const [onlyActual] = left.actual;
  if (left.expected.length === 1 && left.actual.length === 1 && onlyExpected !== undefined && onlyActual !== undefined)
    return pairs.set(onlyExpected, onlyActual);
  if (left.expected.length > mostPaired || left.actual.length > mostPaired) {
    const byFirst = new Map(left.actual.map((a) => [actual[a]?.[0], a]));
    for (const e of left.expected) {
      const a = byFirst.get(expected[e]?.[0]);
      if (a !== undefined) pairs.set(e, a);
      byFirst.delete(expected[e]?.[0]);
    }
    return pairs;
  }
  // A column whose values are all different says more about which row is which than one of few values; so do the first ones.
  const distinct = (rows: readonly (readonly string[])[], i: number) => new Set(rows.map((row) => row[i])).size / Math.max(1, rows.length);
  const weights = Array.from({ length: width }, (_, i) => Math.min(distinct(expected, i), distinct(actual, i)) * (1 + (width - i) / (100 * width)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const candidates = left.expected.flatMap((e) =>
    left.actual.map((a) => ({ e, a, likeness: weights.reduce((sum, weight, i) => (expected[e]?.[i] === actual[a]?.[i] ? sum + weight : sum), 0) })),
  );
  const taken = new Set<number>();
  for (const { e, a, likeness } of candidates.toSorted((one, other) => other.likeness - one.likeness)) {
    if (likeness * 2 < total || pairs.has(e) || taken.has(a)) continue;
    pairs.set(e, a);
    taken.add(a);
  }
  return pairs;
}

/** Digits that a number of the type keeps through a calculation; `undefined` for exact types. */
function precisionOf(type: string): number | undefined {
  if (/\bFLOAT\b/.test(type)) return 6;
  return /\bDOUBLE\b/.test(type) ? 12 : undefined;
}

/** Two cells are the same when their keys are. */
function cellKey(value: unknown, type: string): string {
  const precision = precisionOf(type);
  if (type === "INTERVAL") return String(microsecondsOf(value));
  if (type === "JSON" && typeof value === "string") return JSON.stringify(inOrder(parseJson(value)));
  return JSON.stringify(precision === undefined ? value : rounded(value, precision)) ?? "null";
}

/** As the database compares them: 24 hours are a day, 30 days a month. */
function microsecondsOf(value: unknown): bigint | null {
  if (value === null || typeof value !== "object") return null;
  const { months = 0, days = 0, micros = 0 } = value as { readonly months?: number; readonly days?: number; readonly micros?: string | number };
  return BigInt(months * 30 + days) * 86_400_000_000n + BigInt(micros);
}

function rounded(value: unknown, precision: number): unknown {
  if (typeof value === "number") return Number(value.toPrecision(precision));
  if (Array.isArray(value)) return value.map((item) => rounded(item, precision));
  if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item, precision)]));
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The order of keys means nothing in JSON. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, inOrder(item)]),
  );
}
