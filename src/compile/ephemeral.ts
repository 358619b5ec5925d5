/** Puts ephemeral models into the SQL that reads them, as common table expressions ahead of its own. Pure text. */
import { type MappedText, sliceMapped, TextBuilder } from "../core/mapped-text.ts";
import { quoteIdentifier } from "../core/names.ts";
import { queryEnd } from "./single-query.ts";

export interface CommonTable {
  readonly name: string;
  readonly sql: MappedText;
}

/** Comments and white space at the start of SQL. */
const leadingTrivia = /^(?:\s+|--[^\r\n]*|\/\*[\s\S]*?\*\/)*/;

export function prependCommonTables(sql: MappedText, tables: readonly CommonTable[]): MappedText {
  if (tables.length === 0) return sql;
  const start = leadingTrivia.exec(sql.text)?.[0].length ?? 0;
  const ownWith = /^with(\s+recursive)?\b\s*/i.exec(sql.text.slice(start));
  const builder = new TextBuilder().appendMapped(sliceMapped(sql, 0, start));
  builder.append(ownWith?.[1] ? "with recursive " : "with ");
  tables.forEach((table, i) => {
    builder
      .append(`${i > 0 ? ",\n" : ""}${quoteIdentifier(table.name)} as (\n`)
      .appendMapped(table.sql)
      .append("\n)");
  });
  builder.append(ownWith ? ",\n" : "\n");
  return builder.appendMapped(sliceMapped(sql, start + (ownWith?.[0].length ?? 0), sql.text.length)).build();
}

/** SQL without white space and semicolons around it; `undefined` if only comments are left. */
export function trimSql(sql: MappedText): MappedText | undefined {
  const start = /^\s*/.exec(sql.text)?.[0].length ?? 0;
  let end = queryEnd(sql.text);
  // A loop, because a pattern anchored at the end would be tried at every blank of a long text.
  while (end > start && /\s/.test(sql.text[end - 1] ?? "")) end--;
  const trimmed = sliceMapped(sql, start, Math.max(start, end));
  return leadingTrivia.exec(trimmed.text)?.[0].length === trimmed.text.length ? undefined : trimmed;
}
