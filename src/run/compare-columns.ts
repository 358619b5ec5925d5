/** How the columns of new rows differ from those of the table that they go into. Names are compared as the database does. */
import type { ResultColumn } from "../ports/engine.ts";

export interface ColumnDifference {
  /** Only the new rows have them. */
  readonly added: readonly ResultColumn[];
  /** Only the table has them. */
  readonly removed: readonly ResultColumn[];
  readonly changed: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  /** Columns that both have, by the new rows' names. */
  readonly common: readonly string[];
}

export function compareColumns(table: readonly ResultColumn[], rows: readonly ResultColumn[]): ColumnDifference {
  const before = new Map(table.map((column) => [column.name.toLowerCase(), column]));
  const after = new Set(rows.map((column) => column.name.toLowerCase()));
  return {
    added: rows.filter((column) => !before.has(column.name.toLowerCase())),
    removed: table.filter((column) => !after.has(column.name.toLowerCase())),
    changed: rows.flatMap((column) => {
      const old = before.get(column.name.toLowerCase());
      return old && old.type !== column.type ? [{ name: column.name, from: old.type, to: column.type }] : [];
    }),
    common: rows.flatMap((column) => (before.has(column.name.toLowerCase()) ? [column.name] : [])),
  };
}

export function isDifferent({ added, removed, changed }: ColumnDifference): boolean {
  return added.length + removed.length + changed.length > 0;
}

/** One line a column: `+ name TYPE` for a new one, `- name TYPE` for one that is gone, `~ name OLD -> NEW`. */
export function differenceLines({ added, removed, changed }: ColumnDifference): readonly string[] {
  return [
    ...added.map(({ name, type }) => `+ ${name} ${type}`),
    ...removed.map(({ name, type }) => `- ${name} ${type}`),
    ...changed.map(({ name, from, to }) => `~ ${name} ${from} -> ${to}`),
  ];
}
