/** The statements that strategies are made of. Pure text; columns are quoted here and nowhere else. */
import { joinMapped, type MappedText, mapSql, plainText } from "../../../core/mapped-text.ts";
import { quoteIdentifier } from "../../../core/names.ts";
import { type Increment, rowsAlias, stagedRows, tableAlias } from "./strategy.ts";

/** The conditions on rows that may be replaced. */
export function conditions({ predicates }: Increment): MappedText {
  return joinMapped(
    predicates.map((predicate) => mapSql(undefined)`(${predicate}\n)`),
    "\n    and ",
  );
}

/** A missing value is a key like any other: rows without one replace each other instead of piling up. */
export function sameKey({ keys, predicates }: Increment): MappedText {
  const parts = keys.map((key) => plainText(`${tableAlias}.${quoteIdentifier(key)} is not distinct from ${rowsAlias}.${quoteIdentifier(key)}`));
  return joinMapped([...parts, ...predicates.map((predicate) => mapSql(undefined)`(${predicate}\n)`)], "\n    and ");
}

export function stageRows({ rows }: Pick<Increment, "rows">): MappedText {
  return mapSql(undefined)`create or replace temp table ${stagedRows} as (\n${rows}\n)`;
}

export function deleteMatching(increment: Increment, table: string): MappedText {
  return mapSql(undefined)`delete from ${table} as ${tableAlias}
where exists (
  select 1
  from ${stagedRows} as ${rowsAlias}
  where ${sameKey(increment)}
)`;
}

/** Without `columns` the database matches them by name, and says so if they do not fit. */
export function insertRows(table: string, columns: readonly string[] | undefined): MappedText {
  if (!columns) return plainText(`insert into ${table} by name\nselect * from ${stagedRows}`);
  const list = columns.map(quoteIdentifier).join(", ");
  return plainText(`insert into ${table} (${list})\nselect ${list} from ${stagedRows}`);
}
