/** What an execution is handed: the warehouse, the clock, who listens, and when to stop. */
import type { Dialect } from "../ports/dialect.ts";
import type { Database } from "../ports/engine.ts";
import type { NodeResult, RunEvent } from "../ports/run-event.ts";
import type { JavascriptHost } from "./javascript/run-javascript.ts";
import type { FailureFile } from "./run-test.ts";
import type { OpenScratch } from "./unit/scratch.ts";

export interface ExecuteOptions {
  readonly database: Database;
  /** Opens a database in memory for unit tests, which need no warehouse. */
  readonly openScratch?: OpenScratch;
  readonly dialect: Dialect;
  readonly threads: number;
  readonly failFast: boolean;
  readonly invocation: {
    readonly invocationId: string;
    readonly startedAt: string;
  };
  readonly projectName: string;
  readonly emit: (event: RunEvent) => void;
  /** Aborting stops scheduling and interrupts what is running. */
  readonly signal: AbortSignal;
  readonly failureFile: (name: string) => FailureFile | undefined;
  readonly now?: () => Date;
  readonly javascript?: JavascriptHost;
  /** Nodes that are left as they are; they are told of before anything runs. */
  readonly reused?: readonly NodeResult[];
  /** Why nodes are not left as they are, by unique id. */
  readonly reasons?: ReadonlyMap<string, string> | undefined;
}
