/**
 * Normalises all batches of an audience, in order: the first ones here, and when there are many, the rest in threads, one a
 * core. Normalising and hashing is most of the work of an export, and all that a second core can be given. Only a few batches are
 * under way at a time, so that memory does not grow with the audience.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ColumnBatch } from "../ports/engine.ts";
import { createNormaliser, type NormaliseTask, type StagedBatch } from "./normalise-people.ts";

/** A thread takes as long to start as that many people take to be normalised. */
const peopleBeforeThreads = 20_000;
const mostThreads = 4;
/** So that no thread waits for the next one. */
const batchesPerThread = 3;

const normaliseThread = new URL("./normalise-thread.js", import.meta.url);

/** `thread` is the module of the threads; it has to be JavaScript, whatever the rest of the program runs from. */
export async function* normaliseBatches(batches: AsyncIterable<ColumnBatch>, task: NormaliseTask, thread = normaliseThread): AsyncGenerator<StagedBatch> {
  const here = createNormaliser(task);
  const threads: NormaliseThread[] = [];
  const underWay: Promise<StagedBatch>[] = [];
  let people = 0;
  let next = 0;
  try {
    for await (const batch of batches) {
      people += batch.rows;
      if (people <= peopleBeforeThreads) {
        yield here(batch);
        continue;
      }
      while (threads.length < Math.min(availableParallelism(), mostThreads)) threads.push(new NormaliseThread(thread, task));
      underWay.push((threads[next++ % threads.length] as NormaliseThread).normalise(batch));
      if (underWay.length >= threads.length * batchesPerThread) yield (await underWay.shift()) as StagedBatch;
    }
    while (underWay.length > 0) yield (await underWay.shift()) as StagedBatch;
  } finally {
    await Promise.all(threads.map((one) => one.end()));
  }
}

interface Waiting {
  readonly resolve: (batch: StagedBatch) => void;
  readonly reject: (error: Error) => void;
}

class NormaliseThread {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private failure: Error | undefined;

  constructor(module: URL, task: NormaliseTask) {
    this.worker = new Worker(module, { workerData: task });
    this.worker.on("message", (batch: StagedBatch) => this.waiting.shift()?.resolve(batch));
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", () => this.fail(new Error("a thread that normalises has ended")));
  }

  normalise(batch: ColumnBatch): Promise<StagedBatch> {
    const answer = new Promise<StagedBatch>((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(batch);
    });
    // Awaited in its turn, or never when something else failed before.
    answer.catch(() => undefined);
    return answer;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}
