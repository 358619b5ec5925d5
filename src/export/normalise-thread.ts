/** A thread that normalises: it is handed batches and hands back people, in the order in which they came. */
import { parentPort, workerData } from "node:worker_threads";
import type { ColumnBatch } from "../ports/engine.ts";
import { createNormaliser, type NormaliseTask } from "./normalise-people.ts";

const normalise = createNormaliser(workerData as NormaliseTask);
parentPort?.on("message", (batch: ColumnBatch) => parentPort?.postMessage(normalise(batch)));
