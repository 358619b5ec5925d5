/** What the parts of a stage are handed and hand back: the run's clock and dialect, what stood in the warehouse, what was written. */
import type { RelationType } from "../compile/materializations/materialization.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { Connection } from "../ports/engine.ts";
import type { TypeNames } from "./check-contract.ts";
import type { JavascriptHost } from "./javascript/run-javascript.ts";
import type { FailureFile } from "./run-test.ts";
import type { Describe } from "./unit/describe-shapes.ts";

/** What there is to say about a relation that was written; an error among the diagnostics keeps it from being published. */
export interface Written {
  readonly message?: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** What becomes visible outside of the warehouse once the transaction is committed. */
  readonly afterCommit?: (() => Promise<readonly Diagnostic[]>) | undefined;
  /** Takes back what was written outside of the warehouse, when it is not. */
  readonly discard?: (() => Promise<void>) | undefined;
}

export function relationKey(relation: { readonly schema: string; readonly name: string }): string {
  return `${relation.schema}.${relation.name}`.toLowerCase();
}

export interface StageContext {
  readonly dialect: Dialect;
  readonly now: () => Date;
  readonly thread: number;
  /** When the run began: ISO 8601, UTC. */
  readonly startedAt: string;
  /** What stands in the warehouse under `schema.name`, in lower case, before the run. */
  readonly existing: ReadonlyMap<string, RelationType>;
  /** Those of them that grow over the runs and were made of a part of their inputs: they are made anew. */
  readonly partial: ReadonlySet<string>;
  readonly types: TypeNames;
  /** Columns and types of what unit tests read. */
  readonly describe: Describe;
  readonly failureFile: (name: string) => FailureFile | undefined;
  /** Another connection, for reading beside the transaction; whoever asks for it closes it. */
  readonly connect: () => Promise<Connection>;
  readonly signal: AbortSignal;
  /** Says something while the stage is still running. */
  readonly say: (diagnostic: Diagnostic) => void;
  readonly javascript: JavascriptHost;
  readonly failFast: boolean;
}
