/**
 * run_results.json read back: what a retry has to do, and the old picture with the new results in it, so that the file
 * always tells of the whole run. Pure.
 */
import { record } from "./earlier/earlier-manifest.ts";

/** run_results.json as a value. */
export type RunResults = Readonly<Record<string, unknown>>;

export interface PreviousRun {
  readonly invocationId: string;
  /** The command that was run, such as `build`. */
  readonly command: string | undefined;
  readonly args: Readonly<Record<string, unknown>>;
  /** When the run began that all retries complete; ISO 8601. */
  readonly startedAt: string;
  readonly generatedAt: string;
  readonly statuses: ReadonlyMap<string, string>;
}

const unfinished: ReadonlySet<string> = new Set(["error", "fail", "skipped", "partial success", "runtime error"]);

export function readPreviousRun(results: RunResults): PreviousRun {
  const { invocation_id, invocation_started_at, generated_at } = record(results["metadata"]);
  const args = record(results["args"]);
  const command = args["which"];
  return {
    invocationId: String(invocation_id ?? ""),
    command: typeof command === "string" ? command : undefined,
    args,
    startedAt: String(args["run_started_at"] ?? invocation_started_at ?? generated_at ?? ""),
    generatedAt: String(generated_at ?? ""),
    statuses: new Map(listOf(results).map((node) => [String(node["unique_id"]), String(node["status"])])),
  };
}

/** The nodes that failed, or were skipped because others did. */
export function unfinishedNodes({ statuses }: PreviousRun): readonly string[] {
  return [...statuses].filter(([, status]) => unfinished.has(status)).map(([id]) => id);
}

/** The results of `before` with those of `now` in their place; the head is that of `now`, the flags those of the first run. */
export function mergeRunResults(before: RunResults, now: RunResults): RunResults {
  const fresh = new Map(listOf(now).map((node) => [String(node["unique_id"]), node]));
  const merged = listOf(before).map((node) => {
    const id = String(node["unique_id"]);
    const found = fresh.get(id);
    fresh.delete(id);
    return found ?? node;
  });
  const seconds = Number(before["elapsed_time"] ?? 0) + Number(now["elapsed_time"] ?? 0);
  const { startedAt } = readPreviousRun(before);
  return { ...now, results: [...merged, ...fresh.values()], elapsed_time: seconds, args: { ...record(before["args"]), run_started_at: startedAt } };
}

function listOf(results: RunResults): readonly Readonly<Record<string, unknown>>[] {
  const list = results["results"];
  return Array.isArray(list) ? list.map(record) : [];
}
