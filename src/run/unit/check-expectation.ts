/** Runs the query of one expectation and compares what it returns with the expected rows, in the types of what is returned. */
import type { Expectation, FixtureRows, TypedColumn } from "../../compile/unit/compiled-unit-test.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { mapSql } from "../../core/mapped-text.ts";
import type { UnitTestStage } from "../../plan/plan.ts";
import type { Connection, ResultSet } from "../../ports/engine.ts";
import type { FailingRows } from "../../ports/run-event.ts";
import { query } from "../statement.ts";
import { type Cells, compareRows } from "./compare-rows.ts";
import { columnsOf } from "./describe-shapes.ts";
import { describeDifference, differenceRows, firstPlace } from "./difference-rows.ts";
import { findBadValues } from "./find-bad-values.ts";
import { rowsQuery, unknownColumns } from "./fixture-sql.ts";
import { castQuery } from "./place-inputs.ts";

/** So many more rows than expected are read to show what is wrong; a test that makes millions must not fill the memory. */
const mostSurplus = 1000;
const mostRows = 10_000;

export interface Checked {
  readonly of: string;
  /** Why nothing could be compared. */
  readonly diagnostics: readonly Diagnostic[];
  readonly failures: number;
  /** Such as `1 row differs, 2 rows are missing`; empty when all is as expected. */
  readonly said: string;
  readonly rows: FailingRows | undefined;
  readonly span: Diagnostic["span"];
}

export async function checkExpectation(connection: Connection, stage: UnitTestStage, { of, sql, rows }: Expectation): Promise<Checked> {
  const most = rows.kind === "rows" ? rows.rows.length + mostSurplus : mostRows;
  const found = await query(connection, mapSql(undefined)`select * from (\n${sql}\n) as actual limit ${most}`);
  const all = columnsOf(found);
  const expected = await readExpected(connection, stage, rows, all);
  const asExpected: Checked = { of, diagnostics: [], failures: 0, said: "", rows: undefined, span: rows.span };
  if ("diagnostics" in expected) return { ...asExpected, diagnostics: expected.diagnostics };
  const { columns, cells } = expected;
  const differences = compareRows(columns, cells, cellsOf(found, columns));
  if (differences.length === 0) return asExpected;
  // Where no column is named, whole rows are what is too many.
  const shown = columns.length > 0 ? columns : all;
  return {
    of,
    diagnostics: [],
    failures: differences.length,
    said: describeDifference(differences),
    rows: differenceRows(shown, cells, cellsOf(found, shown), differences),
    span: firstPlace(rows, differences),
  };
}

type Expected = { readonly columns: readonly TypedColumn[]; readonly cells: readonly Cells[] } | { readonly diagnostics: readonly Diagnostic[] };

async function readExpected(connection: Connection, stage: UnitTestStage, rows: FixtureRows, actual: readonly TypedColumn[]): Promise<Expected> {
  const sql = rows.kind === "sql" ? mapSql(undefined)`select * from (\n${rows.sql}\n) as expected limit 0` : undefined;
  const own = sql ? columnsOf(await query(connection, sql)) : [];
  const named = rows.kind === "rows" ? rows.columns : own.map(({ name }) => ({ name, span: rows.span }));
  const unknown = unknownColumns(named, actual, (column, place) => diagnose("RT0462", { test: stage.title, model: stage.modelName, column }, place));
  if (unknown.length > 0) return { diagnostics: unknown };
  const columns = named.flatMap(({ name }) => actual.find((column) => column.name.toLowerCase() === name.toLowerCase()) ?? []);
  if (rows.kind === "sql") return { columns, cells: cellsOf(await query(connection, castQuery(rows.sql, own, columns)), columns) };
  if (rows.rows.length === 0 || columns.length === 0) return { columns, cells: rows.rows.map(() => []) };
  const made = rowsQuery(rows, columns, `unit test "${stage.title}"`);
  if (made.diagnostics.length > 0) return { diagnostics: made.diagnostics };
  try {
    return { columns, cells: cellsOf(await query(connection, made.sql), columns) };
  } catch (error) {
    const bad = await findBadValues(connection, stage.title, rows, columns);
    if (bad.length > 0) return { diagnostics: bad };
    throw error;
  }
}

function cellsOf({ rows }: ResultSet, columns: readonly TypedColumn[]): readonly Cells[] {
  return rows.map((row) => columns.map(({ name }) => row[name]));
}
