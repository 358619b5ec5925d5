/** How resources are called in SQL: relations of the warehouse by schema and name, files by a reader. */
import { resolve as resolvePath } from "node:path";
import type { Config } from "../config/config.ts";
import { quoteIdentifier } from "../core/names.ts";
import type { Built, SourceTable } from "../parse/resource.ts";
import { nameWithVersion } from "../parse/versions.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { Relation } from "./values.ts";

const ephemeralPrefix = "__retain__cte__";

/** The catalog is left out, so that views go on working when the file is attached under another name. */
export function relationOf(node: Built): Relation {
  if (node.resourceType === "model" && node.materialized === "ephemeral") {
    const name = ephemeralPrefix + nameWithVersion(node).replace(".", "_");
    return { kind: "relation", database: undefined, schema: "", name, sql: quoteIdentifier(name) };
  }
  return {
    kind: "relation",
    database: undefined,
    schema: node.schema,
    name: node.alias,
    sql: `${quoteIdentifier(node.schema)}.${quoteIdentifier(node.alias)}`,
  };
}

export function sourceRelation(table: SourceTable, config: Config, dialect: Dialect): Relation {
  const base = { kind: "relation", database: table.database, schema: table.schema, name: table.identifier } as const;
  if (table.location !== undefined && table.format !== undefined) {
    const types = Object.fromEntries(table.columns.flatMap((column) => (column.dataType === undefined ? [] : [[column.name, column.dataType]])));
    const location = sourceLocation(table, config) ?? "";
    return { ...base, sql: dialect.readFiles({ format: table.format, location, options: table.options, types }) };
  }
  const parts = table.database === undefined ? [table.schema, table.identifier] : [table.database, table.schema, table.identifier];
  return { ...base, sql: parts.map(quoteIdentifier).join(".") };
}

/** Where the files of a table are, absolute or with a scheme; undefined for a table of a database. */
export function sourceLocation({ location }: SourceTable, config: Config): string | undefined {
  if (location === undefined) return undefined;
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(location) ? location : resolvePath(config.projectDir, location).replaceAll("\\", "/");
}
