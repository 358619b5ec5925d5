/**
 * Takes the difference and reads it: its counts, a masked sample, and the three streams that a destination asks for. The
 * streams read page by page, so that they may be read in any order, more than once, and abandoned.
 */
import type { HashedMember } from "../ports/destination.ts";
import type { Connection } from "../ports/engine.ts";
import { keyOf, layOutCells } from "./audience-identifiers.ts";
import { changes, createChangesSql, type DifferenceRules, type Operation, sampleSql, unremovableSql } from "./difference-sql.ts";
import type { SampledMember } from "./export-plan.ts";

const pageSize = 5000;
const sampleSize = 3;

export type OperationCounts = Readonly<Record<Operation, number>>;

export interface Difference {
  readonly counts: OperationCounts;
  readonly sample: readonly SampledMember[];
  /** People whose removal cannot be expressed with the export's identifiers. */
  readonly unremovable: number;
  readonly members: MemberStream;
  readonly adds: MemberStream;
  readonly removes: MemberStream;
}

type MemberStream = () => AsyncIterable<readonly HashedMember[]>;

/** `columns` are the delivery's, in its order. */
export async function takeDifference(state: Connection, rules: DifferenceRules, columns: readonly string[]): Promise<Difference> {
  await state.execute(createChangesSql(rules));
  const counts = await countOperations(state);
  const unremovable = await state.query(unremovableSql(rules.matchingKeys));
  const stream =
    (name: StreamName): MemberStream =>
    () =>
      readPages(state, name, columns);
  return {
    counts,
    sample: await readSample(state),
    unremovable: Number(unremovable.rows[0]?.["people"]),
    members: stream("member"),
    adds: stream("add"),
    removes: stream("remove"),
  };
}

export async function dropDifference(state: Connection): Promise<void> {
  await state.execute(`drop table if exists ${changes}`);
}

async function countOperations(state: Connection): Promise<OperationCounts> {
  const { rows } = await state.query(`select operation, count(*) as people from ${changes} group by operation`);
  const counts: Record<Operation, number> = { add: 0, change: 0, keep: 0, refresh: 0, remove: 0 };
  for (const row of rows) counts[row["operation"] as Operation] = Number(row["people"]);
  return counts;
}

/** Enough of a hashed key to tell people apart on a screen, and too little to look anybody up. */
async function readSample(state: Connection): Promise<readonly SampledMember[]> {
  const { rows } = await state.query(sampleSql(sampleSize));
  return rows.map((row) => ({
    operation: row["operation"] as SampledMember["operation"],
    key: String(row["member_key"]).slice(0, 8),
    identifiers: [...new Set((row["identifiers"] as readonly string[]).map(keyOf))],
  }));
}

type StreamName = "member" | "add" | "remove";

const operations: Readonly<Record<StreamName, string>> = {
  member: "operation <> 'remove'",
  add: "operation in ('add', 'change', 'refresh')",
  remove: "operation in ('remove', 'change')",
};

async function* readPages(state: Connection, name: StreamName, columns: readonly string[]): AsyncGenerator<readonly HashedMember[]> {
  const identifiers = name === "remove" ? "sent_identifiers" : "identifiers";
  for (let from = 0; ; from += pageSize) {
    const { rows } = await state.query(`select member_key, ${identifiers} as identifiers
from ${changes}
where ${name}_position > ${from} and ${name}_position <= ${from + pageSize} and ${operations[name]}
order by ${name}_position`);
    if (rows.length > 0) yield rows.map((row) => ({ key: String(row["member_key"]), cells: layOutCells(row["identifiers"] as readonly string[], columns) }));
    if (rows.length < pageSize) return;
  }
}
