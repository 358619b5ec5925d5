/** Writes a finished run into the state database: the run itself and what it made of each node. */
import { groupBy } from "../../core/group-by.ts";
import { isFailure, type NodeResult, type RunResult } from "../../ports/run-event.ts";
import type { NodeBuildRow, StateDatabase } from "./tables.ts";

const batchSize = 500;

/** `expectedTests` are, for each node, all the enabled tests that must pass before it counts as tested. */
export async function recordRun(
  db: StateDatabase,
  result: RunResult,
  expectedTests: ReadonlyMap<string, readonly string[]>,
  { isLimited = false }: { readonly isLimited?: boolean } = {},
): Promise<void> {
  const failed = result.results.some((node) => isFailure(node.status) || node.status === "skipped");
  const status = result.interrupted ? "interrupted" : failed ? "failed" : "success";
  const { built, tested } = nodeBuilds(result, expectedTests);
  const limited = tested.length > 0 ? await findLimited(db, result.targetName) : new Set<string>();
  const rows = isLimited
    ? built.map((row) => ({ ...row, tested: "untested", message: row.message ?? limitedMessage }))
    : [...built, ...tested.filter((row) => !limited.has(row.unique_id))];
  await db.transaction().execute(async (transaction) => {
    const { invocationId, command, targetName, startedAt, completedAt } = result;
    await transaction
      .insertInto("runs")
      .values({
        invocation_id: invocationId,
        command,
        target: targetName,
        started_at: startedAt,
        completed_at: completedAt,
        status,
      })
      .execute();
    for (let i = 0; i < rows.length; i += batchSize) {
      const batch = rows.slice(i, i + batchSize);
      await transaction
        .deleteFrom("node_builds")
        .where("target", "=", targetName)
        .where(
          "unique_id",
          "in",
          batch.map((row) => row.unique_id),
        )
        .execute();
      await transaction.insertInto("node_builds").values(batch).execute();
    }
  });
}

export const limitedMessage = "it was built with --empty or --sample, from a part of its inputs";

/** Tests that pass on a part of the data say nothing about the whole: such nodes stay untested until they are built again. */
export async function findLimited(db: StateDatabase, target: string): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom("node_builds").select("unique_id").where("target", "=", target).where("message", "=", limitedMessage).execute();
  return new Set(rows.map((row) => row.unique_id));
}

interface NodeBuilds {
  readonly built: readonly NodeBuildRow[];
  /** What was not built in this run, but tested as it was published before. */
  readonly tested: readonly NodeBuildRow[];
}

/**
 * A node counts as tested when every one of its tests ran and none failed: inside the build, or in a later test of what is
 * published. A failed test of either kind takes that back.
 */
function nodeBuilds(result: RunResult, expectedTests: ReadonlyMap<string, readonly string[]>): NodeBuilds {
  const statusOf = new Map(result.results.map((node) => [node.uniqueId, node]));
  const testedIn = (id: string): "pass" | "fail" | "untested" => {
    const outcomes = (expectedTests.get(id) ?? []).map((test) => statusOf.get(test)?.status);
    if (outcomes.some((status) => status === "fail" || status === "error")) return "fail";
    return outcomes.every((status) => status === "pass" || status === "warn" || status === "reused") ? "pass" : "untested";
  };
  const base = {
    target: result.targetName,
    invocation_id: result.invocationId,
  };
  const built = result.results
    .filter((node) => node.kind !== "test" && node.kind !== "operation" && node.status !== "reused")
    .map(
      (node: NodeResult): NodeBuildRow => ({
        ...base,
        unique_id: node.uniqueId,
        status: node.status,
        tested: node.message === limitedMessage ? "untested" : testedIn(node.uniqueId),
        completed_at: node.completedAt,
        message: node.message ?? null,
      }),
    );
  const builtIds = new Set(built.map((row) => row.unique_id));
  const touched = groupBy(
    [...expectedTests].filter(([id, tests]) => !builtIds.has(id) && tests.some((test) => isNews(statusOf.get(test), statusOf))),
    ([id]) => testedIn(id),
  );
  const tested = [...(touched.get("pass") ?? []), ...(touched.get("fail") ?? [])].map(
    ([id]): NodeBuildRow => ({
      ...base,
      unique_id: id,
      status: "success",
      tested: testedIn(id),
      completed_at: result.completedAt,
      message: null,
    }),
  );
  return { built, tested };
}

/**
 * A test that was not run again, or was not reached, says nothing that is not recorded already; and one that kept a model
 * from being published speaks of what was never published.
 */
function isNews(result: NodeResult | undefined, statusOf: ReadonlyMap<string, NodeResult>): boolean {
  if (!result || result.status === "reused" || result.status === "skipped") return false;
  return result.stageId === result.uniqueId || statusOf.get(result.stageId)?.status === "success";
}
