/** The command line's options as one typed table; commands name those that they take. */
import type { ProjectOptions, RunSettings, WarehouseOptions } from "../session/options.ts";

export interface GlobalOptions extends ProjectOptions, WarehouseOptions {
  readonly vars?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly debug?: boolean;
  readonly color?: boolean;
}

export interface RunOptions extends GlobalOptions, RunSettings {
  readonly dryRun?: boolean;
  readonly reporter?: readonly string[];
  readonly testFailureExitCode?: number;
}

/** What a value must look like; text where nothing is said. */
export type OptionKind = "list" | "whole" | "count" | "exit code" | "seconds" | "sample";

/** What names a value may be, for completion; those of the project are read from what the last command left. */
export type KnownNames = "nodes" | "exports" | "targets" | "selectors" | "codes" | "reporters" | "shells";

export interface OptionRow {
  readonly flags: string;
  readonly description: string;
  readonly names?: KnownNames;
  readonly kind?: OptionKind;
  readonly choices?: readonly string[];
  readonly fallback?: string | number;
  readonly isRequired?: boolean;
}

export const globalOptions: readonly OptionRow[] = [
  {
    flags: "-t, --target <name>",
    names: "targets",
    description: "target of retain.yml to work on; default: RETAIN_TARGET, then default_target",
  },
  {
    flags: "--vars <yaml>",
    description: "variables over those of retain.yml, as a YAML mapping or @file",
  },
  {
    flags: "--project-dir <dir>",
    description: "folder with the retain.yml; default: the nearest one upwards",
  },
  { flags: "-q, --quiet", description: "say only what went wrong, and how it ended" },
  { flags: "--json", description: "answer as JSON" },
  { flags: "--debug", description: "show stacks of unexpected errors" },
  {
    flags: "--color",
    description: "color even when the output is no terminal",
  },
  { flags: "--no-color", description: "no color" },
  { flags: "--no-cache", description: "read the whole project anew, and keep nothing for the next run" },
  { flags: "--warn-error", description: "treat warnings as errors" },
  {
    flags: "--lock-timeout <seconds>",
    description: "how long to wait for a warehouse that another process holds",
    kind: "seconds",
    fallback: 10,
  },
];

export const selectionOptions: readonly OptionRow[] = [
  {
    flags: "-s, --select <criteria...>",
    names: "nodes",
    description: "nodes to take: names, globs, +x, x+, @x, tag:x, path:x …",
    kind: "list",
  },
  {
    flags: "--exclude <criteria...>",
    names: "nodes",
    description: "nodes to leave out",
    kind: "list",
  },
  {
    flags: "--selector <name>",
    names: "selectors",
    description: "the selection of that name in selectors.yml",
  },
  {
    flags: "--state <dir>",
    description: "folder with the artifacts of an earlier run, for state:, result:, source_status: and --defer",
  },
  {
    flags: "--indirect-selection <mode>",
    description: "which tests come along with their models",
    choices: ["eager", "cautious", "buildable", "empty"],
    fallback: "eager",
  },
];

export const deferOptions: readonly OptionRow[] = [
  { flags: "--defer", description: "read what is not selected and not built here from the warehouse of --state" },
  { flags: "--defer-target <name>", names: "targets", description: "the same from the warehouse of another target" },
  { flags: "--favor-state", description: "the same also for what is built here but not selected" },
];

export const runOptions: readonly OptionRow[] = [
  {
    flags: "--threads <number>",
    description: "how many nodes run at once",
    kind: "count",
  },
  { flags: "-x, --fail-fast", description: "stop at the first failure" },
  { flags: "--changed", description: "leave as they are the nodes that were built of the same before" },
  { flags: "--explain-changed", description: "the same, and say why the others are not left" },
  { flags: "--dry-run", description: "print the plan and change nothing" },
  { flags: "-f, --full-refresh", description: "make incremental models anew, but for those with full_refresh: false" },
  { flags: "--event-time-start <time>", description: "do the batches of microbatch models from this time on again, and no others" },
  { flags: "--event-time-end <time>", description: "the same up to this time, which is not part of it; times are in UTC" },
  {
    flags: "--empty",
    description: "read no rows of any input: checks SQL, types and contracts; replaces what is there, but for snapshots and models with full_refresh: false",
  },
  {
    flags: "--sample <size>",
    description:
      "read only a part of each seed and source: 100, 5%, or 5%:customer_id; replaces what is there, but for snapshots and models with full_refresh: false",
    kind: "sample",
  },
  {
    flags: "--reporter <names...>",
    names: "reporters",
    description: "pretty, concise, json, ndjson, github, junit; NAME=PATH writes a file; several at once",
    kind: "list",
  },
  {
    flags: "--test-failure-exit-code <number>",
    description: "exit code when tests failed and nothing else did",
    kind: "exit code",
  },
];
