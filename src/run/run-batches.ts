/**
 * Makes a model batch by batch, each written, tested and committed in a transaction of its own. A batch that fails leaves the
 * others as they are and is done by the next run, as is everything that a run did not come to.
 */
import { fillWindow, inWindow } from "../compile/batch-window.ts";
import { isColumnName } from "../compile/column-or-expression.ts";
import { type Increment, stagedRows } from "../compile/materializations/incremental/strategy.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { mapSql, plainText } from "../core/mapped-text.ts";
import { listOf, plural } from "../core/names.ts";
import type { BatchStage, ModelStage } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import type { NodeResult } from "../ports/run-event.ts";
import { forgetBatches, forgetWindows, readDoneBatches, rememberBatch } from "./batch-memory.ts";
import { type BatchWindow, chooseWindows, sqlWindow, windowName } from "./batch-windows.ts";
import { compareColumns, isDifferent } from "./compare-columns.ts";
import { forgetPartial } from "./partial-memory.ts";
import { type Attempt, publish } from "./publish.ts";
import { relationKey, type StageContext, type Written } from "./stage-context.ts";
import { execute } from "./statement.ts";
import { writeIncrement } from "./write-increment.ts";

export type BatchedStage = ModelStage & { readonly batches: BatchStage };

export type BatchedOutcome = Pick<NodeResult, "status" | "message" | "diagnostics" | "batches"> & Pick<Attempt, "tests">;

interface Tried {
  readonly window: BatchWindow;
  readonly attempt: Attempt;
}

export async function runBatches(connection: Connection, stage: BatchedStage, context: StageContext): Promise<BatchedOutcome> {
  const key = relationKey(stage.relation);
  const isThere = context.existing.get(key) === "table" && !context.partial.has(key);
  let isNew = !isThere || stage.batches.isAnew || (await hasOtherColumns(connection, stage));
  const done = isNew ? [] : await readDoneBatches(connection, key);
  const windows = chooseWindows({ batches: stage.batches, done, now: Date.parse(context.startedAt), isAnew: isNew });
  const tried: Tried[] = [];
  const { pre, post } = stage.hooks;
  for (const [i, window] of windows.entries()) {
    const write = async (): Promise<Written> => {
      const written = await writeBatch(connection, stage, context, window, isNew);
      if (isNew) {
        await forgetBatches(connection, key);
        if (context.partial.has(key)) await forgetPartial(connection, key);
      }
      await rememberBatch(connection, key, window, context.startedAt);
      return written;
    };
    // As in dbt, hooks are those of the model: the first batch is preceded by them, the last one followed.
    const hooks = { pre: i === 0 ? pre : [], post: i === windows.length - 1 ? post : [] };
    const attempt = await publish(connection, { ...stage, hooks }, context, write);
    tried.push({ window, attempt });
    if (attempt.status === "success") isNew = false;
    // When the first one fails, so would the others, as a rule.
    else if (i === 0 || context.failFast || context.signal.aborted) break;
    if (context.signal.aborted) break;
  }
  // What was to be done again and was not is no batch that is done: its rows are those that somebody wanted to replace.
  const good = new Set(tried.filter(({ attempt }) => attempt.status === "success").map(({ window }) => window));
  if (!isNew && !context.signal.aborted)
    await forgetWindows(
      connection,
      key,
      windows.filter((window) => !good.has(window)),
    );
  return summarise(stage, windows, tried);
}

async function writeBatch(connection: Connection, stage: BatchedStage, { existing }: StageContext, window: BatchWindow, isNew: boolean): Promise<Written> {
  const { batches, relation } = stage;
  const table = relation.sql;
  if (isNew) {
    if (existing.get(relationKey(relation)) === "view") await connection.execute(`drop view if exists ${table}`);
    const rows = fillWindow(batches.first, sqlWindow(window));
    await execute(connection, mapSql(undefined)`create or replace table ${table} as (\n${rows}\n)`);
    return { diagnostics: await findStrayRows(connection, stage, window, table) };
  }
  const increment: Increment = {
    strategy: "microbatch",
    rows: fillWindow(batches.next, sqlWindow(window)),
    // Had the columns changed, everything would be made anew by now.
    onSchemaChange: batches.onSchemaChange === "full_refresh" ? "fail" : batches.onSchemaChange,
    keys: [],
    predicates: [plainText(inWindow(batches.eventTime, sqlWindow(window)))],
    updateColumns: undefined,
    keepColumns: [],
    places: batches.places,
  };
  const outcome = await writeIncrement(connection, stage, increment, () => findStrayRows(connection, stage, window, stagedRows));
  return outcome.kind === "failed" ? { diagnostics: outcome.diagnostics } : { message: outcome.message, diagnostics: [] };
}

