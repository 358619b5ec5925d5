/**
 * Takes the difference and reads it: its counts, a masked sample, and the people of each part, page by page, so that a part
 * may be read again and abandoned.
 */
import type { DeliveryOperation, HashedMember } from "../ports/destination.ts";
import type { Connection } from "../ports/engine.ts";
import { cellLayout, keysOf, personMark } from "./audience-identifiers.ts";
import {
  changes,
  countChangesSql,
  countPeopleSql,
  dropChangesSql,
  type Operation,
  type Reason,
  removedKeysSql,
  sampleSql,
  unremovableSql,
} from "./difference-sql.ts";
import type { SampledMember } from "./export-plan.ts";
import type { Matching } from "./matching.ts";
import type { PlainIdentifiers } from "./plain-identifiers.ts";
import { sealedPeople } from "./staging.ts";

const sampleSize = 3;

export interface ChangeCount {
  readonly operation: Operation;
  readonly reason: Reason;
  /** Sets of identifiers; a person whose identifiers change has two. */
  readonly rows: number;
}

/** The people of a part stand side by side in the difference. */
export interface PartPlace {
  readonly operation: DeliveryOperation;
  readonly firstPosition: number;
  readonly people: number;
}

export interface Difference {
  readonly changes: readonly ChangeCount[];
  /** People who are in the audience before and after. */
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  /** People of whom something is removed: after an interrupted change that may be two sets of identifiers. */
  readonly removedPeople: number;
  readonly sample: readonly SampledMember[];
  readonly parts: readonly PartPlace[];
  /** Keys by which somebody is removed, each as often as somebody has it; those that the export has no more among them. */
  readonly removedKeys: readonly string[];
}

/** `createSql` makes the difference; `operations` are the delivery's, in order. */
export async function takeDifference(state: Connection, createSql: string, operations: readonly DeliveryOperation[]): Promise<Difference> {
  await state.execute(createSql);
  const counted = (await state.query(countChangesSql)).rows.map((row) => ({
    operation: row["operation"] as Operation,
    reason: row["reason"] as Reason,
    part: row["part"],
    rows: Number(row["rows"]),
    firstPosition: Number(row["first_position"]),
  }));
  const people = (await state.query(countPeopleSql)).rows[0];
  return {
    changes: counted.map(({ operation, reason, rows }) => ({ operation, reason, rows })),
    sizeBefore: Number(people?.["before"]),
    sizeAfter: Number(people?.["after"]),
    removedPeople: Number(people?.["removed"]),
    sample: await readSample(state),
    parts: operations.map((operation) => {
      const own = counted.filter(({ part }) => part === operation);
      return {
        operation,
        firstPosition: own.length === 0 ? 1 : Math.min(...own.map(({ firstPosition }) => firstPosition)),
        people: own.reduce((sum, { rows }) => sum + rows, 0),
      };
    }),
    removedKeys: (await state.query(removedKeysSql)).rows.flatMap((row) => Array<string>(Number(row["times"])).fill(String(row["key"]))),
  };
}

/** How many must be removed and were sent with nothing of that by which people can be found. */
export async function countUnremovable(state: Connection, matching: Matching): Promise<number> {
  const { rows } = await state.query(unremovableSql(matching));
  return Number(rows[0]?.["people"]);
}

export async function dropDifference(state: Connection): Promise<void> {
  await state.execute(dropChangesSql);
}

/**
 * The part's people in batches of `size`; with `plain`, the values that go out as they are in place of their hashes. `ahead`:
 * while a batch is under way, the database gathers the next one; for parts that it is asked nothing else about meanwhile.
 */
export async function* readPart(
  state: Connection,
  part: PartPlace,
  columns: readonly string[],
  size: number,
  ahead: boolean,
  plain?: PlainIdentifiers,
): AsyncGenerator<readonly HashedMember[]> {
  const layOut = cellLayout(columns);
  const after = part.firstPosition + part.people;
  const read = (first: number) => readPeople(state, first, Math.min(first + size, after) - 1, plain !== undefined);
  let next: Promise<readonly string[]> | undefined;
  try {
    for (let first = part.firstPosition; first < after; first += size) {
      const texts = await (next ?? read(first));
      next = ahead && first + size < after ? read(first + size) : undefined;
      next?.catch(() => undefined);
      const members: HashedMember[] = [];
      for (let i = 0; i < texts.length; i += 3) {
        const cells = layOut(texts[i + 1] ?? "");
        members.push({ key: texts[i] ?? "", cells: plain ? plain.reveal(columns, cells, texts[i + 2] ?? "") : cells });
      }
      yield members;
    }
  } finally {
    // Whoever stops in the middle must not go on to another question while this one is open.
    await next?.catch(() => undefined);
  }
}

/** Key, identifiers and sealed values of one person after another. As one text: taking it apart here is a fraction of what as many rows and values would cost. */
async function readPeople(state: Connection, first: number, last: number, withSealed: boolean): Promise<readonly string[]> {
  const sealed = withSealed ? "coalesce(sealed, '')" : "''";
  const { rows } = await state.query(`select
  string_agg(concat(member_key, chr(30), identifiers, if(attributes = '', '', chr(10) || attributes), chr(30), ${sealed}), chr(30) order by position) as people
from ${changes}${withSealed ? ` left join ${sealedPeople} using (member_key)` : ""}
where position between ${first} and ${last}`);
  return String(rows[0]?.["people"]).split(personMark);
}

/** Enough of a hashed key to tell people apart on a screen, and too little to look anybody up. */
async function readSample(state: Connection): Promise<readonly SampledMember[]> {
  const { rows } = await state.query(sampleSql(sampleSize));
  return rows.map((row) => ({
    operation: row["operation"] as SampledMember["operation"],
    reason: row["reason"] as Reason,
    key: String(row["member_key"]).slice(0, 8),
    identifiers: keysOf(String(row["identifiers"])),
  }));
}
