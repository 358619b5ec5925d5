/** How fresh each source was, as dbt's sources.json (version 3). Pure. */
import type { FreshnessResult } from "../run/check-freshness.ts";
import { criteriaOf } from "./freshness-criteria.ts";
import { type ArtifactInvocation, artifactMetadata, inUtc } from "./metadata.ts";

export function createSources(results: readonly FreshnessResult[], invocation: ArtifactInvocation, version: string): Record<string, unknown> {
  return {
    metadata: artifactMetadata("sources", invocation, version),
    results: results.map(toResult),
    elapsed_time: (Date.parse(invocation.generatedAt) - Date.parse(invocation.startedAt)) / 1000,
  };
}

function toResult(result: FreshnessResult): Record<string, unknown> {
  const { table, startedAt, completedAt } = result;
  if (result.status === "runtime error") return { unique_id: table.uniqueId, error: result.diagnostic.message, status: "runtime error" };
  return {
    unique_id: table.uniqueId,
    max_loaded_at: inUtc(result.maxLoadedAt),
    snapshotted_at: inUtc(result.snapshottedAt),
    max_loaded_at_time_ago_in_s: result.ageSeconds,
    status: result.status,
    criteria: criteriaOf(table.freshness),
    adapter_response: {},
    timing: [
      { name: "compile", started_at: startedAt, completed_at: startedAt },
      { name: "execute", started_at: startedAt, completed_at: completedAt },
    ],
    thread_id: "Thread-1",
    execution_time: (Date.parse(completedAt) - Date.parse(startedAt)) / 1000,
  };
}
