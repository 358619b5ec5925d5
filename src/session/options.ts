/** What may be asked of a session and of a run: the options that the command line and the programmatic API share. */
import type { ChangedOptions } from "./changed.ts";
import type { DeferOptions } from "./defer.ts";
import type { InputOptions } from "./input-limit.ts";

export interface ProjectOptions {
  readonly target?: string | undefined;
  readonly projectDir?: string | undefined;
  readonly warnError?: boolean | undefined;
  readonly cache?: boolean | undefined;
}

export interface WarehouseOptions {
  readonly lockTimeout: number;
}

export interface SelectionOptions {
  readonly select?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly selector?: string | undefined;
  readonly state?: string | undefined;
  readonly indirectSelection: string;
}

/** What a plan is made of, and how it is carried out. */
export interface RunSettings extends ProjectOptions, WarehouseOptions, SelectionOptions, InputOptions, DeferOptions, ChangedOptions {
  readonly threads?: number | undefined;
  readonly failFast?: boolean | undefined;
  readonly fullRefresh?: boolean | undefined;
  readonly eventTimeStart?: string | undefined;
  readonly eventTimeEnd?: string | undefined;
}
