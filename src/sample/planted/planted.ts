/** All hand-written rows of a raw table, as SQL. */
import { text } from "../expressions.ts";
import { columnList, type RawTable, rawColumns } from "../raw-tables.ts";
import { oneLine, plantedAnswers, specialLines } from "./answers.ts";
import { plantedMemberships } from "./memberships.ts";
import { plantedMessages } from "./messages.ts";
import { plantedPeople } from "./people.ts";
import type { Cell, PlantedRows } from "./rows.ts";
import { plantedVisits } from "./visits.ts";

const people: readonly PlantedRows[] = [plantedPeople, plantedMessages, plantedMemberships, plantedVisits, plantedAnswers];

/** Every planted order has a line of its whole value, unless its lines are what it is about. */
const lines: PlantedRows = {
  raw_order_lines: [
    ...specialLines,
    ...people
      .flatMap((group) => group.raw_orders ?? [])
      .filter((order) => !specialLines.some((line) => line["order_id"] === order["order_id"]))
      .map(oneLine),
  ],
};

const groups: readonly PlantedRows[] = [...people, lines];

const sqlValue = (value: Cell | undefined): string =>
  value === undefined || value === null ? "null" : typeof value === "string" ? text(value) : String(value);

/** The planted rows of one table as a select with its columns in file order; nothing when there are none. */
export function plantedRows(table: RawTable): string | undefined {
  const columns = rawColumns[table].split(" ");
  const planted = groups.flatMap((group) => group[table] ?? []);
  if (planted.length === 0) return undefined;
  const rows = planted.map((row) => `(${columns.map((column) => sqlValue(row[column])).join(", ")})`);
  return `select * from (values\n  ${rows.join(",\n  ")}\n) as planted(${columnList(table)})`;
}
