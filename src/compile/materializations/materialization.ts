/** What a materialization is: how a compiled model becomes a relation, as data that a plan can hold. */
import type { Diagnostic } from "../../core/diagnostic.ts";
import type { MappedText } from "../../core/mapped-text.ts";
import type { Model } from "../../parse/resource.ts";
import type { CompiledModel } from "../compiled.ts";
import type { JavascriptTask } from "../javascript.ts";
import type { Relation } from "../values.ts";
import type { FileOutput } from "./external.ts";
import type { BatchPlan } from "./incremental/batches.ts";
import type { Increment } from "./incremental/strategy.ts";

export type RelationType = "view" | "table";

/** One thing to do on the connection, inside the node's transaction. */
export type Step =
  /** Drops the relation if it is there with another type than `keep`, because one cannot replace the other. */
  | { readonly kind: "drop_other_type"; readonly relation: Relation; readonly keep: RelationType }
  | { readonly kind: "sql"; readonly sql: MappedText }
  /** Fills a table that is there with what a model in JavaScript returns. */
  | { readonly kind: "javascript"; readonly into: Relation; readonly task: JavascriptTask };

export interface Materialization {
  readonly description: string;
  /** What stands in the warehouse afterwards; undefined for nothing at all. */
  readonly relationType: RelationType | undefined;
  /** Whether its rows are those of the model's query, no more and no fewer: then a contract is checked before anything is computed. */
  readonly isItsQuery?: boolean;
  /** Whether its steps create the table with the model's constraints in it; those of other tables are checked in the build. */
  readonly holdsConstraints?: boolean;
  /** Whether its SQL is compiled a second time, with `is_incremental` true. */
  readonly isIncremental?: boolean;
  /** What a model's settings lack or contradict; `startedAt` is when the run began, and asked for only where it matters. */
  readonly check?: (model: Model, run: { readonly startedAt: string }) => readonly Diagnostic[];
  /** How the relation is made anew, whatever is there. */
  readonly steps: (model: CompiledModel) => readonly Step[];
  /** How it is added to when it is there already; `undefined` where it is always made anew. */
  readonly increment?: (model: CompiledModel) => Increment | undefined;
  /** How it is made in batches of time instead. */
  readonly batches?: (model: CompiledModel) => BatchPlan | undefined;
  /** The files that it is made of, if it is not made of rows in the warehouse. */
  readonly files?: (model: CompiledModel) => FileOutput | undefined;
}