/** With `on_schema_change: full_refresh`: whether the query gives other columns than the table has. */
async function hasOtherColumns(connection: Connection, { batches, relation }: BatchedStage): Promise<boolean> {
  if (batches.onSchemaChange !== "full_refresh") return false;
  try {
    const rows = fillWindow(batches.next, { start: "1970-01-01 00:00:00", end: "1970-01-01 00:00:00" });
    const now = await connection.query(`select * from (\n${rows.text}\n) as rows_now limit 0`);
    const before = await connection.query(`select * from ${relation.sql} limit 0`);
    return isDifferent(compareColumns(before.columns, now.columns));
  } catch {
    // The batch itself will say what is wrong with its query.
    return false;
  }
}

/** Rows of a batch that are of another time: each batch would bring them again. */
async function findStrayRows(connection: Connection, stage: BatchedStage, window: BatchWindow, rows: string): Promise<readonly Diagnostic[]> {
  const { eventTime, places, size } = stage.batches;
  const place = { span: places["event_time"] ?? stage.span };
  const { columns } = await connection.query(`select * from ${rows} limit 0`);
  if (isColumnName(eventTime) && !columns.some(({ name }) => name.toLowerCase() === eventTime.trim().toLowerCase())) {
    const help = `its columns are ${listOf(columns.map(({ name }) => name))}`;
    return [diagnose("RT0421", { node: stage.name, setting: "event_time", column: eventTime }, { ...place, help })];
  }
  const found = await connection.query(`select count(*) as n from ${rows} where (${inWindow(eventTime, sqlWindow(window))}) is not true`);
  const count = Number(found.rows[0]?.["n"] ?? 0);
  if (count === 0) return [];
  return [diagnose("RT0427", { model: stage.name, rows: plural(count, "row"), batch: windowName(window, size) }, place)];
}

function summarise(stage: BatchedStage, windows: readonly BatchWindow[], tried: readonly Tried[]): BatchedOutcome {
  const { size } = stage.batches;
  const good = tried.filter(({ attempt }) => attempt.status === "success");
  const bad = tried.filter(({ attempt }) => attempt.status !== "success");
  const untried = windows.slice(tried.length);
  const left = [...bad.map(({ window }) => window), ...untried];
  const spans = (list: readonly BatchWindow[]) => list.map(({ start, end }) => [new Date(start).toISOString(), new Date(end).toISOString()] as const);
  return {
    status: left.length === 0 ? "success" : good.length > 0 ? "partial success" : "error",
    message: left.length === 0 ? doneMessage(windows.length, size) : leftMessage(windows.length, bad, untried.length, size),
    tests: (bad[0] ?? tried.at(-1))?.attempt.tests ?? [],
    diagnostics: collectDiagnostics(tried, size),
    batches: { successful: spans(good.map(({ window }) => window)), failed: spans(left) },
  };
}

function doneMessage(count: number, size: BatchStage["size"]): string {
  return count === 0 ? "no batch was left to do" : plural(count, `${size} batch`, `${size} batches`);
}

const mostNamed = 4;

/** `2 of 5 batches failed: 2026-01-02 and 2026-01-04; 1 was not tried` */
function leftMessage(count: number, bad: readonly Tried[], untried: number, size: BatchStage["size"]): string {
  const names = bad.slice(0, mostNamed).map(({ window }) => windowName(window, size));
  const named = listOf(bad.length > mostNamed ? [...names, `${bad.length - mostNamed} more`] : names);
  const failed = bad.length > 0 ? `${bad.length} of ${plural(count, "batch", "batches")} failed: ${named}` : "";
  const rest =
    untried > 0 ? `${bad.length > 0 ? untried : `${untried} of ${plural(count, "batch", "batches")}`} ${untried === 1 ? "was" : "were"} not tried` : "";
  return [failed, rest].filter((part) => part !== "").join("; ");
}

/** What several batches say in the same words is said once, with the batches that say it. */
function collectDiagnostics(tried: readonly Tried[], size: BatchStage["size"]): readonly Diagnostic[] {
  const found = new Map<string, { readonly diagnostic: Diagnostic; readonly windows: string[] }>();
  for (const { window, attempt } of tried) {
    for (const diagnostic of attempt.diagnostics) {
      const id = JSON.stringify([diagnostic.code, diagnostic.message, diagnostic.span]);
      const known = found.get(id);
      if (known) known.windows.push(windowName(window, size));
      else found.set(id, { diagnostic, windows: [windowName(window, size)] });
    }
  }
  return [...found.values()].map(({ diagnostic, windows }) => {
    const [first = ""] = windows;
    const note = windows.length > 1 ? `in ${plural(windows.length, "batch", "batches")}, first in ${first}` : `in the batch ${first}`;
    return { ...diagnostic, notes: [...(diagnostic.notes ?? []), { message: note }] };
  });
}
