/** Compares the rows of two relations in the database: by key where one tells them apart, as whole rows where none does. */
import type { Privacy } from "../compile/privacy.ts";
import type { Connection, ResultColumn, Row } from "../ports/engine.ts";
import { isMaskedColumn } from "../run/mask-rows.ts";
import type { RowDifference, SampleRow } from "./diff-report.ts";
import type { Key } from "./find-key.ts";
import {
  type ComparedColumn,
  keyedCountsQuery,
  keyedSampleQuery,
  type RowComparison,
  repeatedKeysQuery,
  wholeCountsQuery,
  wholeSampleQuery,
} from "./row-queries.ts";

export interface RowsRequest {
  /** Relations as SQL, and their columns. */
  readonly before: { readonly sql: string; readonly columns: readonly ResultColumn[] };
  readonly after: { readonly sql: string; readonly columns: readonly ResultColumn[] };
  /** The surest first. */
  readonly keys: readonly Key[];
  readonly privacy: Privacy;
  /** Most rows of each kind to show. */
  readonly samples: number;
}

/** `undefined` when the two have no column in common. Throws an EngineError. */
export async function compareRows(connection: Connection, request: RowsRequest): Promise<RowDifference | undefined> {
  const common = commonColumns(request);
  if (common.length === 0) return undefined;
  const { key, noKey } = await chooseKey(connection, request, common);
  const isKey = (column: ComparedColumn): boolean => key?.columns.some((name) => isSame(name, column.after)) ?? false;
  const comparison: RowComparison = {
    before: request.before.sql,
    after: request.after.sql,
    key: common.filter(isKey),
    values: common.filter((column) => !isKey(column)),
  };
  const found = key ? await byKey(connection, comparison, request.samples) : await asWhole(connection, comparison, request.samples);
  return { ...found, key, noKey, isMasked: found.samples.length > 0 && common.some(({ isMasked }) => isMasked) };
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

const numeric = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DECIMAL\(\d+,\d+\)|DOUBLE|FLOAT)$/;

function commonColumns({ before, after, privacy }: RowsRequest): readonly ComparedColumn[] {
  const known = new Map(before.columns.map((column) => [column.name.toLowerCase(), column]));
  return after.columns.flatMap(({ name, type }): readonly ComparedColumn[] => {
    const was = known.get(name.toLowerCase());
    if (!was) return [];
    const asText = was.type !== type && !(numeric.test(was.type) && numeric.test(type));
    return [{ before: was.name, after: name, asText, isMasked: isMaskedColumn(name, privacy) }];
  });
}

/** The first key that is there on both sides and does what it promises. */
async function chooseKey(connection: Connection, request: RowsRequest, common: readonly ComparedColumn[]): Promise<Pick<RowDifference, "key" | "noKey">> {
  let noKey = "no test or constraint says what tells its rows apart; --key does";
  for (const key of request.keys) {
    const columns = key.columns.flatMap((name) => common.filter(({ after }) => isSame(after, name)));
    const named = key.columns.join(", ");
    if (columns.length < key.columns.length) {
      noKey = `its key (${named}, by ${key.origin}) is not there on both sides`;
      continue;
    }
    const comparison: RowComparison = { before: request.before.sql, after: request.after.sql, key: columns, values: [] };
    const [row] = (await connection.query(repeatedKeysQuery(comparison))).rows;
    if (Number(row?.["before"]) + Number(row?.["after"]) === 0)
      return { key: { columns: columns.map(({ after }) => after), origin: key.origin }, noKey: undefined };
    noKey = `its key (${named}, by ${key.origin}) does not tell its rows apart ${Number(row?.["after"]) > 0 ? "here" : "before"}`;
  }
  return { key: undefined, noKey };
}

type Found = Omit<RowDifference, "key" | "noKey" | "isMasked">;

async function byKey(connection: Connection, comparison: RowComparison, limit: number): Promise<Found> {
  const [counts = {}] = (await connection.query(keyedCountsQuery(comparison))).rows;
  const count = (name: string): number => Number(counts[name]);
  const samples: SampleRow[] = [];
  for (const kind of ["removed", "added", "changed"] as const) {
    if (count(kind) === 0 || limit === 0) continue;
    const { rows } = await connection.query(keyedSampleQuery(comparison, kind, limit));
    samples.push(
      ...rows.map((row) => ({ kind, values: named(comparison.key, row, "k"), cells: kind === "changed" ? cellsOf(comparison, row) : [], times: 1 })),
    );
  }
  return {
    before: count("removed") + count("changed") + count("same"),
    after: count("added") + count("changed") + count("same"),
    added: count("added"),
    removed: count("removed"),
    changed: count("changed"),
    columns: comparison.values.flatMap(({ after }, i) => (count(`d${i}`) > 0 ? [{ name: after, changed: count(`d${i}`) }] : [])),
    samples,
  };
}

function cellsOf({ values }: RowComparison, row: Row) {
  return values.flatMap(({ after }, i) => (row[`d${i}`] === true ? [{ column: after, before: row[`b${i}`], after: row[`a${i}`] }] : []));
}

async function asWhole(connection: Connection, comparison: RowComparison, limit: number): Promise<Found> {
  const [counts = {}] = (await connection.query(wholeCountsQuery(comparison))).rows;
  const count = (name: string): number => Number(counts[name]);
  const samples: SampleRow[] = [];
  for (const kind of ["removed", "added"] as const) {
    if (count(kind) === 0 || limit === 0) continue;
    const { rows } = await connection.query(wholeSampleQuery(comparison, kind, limit));
    samples.push(...rows.map((row) => ({ kind, values: named(comparison.values, row, "v"), cells: [], times: Number(row["times"]) })));
  }
  return { before: count("before"), after: count("after"), added: count("added"), removed: count("removed"), changed: 0, columns: [], samples };
}

function named(columns: readonly ComparedColumn[], row: Row, letter: "k" | "v"): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columns.map(({ after }, i) => [after, row[`${letter}${i}`]]));
}
