/** Loads one seed into its table, and says at which line and column of the CSV it cannot. */
import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { scanCsv } from "../core/csv.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { listOf, quoteIdentifier } from "../core/names.ts";
import { fileSpan, type Span } from "../core/span.ts";
import type { SeedLoad, SeedStage } from "../plan/plan.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { Connection } from "../ports/engine.ts";

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
      await connection.execute(`create or replace table ${relation.sql} as\nselect ${casts.join(",\n  ")}\nfrom ${text}${load.isEmpty ? "\nlimit 0" : ""}`);
    } catch (error) {
      return [(await findCause(connection, stage, columns, text)) ?? seedProblem(error, stage)];
    }
    const inferred = columns.filter((_, i) => load.columns[i]?.type === undefined).map((column) => `${column.name} (${column.type})`);
    return inferred.length > 0 ? [diagnose("RT0414", { seed: load.name, columns: listOf(inferred) }, { span: stage.span })] : [];
  } catch (error) {
    return [(await findCause(connection, stage, [], text)) ?? seedProblem(error, stage)];
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

/** Looks for what the database stumbled over. The transaction may be lost by the failure; only the file is read from here on. */
async function findCause(connection: Connection, stage: SeedStage, columns: readonly TypedColumn[], text: string): Promise<Diagnostic | undefined> {
  await connection.execute("rollback");
  return (await findBadType(connection, stage)) ?? findBadBytes(stage) ?? (await findBadValue(connection, stage, columns, text)) ?? findRaggedRow(stage);
}

/** A declared type that the database does not know. */
async function findBadType(connection: Connection, { load }: SeedStage): Promise<Diagnostic | undefined> {
  for (const column of load.columns) {
    if (column.type === undefined) continue;
    try {
      await connection.query(`select cast(null as ${column.type})`);
    } catch (error) {
      return mapEngineError(error, undefined, column.span ?? fileSpan(load.file));
    }
  }
  return undefined;
}

/** The first line that is not UTF-8. */
function findBadBytes({ load }: SeedStage): Diagnostic | undefined {
  const bytes = readBytes(load.absolutePath);
  if (!bytes || isUtf8(bytes)) return undefined;
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    const stop = end < 0 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(start, stop))) break;
    start = stop + 1;
  }
  return diagnose(
    "RT0412",
    { seed: load.name, problem: `line ${line} is not UTF-8 text` },
    { span: fileSpan(load.file), help: "save the file again as UTF-8" },
  );
}

async function findBadValue(connection: Connection, stage: SeedStage, columns: readonly TypedColumn[], text: string): Promise<Diagnostic | undefined> {
  const { load } = stage;
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
  return cell ? inFile(load, cell.start, cell.end) : fileSpan(load.file);
}

/** A line of a file with personal data is not shown, only where it is. */
function inFile(load: SeedLoad, start: number, end: number): Span {
  return { file: load.file, start, end: Math.max(end, start + 1), ...(load.columns.some((column) => column.isPii) && { isPrivate: true as const }) };
}

function findRaggedRow({ load }: SeedStage): Diagnostic | undefined {
  const records = readRecords(load.absolutePath, load.delimiter);
  const ragged = records?.find((cells) => cells.length !== load.columns.length);
  if (!ragged) return undefined;
  const span = inFile(load, ragged[0]?.start ?? 0, ragged.at(-1)?.end ?? 0);
  return diagnose("RT0408", { seed: load.name, expected: load.columns.length, found: ragged.length }, { span });
}

/** Read again only after a failure, to find the place. */
function readRecords(path: string, delimiter: string) {
  const bytes = readBytes(path);
  return bytes && scanCsv(bytes.toString("utf8"), delimiter);
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** The database's own words about a CSV quote rows and speak of its reader's settings, so they are not repeated. */
function seedProblem(error: unknown, stage: SeedStage): Diagnostic {
  const mapped = mapEngineError(error, undefined, fileSpan(stage.load.file));
  const hasPii = stage.load.columns.some((column) => column.isPii);
  if (mapped.code === "RT0410" || mapped.code === "RT0411" || (!hasPii && mapped.code !== "RT0405")) return mapped;
  return diagnose(
    "RT0412",
    { seed: stage.load.name, problem: "the file could not be read as CSV" },
    {
      span: fileSpan(stage.load.file),
      help: "check its quotes, its delimiter, and that all its lines end alike",
    },
  );
}
