/**
 * Writes an external model's files as a new version and makes its view read them. The old version and the location are left
 * alone until the transaction is committed: a failed test or a kill leaves both as they were.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { type MappedText, mapSql } from "../../core/mapped-text.ts";
import { listOf, plural } from "../../core/names.ts";
import type { FileStage, ModelStage } from "../../plan/plan.ts";
import { type Connection, EngineError, type ResultColumn } from "../../ports/engine.ts";
import { compareColumns, differenceLines, isDifferent } from "../compare-columns.ts";
import { relationKey, type StageContext, type Written } from "../stage-context.ts";
import { execute, query, StatementError } from "../statement.ts";
import { viewQuery } from "./external-view.ts";
import { type PublishedFiles, readPublishedFiles, rememberFiles } from "./file-memory.ts";
import { addOtherPartitions, countPartitions, findObstacle, moveLocation, removeVersions } from "./version-files.ts";
import { copyPartitions } from "./write-partitions.ts";

export type ExternalStage = ModelStage & { readonly files: FileStage };

export async function writeFiles(connection: Connection, stage: ExternalStage, context: StageContext): Promise<Written> {
  const { files } = stage;
  const isFolder = files.partitionBy.length > 0;
  const problem = (text: string) => fileProblem(stage, text);
  const obstacle = attempt(() => findObstacle(files.path, isFolder));
  if (obstacle.value ?? obstacle.problem) return { diagnostics: [problem(obstacle.value ?? obstacle.problem ?? "")] };
  const key = relationKey(stage.relation);
  const published = context.existing.get(key) === "view" && !context.partial.has(key) ? await readPublishedFiles(connection, key) : undefined;
  const choice = await chooseRows(connection, stage, published);
  if ("code" in choice) return { diagnostics: [choice] };
  const { rows, base, columns, message } = choice;
  const wrong = findWrongPartition(stage, columns);
  if (wrong) return { diagnostics: [wrong] };

  const version = join(files.versions, `${context.startedAt.replace(/[^0-9]/g, "").slice(0, 14)}_${randomUUID().slice(0, 8)}`).replaceAll("\\", "/");
  const target = isFolder ? version : `${version}/${basename(files.path)}`;
  const discard = (): void => rmSync(version, { recursive: true, force: true });
  const made = attempt(() => mkdirSync(version, { recursive: true }));
  if (made.problem !== undefined) return { diagnostics: [problem(made.problem)] };
  try {
    if (isFolder) await copyPartitions(connection, context.dialect, files, { rows, columns, target });
    else await execute(connection, context.dialect.writeFiles({ rows, columns, path: target, format: files.format, options: files.options, partitionBy: [] }));
    const replaced = isFolder ? countPartitions(version) : 0;
    if (base) addOtherPartitions(base.version, version);
    const isEmpty = isFolder && countPartitions(version) === 0;
    const location = isFolder ? `${version}${"/*".repeat(files.partitionBy.length + 1)}` : target;
    const view = await viewQuery({ connection, dialect: context.dialect, files, columns, location, isEmpty });
    if (context.existing.get(key) === "table") await execute(connection, `drop table ${stage.relation.sql}`);
    await execute(connection, `create or replace view ${stage.relation.sql} as ${view}`);
    await rememberFiles(connection, key, { version, form: formOf(files) });
    const afterCommit = async (): Promise<readonly Diagnostic[]> => {
      const moved = attempt(() => moveLocation(files.path, target, isFolder));
      if (moved.problem !== undefined) return [problem(moved.problem)];
      attempt(() => removeVersions(files.versions, [version, ...(published ? [published.version] : [])]));
      return [];
    };
    return { message: base ? `${plural(replaced, "partition")} replaced` : message, diagnostics: [], afterCommit, discard: async () => void attempt(discard) };
  } catch (error) {
    attempt(discard);
    // The database's errors are told by the caller, at the line of the SQL.
    if (error instanceof EngineError || error instanceof StatementError) throw error;
    return { diagnostics: [problem(inWords(error))] };
  }
}

interface Choice {
  readonly rows: MappedText;
  /** The version whose other partitions stay. */
  readonly base: PublishedFiles | undefined;
  readonly columns: readonly ResultColumn[];
  readonly message: string | undefined;
}

/** All rows, or those of the partitions to replace: that takes a version that was written in the same form, with the same columns. */
async function chooseRows(connection: Connection, stage: ExternalStage, published: PublishedFiles | undefined): Promise<Choice | Diagnostic> {
  const { files, relation } = stage;
  const whole = async (message?: string): Promise<Choice> => ({ rows: files.rows, base: undefined, columns: await columnsOf(connection, files.rows), message });
  if (!files.newRows || files.isAnew || !published || published.form !== formOf(files)) return whole();
  // Somebody may have removed the files: then there is nothing to add to.
  if (countPartitions(published.version) === 0) return whole("made anew, because there were no files");
  const before = (await connection.query(`select * from ${relation.sql} limit 0`)).columns;
  const columns = await columnsOf(connection, files.newRows);
  const difference = compareColumns(before, columns);
  if (!isDifferent(difference)) return { rows: files.newRows, base: published, columns, message: undefined };
  if (files.onSchemaChange === "fail") {
    const place = { span: files.places["on_schema_change"] ?? stage.span };
    return diagnose("RT0420", { model: stage.name, difference: differenceLines(difference).join("\n") }, place);
  }
  return whole(`made anew, because its columns changed: ${differenceLines(difference).join(", ")}`);
}

async function columnsOf(connection: Connection, rows: MappedText): Promise<readonly ResultColumn[]> {
  return (await query(connection, mapSql(undefined)`select * from (\n${rows}\n) as rows_now limit 0`)).columns;
}

function formOf({ format, options, partitionBy, path }: FileStage): string {
  return JSON.stringify({ format, options, partitionBy: partitionBy.map((column) => column.toLowerCase()), path });
}

function findWrongPartition({ name, span, files }: ExternalStage, columns: readonly ResultColumn[]): Diagnostic | undefined {
  const known = columns.map((column) => column.name);
  const place = { span: files.places["partition_by"] ?? span };
  const missing = files.partitionBy.find((column) => !known.some((other) => other.toLowerCase() === column.toLowerCase()));
  if (missing !== undefined) {
    const help = suggestion(missing, known) ?? `its columns are ${listOf(known)}`;
    return diagnose("RT0421", { node: name, setting: "partition_by", column: missing }, { ...place, help });
  }
  if (files.partitionBy.length === 0 || files.partitionBy.length < known.length) return undefined;
  return fileProblem({ name, span, files }, "partition_by names all of its columns, so that nothing would be left for the files");
}

function fileProblem({ name, span, files }: Pick<ExternalStage, "name" | "span" | "files">, text: string): Diagnostic {
  return diagnose("RT0428", { model: name, location: files.location, problem: text }, { span: files.places["location"] ?? span });
}

function attempt<T>(run: () => T): { readonly value?: T; readonly problem?: string } {
  try {
    return { value: run() };
  } catch (error) {
    return { problem: inWords(error) };
  }
}

const words: Readonly<Record<string, string>> = {
  EACCES: "it may not be written",
  EPERM: "it may not be written",
  EROFS: "the disk may not be written",
  ENOSPC: "no space is left on the disk",
  ENOTDIR: "a file stands where a folder should be",
};

/** Without the path, which is in the message already. */
function inWords(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return words[code ?? ""] ?? message;
}
