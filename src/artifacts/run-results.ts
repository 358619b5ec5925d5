/**
 * What became of each node, as dbt's run results (version 6). Also of a run that was interrupted: it holds the nodes that
 * have a result. Pure; what was measured is handed in.
 */
import { type CompiledProject, codeOf } from "../compile/compiled.ts";
import type { Config } from "../config/config.ts";
import type { NodeResult, RunResult } from "../ports/run-event.ts";
import { artifactMetadata } from "./metadata.ts";
import { relationName } from "./relation-name.ts";

export interface RunResultsInput {
  readonly config: Config;
  readonly compiled: CompiledProject | undefined;
  /** Name of the main database, such as `warehouse` or `memory`. */
  readonly catalogName: string;
  /** How retain was called; `which` is added. Must hold no secrets. */
  readonly args: Readonly<Record<string, unknown>>;
  /** retain's own version. */
  readonly version: string;
  /** ISO 8601; default: when the run was over. */
  readonly generatedAt?: string | undefined;
}

export function createRunResults(result: RunResult, input: RunResultsInput): Record<string, unknown> {
  const { invocationId, startedAt, completedAt, interrupted } = result;
  const invocation = { invocationId, startedAt, generatedAt: input.generatedAt ?? completedAt };
  return {
    metadata: artifactMetadata("runResults", invocation, input.version, interrupted ? { RETAIN_INTERRUPTED: "true" } : {}),
    results: result.results.map((node) => toResult(node, input)),
    elapsed_time: result.seconds,
    args: { which: result.command, ...input.args },
  };
}

function toResult(result: NodeResult, { config, compiled, catalogName }: RunResultsInput): Record<string, unknown> {
  const entry = compiled?.nodes.get(result.uniqueId);
  const code = entry === undefined || entry.kind === "seed" ? null : codeOf(entry);
  const { startedAt, completedAt } = result;
  return {
    status: result.status,
    // All SQL is compiled before the first node starts, so that a node's own share of it takes no time.
    timing:
      result.status === "skipped" || result.status === "reused"
        ? []
        : [
            { name: "compile", started_at: startedAt, completed_at: startedAt },
            { name: "execute", started_at: startedAt, completed_at: completedAt },
          ],
    // Numbers begin with 1; what was skipped never had a thread.
    thread_id: result.thread > 0 ? `Thread-${result.thread}` : "MainThread",
    execution_time: result.seconds,
    adapter_response: {},
    message: result.message ?? result.diagnostics[0]?.message ?? null,
    failures: wholeNumber(result.failures),
    unique_id: result.uniqueId,
    compiled: code === null ? null : true,
    compiled_code: code,
    ...(result.batches && { batch_results: result.batches }),
    relation_name: entry === undefined ? null : relationName(entry.node, { catalogName, targetSchema: config.target.schema }),
  };
}

/** A fail_calc may be any number; the schema wants a whole one, and a part of a failure must not become none. */
function wholeNumber(failures: number | undefined): number | null {
  if (failures === undefined || !Number.isFinite(failures)) return null;
  return failures > 0 ? Math.ceil(failures) : Math.floor(failures);
}
