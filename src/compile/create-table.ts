/** `create table` with the declared columns and constraints of a model. Every piece leads back to its place in the YAML. */
import { type MappedText, mapSql, originOfSpan, TextBuilder } from "../core/mapped-text.ts";
import { quoteIdentifier } from "../core/names.ts";
import type { Column } from "../parse/resource.ts";
import type { CompiledConstraint } from "./constraints.ts";

/** `name` is the table as SQL; `create` the words before it. Columns without a type are left out. */
export function createTable(create: string, name: string, columns: readonly Column[], constraints: readonly CompiledConstraint[]): MappedText {
  const parts: MappedText[] = [];
  for (const column of columns) {
    if (column.dataType === undefined) continue;
    const part = new TextBuilder().append(`${quoteIdentifier(column.name)} ${column.dataType}`, originOfSpan(column.span));
    for (const { column: of, sql } of constraints) if (sql && of !== undefined && isSame(of, column.name)) part.append(" ").appendMapped(sql);
    parts.push(part.build());
  }
  for (const { column, sql } of constraints) if (sql && column === undefined) parts.push(sql);
  const list = new TextBuilder();
  parts.forEach((part, i) => {
    list.append(i > 0 ? ",\n  " : "  ").appendMapped(part);
  });
  return mapSql(undefined)`${create} ${name} (\n${list.build()}\n)`;
}

/** The database does not tell upper from lower case. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
