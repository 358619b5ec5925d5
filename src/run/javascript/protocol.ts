/**
 * What the process and the worker that runs a model in JavaScript say to each other. The worker asks, one question after
 * another, and the process answers; all of it is plain data that a structured clone can carry.
 */

import type { WrongColumns } from "./row-batches.ts";

/** A relation that the model may read, by the words with which it asks for it. */
export type ReadName =
  | { readonly kind: "ref"; readonly name: string; readonly package: string | undefined; readonly version: string | number | undefined }
  | { readonly kind: "source"; readonly source: string; readonly table: string };

export interface WorkerTask {
  readonly moduleUrl: string;
  readonly columns: readonly string[];
  readonly reads: readonly ReadName[];
  /** What the model's function is handed besides the means to read. */
  readonly context: Readonly<Record<string, unknown>>;
  /** What else it is handed, by name: each is the export of that name of a module. */
  readonly libraries: Readonly<Record<string, string>>;
}

export type Question =
  /** Answered by the number of a cursor. */
  | { readonly kind: "open"; readonly read: number }
  /** Answered by rows, or undefined at the end. */
  | { readonly kind: "next"; readonly cursor: number }
  | { readonly kind: "close"; readonly cursor: number }
  /** `firstRow` counts all rows of the model from 1. */
  | { readonly kind: "append"; readonly columns: readonly (readonly unknown[])[]; readonly rows: number; readonly firstRow: number };

export type FromWorker =
  | { readonly kind: "question"; readonly id: number; readonly question: Question }
  | { readonly kind: "log"; readonly text: string }
  | { readonly kind: "ended"; readonly failure: Failure | undefined };

/** A refusal is a number under which the process remembers why. */
export type ToWorker = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly refusal: number; readonly message: string };

export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Why the process refused something, if that was what was thrown. */
  readonly refusal: number | undefined;
}

export type Failure =
  | { readonly kind: "not loaded"; readonly thrown: Thrown }
  | { readonly kind: "no function"; readonly problem: string }
  | { readonly kind: "threw"; readonly thrown: Thrown }
  | { readonly kind: "undeclared read"; readonly what: string; readonly stack: string }
  /** `problem` goes on after "returned". */
  | { readonly kind: "bad rows"; readonly problem: string; readonly columns: WrongColumns | undefined }
  | { readonly kind: "bad value"; readonly row: number; readonly column: string; readonly valueKind: string };
