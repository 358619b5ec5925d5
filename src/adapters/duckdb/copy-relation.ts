/**
 * Makes a relation out of one of another database: a table with its rows, constraints, indexes and comments, a view with its
 * query. DuckDB keeps the statement that made each of them; here it gets another name. Runs in the caller's transaction.
 */
import { quoteIdentifier, quoteLiteral } from "../../core/names.ts";
import type { Connection, CopiedRelation, CopyRequest, RelationAddress, RelationName } from "../../ports/engine.ts";

const name = String.raw`(?:"(?:[^"]|"")*"|[^\s".(]+)`;
const tableStart = new RegExp(`^CREATE TABLE (?:${name}\\.)*${name}`);
const indexStart = new RegExp(`^CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?${name} ON (?:${name}\\.)*${name}`);
const viewStart = new RegExp(`^CREATE (?:OR REPLACE )?VIEW (?:${name}\\.)*${name}\\s*(\\((?:"(?:[^"]|"")*"|[^")])*\\))?\\s*AS `);

/** `undefined` when there is no such relation. */
export async function copyRelation(connection: Connection, request: CopyRequest): Promise<CopiedRelation | undefined> {
  const { from, to, asTable } = request;
  const made = await findStatement(connection, from);
  if (!made) return undefined;
  const target = quoted([to.schema, to.name]);
  const source = quoted([from.catalog, from.schema, from.name]);
  if (made.type === "view" && !asTable) {
    const [start = "", columns = ""] = viewStart.exec(made.sql) ?? [];
    const query = await renamed(connection, made.sql.slice(start.length).replace(/;\s*$/, ""), request);
    await connection.execute(`create view ${target}${columns} as ${query}`);
    await copyComments(connection, request, "view");
    return { type: "view", rows: undefined };
  }
  if (made.type === "view") await connection.execute(`create table ${target} as select * from ${source} limit 0`);
  else await connection.execute(`create table ${target}${made.sql.replace(tableStart, "")}`);
  const { rows } = await connection.query(`insert into ${target} select * from ${source}`);
  if (made.type === "table") await copyIndexes(connection, request);
  await copyComments(connection, request, "table");
  return { type: "table", rows: Number(rows[0]?.["Count"]) };
}

async function findStatement(connection: Connection, address: RelationAddress): Promise<{ readonly type: "table" | "view"; readonly sql: string } | undefined> {
  const { rows } = await connection.query(`select 'table' as type, sql from duckdb_tables() where ${isIn("table_name", address)}
union all
select 'view' as type, sql from duckdb_views() where ${isIn("view_name", address)}`);
  return rows[0] as { readonly type: "table" | "view"; readonly sql: string } | undefined;
}

/** Names are told apart as the database does, without regard to case. */
function isIn(column: string, address: RelationAddress): string {
  const is = (key: string, value: string) => `lower(${key}) = lower(${quoteLiteral(value)})`;
  return [is("database_name", address.catalog), is("schema_name", address.schema), is(column, address.name)].join(" and ");
}

/** Those of constraints come with the table. */
async function copyIndexes(connection: Connection, { from, to }: CopyRequest): Promise<void> {
  const { rows } = await connection.query(
    `select index_name as name, is_unique, sql from duckdb_indexes() where sql is not null and ${isIn("table_name", from)}`,
  );
  for (const row of rows) {
    const [start = ""] = indexStart.exec(String(row["sql"])) ?? [];
    const columns = String(row["sql"]).slice(start.length);
    const unique = row["is_unique"] === true ? "unique " : "";
    await connection.execute(`create ${unique}index ${quoteIdentifier(String(row["name"]))} on ${quoted([to.schema, to.name])}${columns}`);
  }
}

async function copyComments(connection: Connection, { from, to }: CopyRequest, type: "table" | "view"): Promise<void> {
  const target = quoted([to.schema, to.name]);
  const { rows } = await connection.query(`select '' as name, comment from duckdb_tables() where comment is not null and ${isIn("table_name", from)}
union all
select '' as name, comment from duckdb_views() where comment is not null and ${isIn("view_name", from)}
union all
select column_name as name, comment from duckdb_columns() where comment is not null and ${isIn("table_name", from)}`);
  for (const row of rows) {
    const column = String(row["name"]);
    const what = column === "" ? `${type} ${target}` : `column ${target}.${quoteIdentifier(column)}`;
    await connection.execute(`comment on ${what} is ${quoteLiteral(String(row["comment"]))}`);
  }
}

/** As the database writes a table's name into a syntax tree. Constants keep their quotes behind a backslash, so they never look like this. */
const reference = /"schema_name":("(?:[^"\\]|\\.)*"),"table_name":("(?:[^"\\]|\\.)*"),"column_name_alias":(\[[^\]]*\]),"catalog_name":""/g;

/** A view's query with other names for what it reads; as it is where the database shows no tree of it. */
async function renamed(connection: Connection, query: string, { from, rename }: CopyRequest): Promise<string> {
  const [names] = await connection.namesIn([query]);
  if (!names) return query;
  const own = new Set(names.commonTables);
  // The text is not read and written anew as JSON: numbers in it may be larger than JavaScript's.
  const { rows } = await connection.query(`select json_serialize_sql(${quoteLiteral(query)}) as tree`);
  const tree = String(rows[0]?.["tree"]).replace(reference, (all, schemaText: string, tableText: string, aliases: string) => {
    const schema = JSON.parse(schemaText) as string;
    const table = JSON.parse(tableText) as string;
    if (schema === "" && own.has(table.toLowerCase())) return all;
    const found: RelationName | undefined = rename({ schema: schema === "" ? from.schema : schema, name: table });
    if (!found) return all;
    return `"schema_name":${JSON.stringify(found.schema)},"table_name":${JSON.stringify(found.name)},"column_name_alias":${aliases},"catalog_name":""`;
  });
  const written = await connection.query(`select json_deserialize_sql(${quoteLiteral(tree)}::json) as query`);
  return String(written.rows[0]?.["query"]);
}

function quoted(parts: readonly string[]): string {
  return parts.map(quoteIdentifier).join(".");
}
