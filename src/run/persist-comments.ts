/** Writes descriptions into the warehouse as comments, inside the transaction that created the relation. */
import type { RelationType } from "../compile/materializations/materialization.ts";
import type { Relation } from "../compile/values.ts";
import { quoteIdentifier, quoteLiteral } from "../core/names.ts";
import type { Comments } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";

/** Columns that are described and not there are left out: to insist on columns is what contracts are for. */
export async function persistComments(connection: Connection, relation: Relation, type: RelationType, comments: Comments): Promise<void> {
  const statements: string[] = [];
  if (comments.relation !== undefined) statements.push(`comment on ${type} ${relation.sql} is ${quoteLiteral(comments.relation)}`);
  if (comments.columns.length > 0) {
    const { columns } = await connection.query(`select * from ${relation.sql} limit 0`);
    const actual = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
    for (const { name, text } of comments.columns) {
      const found = actual.get(name.toLowerCase());
      if (found !== undefined) statements.push(`comment on column ${relation.sql}.${quoteIdentifier(found)} is ${quoteLiteral(text)}`);
    }
  }
  if (statements.length > 0) await connection.execute(statements.join(";\n"));
}
