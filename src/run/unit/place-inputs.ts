/**
 * Puts the inputs of a unit test into a schema of their own, each under the name that the model's query calls it by. They
 * are tables, so that every value has met its column's type before the query leaves out any row.
 */
import type { TypedColumn, UnitTestRelation } from "../../compile/unit/compiled-unit-test.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { type MappedText, mapSql, plainText } from "../../core/mapped-text.ts";
import { quoteIdentifier } from "../../core/names.ts";
import type { RowFixture } from "../../parse/fixture.ts";
import type { UnitTestStage } from "../../plan/plan.ts";
import type { Connection } from "../../ports/engine.ts";
import { execute, query } from "../statement.ts";
import { columnsOf, type Describe } from "./describe-shapes.ts";
import { findBadValues } from "./find-bad-values.ts";
import { rowsQuery, unknownColumns } from "./fixture-sql.ts";

export async function placeInputs(connection: Connection, stage: UnitTestStage, describe: Describe): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const typed: { readonly rows: RowFixture; readonly columns: readonly TypedColumn[] }[] = [];
  let statements = plainText(`create schema ${quoteIdentifier(stage.schema)}`);
  for (const input of stage.inputs) {
    const described = await describe(input.shapeOf, connection);
    if (!("columns" in described)) {
      const { why, help, notes } = described;
      diagnostics.push(diagnose("RT0464", { test: stage.title, input: input.label, why }, { span: input.span, help, notes }));
      continue;
    }
    const made = await inputQuery(connection, stage, input, described.columns);
    diagnostics.push(...made.diagnostics);
    if (input.rows.kind === "rows") typed.push({ rows: input.rows, columns: described.columns });
    statements = mapSql(undefined)`${statements};\ncreate table ${input.relation.sql} as ${made.sql}`;
  }
  if (diagnostics.length > 0) return diagnostics;
  try {
    await execute(connection, statements);
  } catch (error) {
    for (const { rows, columns } of typed) diagnostics.push(...(await findBadValues(connection, stage.title, rows, columns)));
    if (diagnostics.length === 0) throw error;
  }
  return diagnostics;
}

async function inputQuery(connection: Connection, stage: UnitTestStage, { rows, label }: UnitTestRelation, known: readonly TypedColumn[]) {
  const say = (column: string, place: { span: Diagnostic["span"]; help: string | undefined }) =>
    diagnose("RT0461", { test: stage.title, input: label, column }, place);
  if (rows.kind === "rows") {
    const made = rowsQuery(rows, known, `unit test "${stage.title}"`);
    return { sql: made.sql, diagnostics: [...unknownColumns(rows.columns, known, say), ...made.diagnostics] };
  }
  const own = columnsOf(await query(connection, mapSql(undefined)`select * from (\n${rows.sql}\n) as given limit 0`));
  const named = own.map(({ name }) => ({ name, span: rows.span }));
  return { sql: castQuery(rows.sql, own, known), diagnostics: unknownColumns(named, known, say) };
}

/** The columns of `wanted`, cast to their types; those that the query does not have are NULL. */
export function castQuery(sql: MappedText, columns: readonly TypedColumn[], wanted: readonly TypedColumn[]): MappedText {
  const have = new Set(columns.map(({ name }) => name.toLowerCase()));
  const list = wanted.map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    return `cast(${have.has(name.toLowerCase()) ? quoted : "null"} as ${type}) as ${quoted}`;
  });
  return mapSql(undefined)`select ${list.join(", ")} from (\n${sql}\n) as given`;
}
