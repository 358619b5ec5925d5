/**
 * What a run leaves behind while it goes on, so that nothing is forgotten when its process is killed: one file a run, a
 * line for what was planned and a line for each node that finished. Whoever holds the warehouse next reads it and finishes
 * the bookkeeping. A journal that cannot be written is given up: it must never stop a build.
 */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { NodeResult, RunResult } from "../ports/run-event.ts";

export interface JournalHead {
  readonly invocationId: string;
  readonly command: string;
  readonly targetName: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The flags of the run, as run_results.json has them. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The run whose results this one completes. */
  readonly completes: string | undefined;
  /** What there is to say of each node if it is never reached. */
  readonly planned: readonly NodeResult[];
}

export interface Journal {
  record(result: NodeResult): void;
  /** The run is written down elsewhere: the journal is not needed any more. */
  remove(): void;
}

/** A journal found later. */
export interface UnfinishedRun {
  readonly head: JournalHead;
  readonly results: readonly NodeResult[];
  /** Forgets it. */
  readonly remove: () => void;
}

/** `prefix` is what the absolute paths of all journals begin with. */
export function startJournal(prefix: string, head: JournalHead): Journal {
  const path = `${prefix}${head.invocationId}.ndjson`;
  let file: number | undefined;
  const write = (line: unknown): void => {
    if (file === undefined) return;
    try {
      writeSync(file, `${JSON.stringify(line)}\n`);
    } catch {
      close();
    }
  };
  const close = (): void => {
    const open = file;
    file = undefined;
    if (open !== undefined) closeSync(open);
  };
  try {
    mkdirSync(dirname(path), { recursive: true });
    file = openSync(path, "wx");
  } catch {
    // Then there is none.
  }
  write({ ...head, planned: head.planned.map(brief) });
  return {
    record: (result) => write(brief(result)),
    remove: () => {
      close();
      rmSync(path, { force: true });
    },
  };
}

/** Rows and diagnostics are for the screen; what is left is small and holds no data. */
function brief({ failingRows: _, diagnostics: _diagnostics, ...result }: NodeResult): unknown {
  return result;
}

/** All journals, oldest first. A last line that was cut off by the end of the process is left out. */
export function readJournals(prefix: string): readonly UnfinishedRun[] {
  let names: readonly string[];
  try {
    names = readdirSync(dirname(prefix)).filter((name) => name.startsWith(basename(prefix)) && name.endsWith(".ndjson"));
  } catch {
    return [];
  }
  return names
    .flatMap((name): readonly UnfinishedRun[] => {
      const path = join(dirname(prefix), name);
      const remove = (): void => rmSync(path, { force: true });
      try {
        const [head, ...results] = readFileSync(path, "utf8").split("\n").slice(0, -1).map(toValue);
        // Without its first line nothing had begun.
        if (head === undefined) remove();
        return head === undefined ? [] : [{ head: toHead(head), results: results.map(toResult), remove }];
      } catch {
        return [];
      }
    })
    .toSorted((a, b) => (a.head.startedAt < b.head.startedAt ? -1 : 1));
}

function toValue(line: string): object {
  return JSON.parse(line) as object;
}

function toHead(value: object): JournalHead {
  const head = value as JournalHead;
  return { ...head, planned: head.planned.map(toResult) };
}

/** What JSON leaves out is undefined. */
function toResult(line: object): NodeResult {
  return { message: undefined, failures: undefined, relationName: undefined, ...line, failingRows: undefined, diagnostics: [] } as unknown as NodeResult;
}

/** The run as far as it came. What was not finished counts as skipped: it was rolled back, or is not known to be whole. */
export function asRunResult({ head, results }: UnfinishedRun): RunResult {
  const { invocationId, command, targetName, startedAt, planned } = head;
  const completedAt = results.at(-1)?.completedAt ?? startedAt;
  const done = new Set(results.map(({ uniqueId }) => uniqueId));
  const left = planned.filter(({ uniqueId }) => !done.has(uniqueId)).map((node): NodeResult => ({ ...node, startedAt: completedAt, completedAt }));
  const seconds = (Date.parse(completedAt) - Date.parse(startedAt)) / 1000;
  return { invocationId, command, targetName, startedAt, completedAt, seconds, results: [...results, ...left], interrupted: true };
}
