/**
 * The thread in which a model in JavaScript runs, by itself: an endless loop in it can be ended, what it forgets to await
 * ends nothing else, and the next run loads its module afresh. It reaches the database only by asking the process.
 */
import { inspect } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import type { Failure, FromWorker, Question, ReadName, Thrown, ToWorker, WorkerTask } from "./protocol.ts";
import { BadRows, BadValue, type Batch, rowBatches } from "./row-batches.ts";

type Row = Readonly<Record<string, unknown>>;

class Refused extends Error {
  readonly refusal: number;
  constructor(message: string, refusal: number) {
    super(message);
    this.refusal = refusal;
  }
}

class UndeclaredRead extends Error {}

// A frame of the model may lie below many of a library.
Error.stackTraceLimit = 50;
const task = workerData as WorkerTask;
const send = (message: FromWorker): void => parentPort?.postMessage(message);
const waiting = new Map<number, (answer: ToWorker) => void>();
let questions = 0;
parentPort?.on("message", (answer: ToWorker) => {
  const resolve = waiting.get(answer.id);
  waiting.delete(answer.id);
  resolve?.(answer);
});
// A model that waits for nothing shall not wait forever.
parentPort?.unref();

/** The error of a refusal is made before the question is sent, because later the stack no longer leads to who asked. */
async function ask(question: Question): Promise<unknown> {
  const error = new Refused("", 0);
  const id = questions++;
  parentPort?.ref();
  const answer = await new Promise<ToWorker>((resolve) => {
    waiting.set(id, resolve);
    send({ kind: "question", id, question });
  });
  if (waiting.size === 0) parentPort?.unref();
  if ("refusal" in answer) throw Object.assign(error, { message: answer.message, refusal: answer.refusal });
  return answer.answer;
}

function relation(wanted: ReadName, what: string) {
  const read = task.reads.findIndex((known) => isSame(known, wanted));
  if (read < 0) throw new UndeclaredRead(what);
  async function* batches(): AsyncGenerator<readonly Row[]> {
    const cursor = (await ask({ kind: "open", read })) as number;
    try {
      for (;;) {
        const rows = (await ask({ kind: "next", cursor })) as readonly Row[] | undefined;
        if (rows === undefined) return;
        yield rows;
      }
    } finally {
      await ask({ kind: "close", cursor });
    }
  }
  return {
    batches,
    rows: async (): Promise<readonly Row[]> => {
      const all: Row[] = [];
      for await (const batch of batches()) for (const row of batch) all.push(row);
      return all;
    },
  };
}

interface VersionOption {
  readonly v?: string | number;
  readonly version?: string | number;
}

/** `ref("orders")`, `ref("package", "orders")`, and either with `{ v: 2 }`. */
function ref(first: string, ...rest: readonly (string | VersionOption)[]) {
  const second = rest.find((item) => typeof item === "string");
  const { v, version = v } = rest.find((item) => typeof item === "object") ?? {};
  const name = second ?? first;
  const what = `"${name}"${version === undefined ? "" : ` in version ${version}`}${second === undefined ? "" : ` of the package "${first}"`}`;
  return relation({ kind: "ref", name, package: second === undefined ? undefined : first, version }, what);
}

function isSame(a: ReadName, b: ReadName): boolean {
  if (a.kind === "ref") return b.kind === "ref" && a.name === b.name && a.package === b.package && String(a.version) === String(b.version);
  return b.kind === "source" && a.source === b.source && a.table === b.table;
}

const log = (...parts: readonly unknown[]): void => {
  const text = parts.map((part) => (typeof part === "string" ? part : inspect(part, { depth: 3 }))).join(" ");
  send({ kind: "log", text });
};

async function makeContext(): Promise<Readonly<Record<string, unknown>>> {
  const libraries = await Promise.all(Object.entries(task.libraries).map(async ([name, url]) => [name, ((await import(url)) as Row)[name]] as const));
  return Object.freeze({
    ...task.context,
    ...Object.fromEntries(libraries),
    log,
    ref,
    source: (source: string, table: string) => relation({ kind: "source", source, table }, `the source "${source}.${table}"`),
  });
}

async function append(batch: Batch): Promise<void> {
  try {
    await ask({ kind: "append", ...batch });
  } catch (error) {
    // What cannot be carried to the process, such as a function inside a list, is looked for only now.
    if (error instanceof Refused) throw error;
    throw findUncloneable(batch) ?? error;
  }
}

function findUncloneable({ columns, rows, firstRow }: Batch): BadValue | undefined {
  for (let row = 0; row < rows; row++) {
    for (const [i, column] of columns.entries()) {
      try {
        structuredClone(column[row]);
      } catch {
        return new BadValue(firstRow + row, task.columns[i] ?? "", "a value with a function in it");
      }
    }
  }
  return undefined;
}

async function run(): Promise<Failure | undefined> {
  let model: unknown;
  try {
    model = ((await import(task.moduleUrl)) as { readonly default?: unknown }).default;
  } catch (error) {
    return { kind: "not loaded", thrown: describe(error) };
  }
  if (typeof model !== "function")
    return { kind: "no function", problem: model === undefined ? "it has no default export" : "its default export is no function" };
  try {
    const returned: unknown = await model(await makeContext());
    for await (const batch of rowBatches(returned, task.columns)) await append(batch);
    return undefined;
  } catch (error) {
    if (error instanceof BadRows) return { kind: "bad rows", problem: error.message, columns: error.columns };
    if (error instanceof BadValue) return { kind: "bad value", row: error.row, column: error.column, valueKind: error.message };
    if (error instanceof UndeclaredRead) return { kind: "undeclared read", what: error.message, stack: String(error.stack) };
    return { kind: "threw", thrown: describe(error) };
  }
}

function describe(error: unknown): Thrown {
  if (!(error instanceof Error)) return { name: "", message: typeof error === "string" ? error : inspect(error), stack: "", refusal: undefined };
  const { name, message, stack = "" } = error;
  return { name, message, stack, refusal: error instanceof Refused ? error.refusal : undefined };
}

// The model's words must not end up among what programs read from the standard output.
for (const method of ["log", "info", "warn", "error", "debug"] as const) globalThis.console[method] = log;
send({ kind: "ended", failure: await run() });
