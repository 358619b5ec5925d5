/**
 * Runs a model in JavaScript: in a thread of its own, reading on connections of their own, writing through an appender into
 * the table that the stage's transaction has just created. Rows pass through in batches, so memory does not grow with them.
 */
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { JavascriptTask } from "../../compile/javascript.ts";
import { isRelation, type Relation } from "../../compile/values.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import type { Dependency } from "../../parse/template.ts";
import type { ModelStage } from "../../plan/plan.ts";
import type { Appender, Connection, Row } from "../../ports/engine.ts";
import type { StageContext } from "../stage-context.ts";
import { explainFailure } from "./explain-failure.ts";
import type { Failure, FromWorker, Question, ReadName, ToWorker, WorkerTask } from "./protocol.ts";

/** What the process lends to models in JavaScript. */
export interface JavascriptHost {
  /** The worker's own module; it has to be JavaScript, whatever the rest of the program runs from. */
  readonly worker: URL;
  /** What models are handed by name: each is the export of that name of a module. */
  readonly libraries: Readonly<Record<string, string>>;
}

export const javascriptHost: JavascriptHost = {
  worker: new URL("./model-worker.js", import.meta.url),
  libraries: { analytics: new URL("../../analytics/analytics.js", import.meta.url).href },
};

/** Node's exit code for a module that waits while nothing is left that could go on. */
const unsettled = 13;

/** How a conversation with the worker ended. */
export type Ending =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The thread itself failed: an error that nobody caught, or the model ended it. */
  | { readonly kind: "died"; readonly error: Error | undefined; readonly waits: boolean }
  | { readonly kind: "interrupted" };

export async function runJavascript(
  connection: Connection,
  into: Relation,
  task: JavascriptTask,
  stage: ModelStage,
  context: StageContext,
): Promise<readonly Diagnostic[]> {
  const { worker: url, libraries } = context.javascript;
  const appender = await connection.append(into);
  const reader = createReader(task, context);
  /** What the worker was refused, for when that is what its model fails with. */
  const refusals: unknown[] = [];
  const answer = async (question: Question): Promise<unknown> => {
    if (question.kind !== "append") return reader.answer(question);
    return append(appender, question);
  };
  const data: WorkerTask = {
    moduleUrl: pathToFileURL(task.absolutePath).href,
    columns: task.columns.map((column) => column.name),
    reads: task.reads.map(({ dependency }) => toReadName(dependency)),
    context: toPlain(task.context) as WorkerTask["context"],
    libraries,
  };
  const say = (text: string): void => context.say(diagnose("RT0446", { model: stage.name, text }, { span: { file: task.file, start: 0, end: 0 } }));
  let ending: Ending;
  try {
    ending = await converse(url, data, { answer, say, refusals, signal: context.signal });
    if (ending.kind === "done") await appender.close();
  } catch (error) {
    ending = { kind: "died", error: error instanceof Error ? error : new Error(String(error)), waits: false };
  } finally {
    await reader.close();
  }
  if (ending.kind === "done") return [];
  await appender.discard();
  return [await explainFailure(ending, { task, stage, refusals })];
}

interface Conversation {
  readonly answer: (question: Question) => Promise<unknown>;
  readonly say: (text: string) => void;
  readonly refusals: unknown[];
  readonly signal: AbortSignal;
}

async function converse(url: URL, data: WorkerTask, { answer, say, refusals, signal }: Conversation): Promise<Ending> {
  if (signal.aborted) return { kind: "interrupted" };
  const worker = new Worker(url, { workerData: data, stdout: true, stderr: true });
  for (const stream of [worker.stdout, worker.stderr]) stream.setEncoding("utf8").on("data", (text: string) => say(text.trimEnd()));
  let stop = (): void => undefined;
  try {
    return await new Promise<Ending>((resolve) => {
      stop = () => resolve({ kind: "interrupted" });
      signal.addEventListener("abort", stop);
      worker.on("message", (message: FromWorker) => {
        if (message.kind === "log") say(message.text);
        else if (message.kind === "ended") resolve(message.failure ? { kind: "failed", failure: message.failure } : { kind: "done" });
        else {
          const { id, question } = message;
          answer(question).then(
            (given) => worker.postMessage({ id, answer: given } satisfies ToWorker),
            (error: unknown) => {
              const refusal = refusals.push(error) - 1;
              worker.postMessage({ id, refusal, message: error instanceof Error ? error.message : String(error) } satisfies ToWorker);
            },
          );
        }
      });
      worker.on("error", (error) => resolve({ kind: "died", error, waits: false }));
      worker.on("exit", (code) => resolve({ kind: "died", error: undefined, waits: code === unsettled }));
    });
  } finally {
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
}

/** Says of a value that does not fit which row of the whole model it is in. */
async function append(appender: Appender, { columns, rows, firstRow }: Extract<Question, { kind: "append" }>): Promise<void> {
  try {
    await appender.append(columns, rows);
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { firstRow }) : error;
  }
}

/** One connection for each relation that is being read: a result that is still open does not survive another statement. */
function createReader(task: JavascriptTask, context: StageContext) {
  const cursors = new Map<number, { readonly connection: Connection; readonly batches: AsyncIterator<readonly Row[]> }>();
  let opened = 0;
  const close = async (cursor: number): Promise<void> => {
    const found = cursors.get(cursor);
    cursors.delete(cursor);
    await found?.batches.return?.();
    found?.connection.close();
  };
  return {
    answer: async (question: Exclude<Question, { kind: "append" }>): Promise<unknown> => {
      if (question.kind === "close") return close(question.cursor);
      if (question.kind === "next") {
        const next = await cursors.get(question.cursor)?.batches.next();
        return next?.done ? undefined : next?.value;
      }
      const connection = await context.connect();
      cursors.set(opened, { connection, batches: connection.read(task.reads[question.read]?.sql.text ?? "")[Symbol.asyncIterator]() });
      return opened++;
    },
    close: async () => {
      await Promise.all([...cursors.keys()].map(close));
    },
  };
}

function toReadName(dependency: Dependency): ReadName {
  return dependency.kind === "ref"
    ? { kind: "ref", name: dependency.name, package: dependency.package, version: dependency.version }
    : { kind: "source", source: dependency.source, table: dependency.table };
}

/** Relations become their SQL: what a model is told must be plain data. */
function toPlain(value: unknown): unknown {
  if (isRelation(value)) return value.sql;
  if (Array.isArray(value)) return value.map(toPlain);
  if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
  return value;
}
