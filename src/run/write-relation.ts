/** Writes the relation of one stage, inside the transaction that its caller has opened and will commit or roll back. */
import type { Increment } from "../compile/materializations/incremental/strategy.ts";
import type { RelationType, Step } from "../compile/materializations/materialization.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { type MappedText, mapSql, plainText } from "../core/mapped-text.ts";
import { plural } from "../core/names.ts";
import type { BuiltStage, ModelStage, SnapshotStage } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import { type ExternalStage, writeFiles } from "./external/write-files.ts";
import { runJavascript } from "./javascript/run-javascript.ts";
import { loadSeed } from "./load-seed.ts";
import { forgetPartial, rememberPartial } from "./partial-memory.ts";
import { relationKey, type StageContext, type Written } from "./stage-context.ts";
import { execute, query } from "./statement.ts";
import { checkRows, writeIncrement } from "./write-increment.ts";
import { writeSnapshot } from "./write-snapshot.ts";

export async function writeRelation(connection: Connection, stage: BuiltStage, context: StageContext): Promise<Written> {
  const key = relationKey(stage.relation);
  const type = stage.kind === "model" ? stage.relationType : "table";
  if (stage.trial && context.existing.get(key) === type && !context.partial.has(key)) return tryOut(connection, stage.trial);
  const written = await writeRows(connection, stage, context);
  if (context.partial.has(key)) await forgetPartial(connection, key);
  if (stage.isPartial) await rememberPartial(connection, key);
  return written;
}

/** Leaves what is there as it is, and shows that the query runs on a part of the inputs. */
async function tryOut(connection: Connection, trial: MappedText): Promise<Written> {
  const { rows } = await query(connection, mapSql(undefined)`select count(*) as n from (\n${trial}\n) as rows_now`);
  return { message: `kept as it was; its query gives ${plural(Number(rows[0]?.["n"] ?? 0), "row")} of the limited inputs`, diagnostics: [] };
}

async function writeRows(connection: Connection, stage: BuiltStage, context: StageContext): Promise<Written> {
  if (isExternal(stage)) return writeFiles(connection, stage, context);
  if (stage.kind === "snapshot") return writeSnapshot(connection, stage, context);
  if (stage.kind === "seed") {
    for (const step of neededSteps(stage, context)) if (step.kind !== "javascript") await execute(connection, stepSql(step, context.existing));
    return { diagnostics: await loadSeed(connection, stage, context.dialect) };
  }
  if (!adds(stage, context)) return makeAnew(connection, stage, context);
  const outcome = await writeIncrement(connection, stage, stage.increment);
  if (outcome.kind === "added") return { message: outcome.message, diagnostics: [] };
  if (outcome.kind === "failed") return { diagnostics: outcome.diagnostics };
  return makeAnew(connection, stage, context, outcome.message);
}

/** What an increment would refuse is refused in the first rows, too: later it would be found in the table. */
async function makeAnew(connection: Connection, stage: ModelStage, context: StageContext, message?: string): Promise<Written> {
  const diagnostics = await runSteps(connection, stage, context);
  if (diagnostics.length > 0 || !stage.increment) return { message, diagnostics };
  return { message, diagnostics: await checkRows(connection, stage, stage.increment, stage.relation.sql) };
}

function isExternal(stage: BuiltStage): stage is ExternalStage {
  return stage.kind === "model" && stage.files !== undefined;
}

/** Whether the stage adds to a table that is there: a view of its name is no such table, and neither is one of a part of the inputs. */
function adds(stage: ModelStage, { existing, partial }: StageContext): stage is ModelStage & { readonly increment: Increment } {
  const key = relationKey(stage.relation);
  return stage.increment !== undefined && !stage.increment.isAnew && existing.get(key) === stage.relationType && !partial.has(key);
}

/** The steps that have something to do: `drop_other_type` is only there for a relation of another type; usually there is none. */
export function neededSteps(stage: Exclude<BuiltStage, SnapshotStage>, { existing }: Pick<StageContext, "existing">): readonly Step[] {
  const planned: readonly Step[] = stage.kind === "model" ? stage.steps : [{ kind: "drop_other_type", relation: stage.relation, keep: "table" }];
  return planned.filter((step) => {
    if (step.kind !== "drop_other_type") return true;
    const type = existing.get(relationKey(step.relation));
    return type !== undefined && type !== step.keep;
  });
}

async function runSteps(connection: Connection, stage: ModelStage, context: StageContext): Promise<readonly Diagnostic[]> {
  for (const step of neededSteps(stage, context)) {
    if (step.kind !== "javascript") await execute(connection, stepSql(step, context.existing));
    else {
      const diagnostics = await runJavascript(connection, step.into, step.task, stage, context);
      if (diagnostics.length > 0) return diagnostics;
    }
  }
  return [];
}

function stepSql(step: Exclude<Step, { kind: "javascript" }>, existing: ReadonlyMap<string, RelationType>): MappedText {
  if (step.kind === "sql") return step.sql;
  return plainText(`drop ${existing.get(relationKey(step.relation))} ${step.relation.sql}`);
}
