/**
 * Makes several views in one transaction: a view costs little more than the commit that publishes it. All of them are published
 * or none; what went wrong is not asked here, because each is then run by itself, where it can be told.
 */
import type { ModelStage, Stage } from "../plan/plan.ts";
import { type Connection, EngineError } from "../ports/engine.ts";
import type { NodeResult } from "../ports/run-event.ts";
import { rollBack } from "./publish.ts";
import { timing } from "./result-time.ts";
import { describeBuilt, isSingleStatement } from "./run-stage.ts";
import type { StageContext } from "./stage-context.ts";
import { StatementError } from "./statement.ts";
import { writeRelation } from "./write-relation.ts";

/** Few enough that nobody waits for the news, and that little is done twice. */
export const mostTogether = 20;

/** A view of which nothing is asked but that it is there. */
export function isLight(stage: Stage, context: Pick<StageContext, "existing" | "partial">): stage is ModelStage {
  return stage.kind === "model" && stage.relationType === "view" && stage.files === undefined && isSingleStatement(stage, context);
}

/** Who takes longer is seen at work, and keeps nobody else waiting; milliseconds. */
const patience = 100;

/**
 * A result for each of the first of them, as far as time allows, or `undefined` when nothing is published. `isSlow` is told of
 * a view that is still being made.
 */
export async function runTogether(
  connection: Connection,
  stages: readonly ModelStage[],
  context: StageContext,
  isSlow: (stage: ModelStage, startedAt: Date) => void,
): Promise<readonly NodeResult[] | undefined> {
  try {
    await connection.execute("begin transaction");
    const results: NodeResult[] = [];
    const began = context.now().getTime();
    for (const stage of stages) {
      const started = context.now();
      if (started.getTime() - began > patience) break;
      const slow = setTimeout(() => isSlow(stage, started), patience);
      await writeRelation(connection, stage, context).finally(() => clearTimeout(slow));
      results.push({ ...timing(started, context), status: "success", message: undefined, diagnostics: [], ...describeBuilt(stage) });
    }
    await connection.execute("commit");
    return results;
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof StatementError)) throw error;
    await rollBack(connection);
    return undefined;
  }
}
