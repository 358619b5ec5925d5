/** Finds keys that stand more than once among new rows, and says so with a few of them, personal data masked. */
import type { Privacy } from "../compile/privacy.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { joinMapped, type MappedText, mapSql } from "../core/mapped-text.ts";
import { listOf, plural } from "../core/names.ts";
import type { Span } from "../core/span.ts";
import type { Connection } from "../ports/engine.ts";
import { maskRows } from "./mask-rows.ts";
import { query } from "./statement.ts";

export interface KeyedNode {
  readonly name: string;
  readonly privacy: Privacy;
  /** SQL over the columns of the rows. */
  readonly keys: readonly MappedText[];
  /** The same as people read it. */
  readonly keyNames: readonly string[];
  readonly span: Span;
  /** The relation that they are in. */
  readonly rows: string;
}

const mostShown = 3;

export async function findRepeatedKeys(
  connection: Connection,
  { name, privacy, keys, keyNames, span, rows: from }: KeyedNode,
): Promise<Diagnostic | undefined> {
  const repeated = mapSql(undefined)`select ${joinMapped(keys, ", ")} from ${from} group by all having count(*) > 1`;
  const counted = await query(connection, mapSql(undefined)`select count(*) as n from (${repeated}) as repeated`);
  const count = Number(counted.rows[0]?.["n"] ?? 0);
  if (count === 0) return undefined;
  const { columns } = await connection.query(`${repeated.text} limit 0`);
  const { rows } = await connection.query(`select * from (${maskRows(repeated.text, columns, privacy)}) as repeated order by all limit ${mostShown}`);
  const examples = rows.map((row) => columns.map((column) => `${column.name} ${String(row[column.name])}`).join(", "));
  const shown = `${examples.join("; ")}${count > examples.length ? "; …" : ""}`;
  return diagnose("RT0423", { node: name, keys: listOf(keyNames), count: plural(count, "key"), examples: shown }, { span });
}
