/** All hand-written rows of a raw table, as SQL. */
import { text } from "../expressions.ts";
import { columnList, type RawTable, rawColumns } from "../raw-tables.ts";
import { plantedPeople } from "./people.ts";
import type { Cell, PlantedRows } from "./rows.ts";

const groups: readonly PlantedRows[] = [plantedPeople];

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
