/** Loads one seed into its table, and says at which line and column of the CSV it cannot. */
import { readFileSync } from "node:fs";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { listOf, quoteIdentifier } from "../core/names.ts";
import { fileSpan, type Span } from "../core/span.ts";
import type { SeedStage } from "../plan/plan.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { Connection } from "../ports/engine.ts";
import { scanCsv } from "./csv-records.ts";
import { mapEngineError } from "./map-error.ts";
import { castColumn, inferenceQuery, isText, seedText } from "./seed-sql.ts";

type TypedColumn = {
  readonly name: string;
  readonly type: string;
  readonly isPii: boolean;
};

/** Returns notes about inferred types; throws nothing: a failure is an error among the diagnostics. */
export async function loadSeed(connection: Connection, stage: SeedStage, dialect: Dialect): Promise<readonly Diagnostic[]> {
  const { load, relation } = stage;
  const text = seedText(load, dialect);
  try {
    const columns = await typeColumns(connection, stage, text);
    const casts = columns.map((column) => `${castColumn(column.name, column.type)} as ${quoteIdentifier(column.name)}`);
    try {
      await connection.execute(`create or replace table ${relation.sql} as\nselect ${casts.join(",\n  ")}\nfrom ${text}`);
    } catch (error) {
      return [(await findBadValue(connection, stage, columns, text)) ?? findRaggedRow(stage) ?? seedProblem(error, stage)];
    }
    const inferred = columns.filter((_, i) => load.columns[i]?.type === undefined).map((column) => `${column.name} (${column.type})`);
    return inferred.length > 0 ? [diagnose("RT0414", { seed: load.name, columns: listOf(inferred) }, { span: stage.span })] : [];
  } catch (error) {
    return [findRaggedRow(stage) ?? seedProblem(error, stage)];
  }
}

async function typeColumns(connection: Connection, { load }: SeedStage, text: string): Promise<readonly TypedColumn[]> {
  if (load.columns.every((column) => column.type !== undefined)) return load.columns as readonly TypedColumn[];
  const inference = inferenceQuery(load, text);
  const row = (await connection.query(inference.sql)).rows[0] ?? {};
  return load.columns.map((column, i) => ({
    ...column,
    type: column.type ?? inference.choose(row, i),
  }));
}

/** The transaction may be lost by the failure; what is looked at here is only the file. */
async function findBadValue(connection: Connection, stage: SeedStage, columns: readonly TypedColumn[], text: string): Promise<Diagnostic | undefined> {
  const { load } = stage;
  await connection.execute("rollback");
  for (const [index, column] of columns.entries()) {
    if (isText(column.type)) continue;
    const quoted = quoteIdentifier(column.name);
    const found = await connection
      .query(
        `select record, value from (select row_number() over () as record, ${quoted} as value, ${castColumn(column.name, column.type, "try_cast")} as converted from ${text}) as typed
where converted is null and nullif(trim(value), '') is not null order by record limit 1`,
      )
      .catch(() => undefined);
    const bad = found?.rows[0];
    if (bad === undefined) continue;
    const value = column.isPii ? "a value (masked)" : JSON.stringify(bad["value"]);
    const span = cellSpan(stage, Number(bad["record"]), index);
    return diagnose(
      "RT0409",
      {
        seed: load.name,
        column: column.name,
        type: withArticle(column.type),
        value,
      },
      { span },
    );
  }
  return undefined;
}

function withArticle(type: string): string {
  return /^[aeiou]/i.test(type) ? `an ${type}` : `a ${type}`;
}

function cellSpan({ load }: SeedStage, record: number, column: number): Span {
  const cell = readRecords(load.absolutePath, load.delimiter)?.[record]?.[column];
  return cell ? { file: load.file, start: cell.start, end: cell.end } : fileSpan(load.file);
}

function findRaggedRow({ load }: SeedStage): Diagnostic | undefined {
  const records = readRecords(load.absolutePath, load.delimiter);
  const ragged = records?.find((cells) => cells.length !== load.columns.length);
  if (!ragged) return undefined;
  const span = {
    file: load.file,
    start: ragged[0]?.start ?? 0,
    end: ragged.at(-1)?.end ?? 0,
  };
  return diagnose("RT0408", { seed: load.name, expected: load.columns.length, found: ragged.length }, { span });
}

/** Read again only after a failure, to find the place. */
function readRecords(path: string, delimiter: string) {
  try {
    return scanCsv(readFileSync(path, "utf8"), delimiter);
  } catch {
    return undefined;
  }
}

/** The database's own words may quote a row, so they are not repeated for a file that holds personal data. */
function seedProblem(error: unknown, stage: SeedStage): Diagnostic {
  const mapped = mapEngineError(error, undefined, fileSpan(stage.load.file));
  const hasPii = stage.load.columns.some((column) => column.isPii);
  if (!hasPii || mapped.code === "RT0410" || mapped.code === "RT0411") return mapped;
  return diagnose(
    "RT0412",
    { seed: stage.load.name, problem: "the file could not be read as CSV" },
    {
      span: fileSpan(stage.load.file),
      help: "check its quotes, its delimiter and that it is UTF-8",
    },
  );
}
