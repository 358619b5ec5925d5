/**
 * What a program may ask for: the command line's options, by the names that programs give them. What is declared here and in
 * the other files of this folder is all that a program's compiler reads: they name no type of the stages inside.
 */
import type { RunEvent } from "../ports/run-event.ts";

export interface OpenProjectOptions {
  /** Where the search for a retain.yml begins; default: the process's working directory. */
  readonly cwd?: string | undefined;
  /** The folder that holds the retain.yml. It goes before the search, and before RETAIN_PROJECT_DIR. */
  readonly projectDir?: string | undefined;
  /** A target of retain.yml; default: RETAIN_TARGET, then default_target. */
  readonly target?: string | undefined;
  /** Over the variables of retain.yml. */
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
  /** Over what `.env` says; default: the environment of the process as it is now. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Warnings are errors. */
  readonly warnError?: boolean | undefined;
  /** `false` reads everything anew and keeps nothing below `.retain/cache`. */
  readonly cache?: boolean | undefined;
}

/** Nodes, as `--select` and its companions choose them; everything when nothing is said. */
export interface SelectOptions {
  readonly select?: string | readonly string[] | undefined;
  readonly exclude?: string | readonly string[] | undefined;
  /** A selection by its name in selectors.yml. */
  readonly selector?: string | undefined;
  /** Folder with the artifacts of an earlier run, for state:, result:, source_status: and `defer`. */
  readonly state?: string | undefined;
  readonly indirectSelection?: "eager" | "cautious" | "buildable" | "empty" | undefined;
}

export interface PlanOptions extends SelectOptions {
  /** Default: `build`. */
  readonly command?: "build" | "run" | "seed" | "snapshot" | "test" | undefined;
  readonly fullRefresh?: boolean | undefined;
  /** Leaves as they are the nodes that were built of the same before. */
  readonly changed?: boolean | undefined;
  /** Reads what is not selected and not built here from the warehouse of `state`, or of `deferTarget`. */
  readonly defer?: boolean | undefined;
  readonly deferTarget?: string | undefined;
  readonly favorState?: boolean | undefined;
  /** Reads no rows of any input. */
  readonly empty?: boolean | undefined;
  /** Reads a part of each input: `100`, `5%` or `5%:customer_id`. */
  readonly sample?: string | undefined;
  readonly eventTimeStart?: string | undefined;
  readonly eventTimeEnd?: string | undefined;
  /** How long to wait for a warehouse that somebody else holds, in this process or in another; default: 10. */
  readonly lockTimeoutSeconds?: number | undefined;
  /** Aborting ends a run as Ctrl-C does: what runs is interrupted and rolled back, and what was done is written down. */
  readonly signal?: AbortSignal | undefined;
}

export interface RunOptions extends PlanOptions {
  /** How many nodes run at once; default: the target's. */
  readonly threads?: number | undefined;
  readonly failFast?: boolean | undefined;
  /** What happens, as it happens. An error that it throws stops the run, and is thrown when all has been written down. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}
