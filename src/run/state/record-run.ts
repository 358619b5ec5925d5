/** Writes a finished run into the state database: the run itself and what it made of each node. Its caller opens the transaction. */
import { groupBy } from "../../core/group-by.ts";
import type { Connection } from "../../ports/engine.ts";
import { isFailure, type NodeResult, type RunResult } from "../../ports/run-event.ts";
import { replaceRows } from "./replace-rows.ts";
import type { NodeBuildRow } from "./tables.ts";

/** `expectedTests` are, for each node, all the enabled tests that must pass before it counts as tested. */
export async function recordRun(
  connection: Connection,
  result: RunResult,
  expectedTests: ReadonlyMap<string, readonly string[]>,
  { isLimited = false }: { readonly isLimited?: boolean } = {},
): Promise<void> {
  const failed = result.results.some((node) => isFailure(node.status) || node.status === "skipped");
  const status = result.interrupted ? "interrupted" : failed ? "failed" : "success";
  const { built, tested } = nodeBuilds(result, expectedTests);
  const limited = tested.length > 0 ? await findLimited(connection, result.targetName) : new Set<string>();
  const rows = isLimited
    ? built.map((row) => ({ ...row, tested: "untested", message: row.message ?? limitedMessage }))
    : [...built, ...tested.filter((row) => !limited.has(row.unique_id))];
  const { invocationId, command, targetName, startedAt, completedAt } = result;
  await connection.query("insert into runs values ($1, $2, $3, $4, $5, $6)", [invocationId, command, targetName, startedAt, completedAt, status]);
  await replaceRows(connection, "node_builds", { target: targetName, ids: rows.map((row) => row.unique_id), rows });
}

export const limitedMessage = "it was built with --empty or --sample, from a part of its inputs";

/** Tests that pass on a part of the data say nothing about the whole: such nodes stay untested until they are built again. */
export async function findLimited(connection: Connection, target: string): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query("select unique_id from node_builds where target = $1 and message = $2", [target, limitedMessage]);
  return new Set(rows.map((row) => String(row["unique_id"])));
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
