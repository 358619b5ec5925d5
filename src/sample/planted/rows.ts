/** Rows written by hand, by raw table; a column that is not named is NULL. */
import type { RawTable } from "../raw-tables.ts";

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;
export type PlantedRows = Readonly<Partial<Record<RawTable, readonly Row[]>>>;
