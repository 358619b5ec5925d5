/** `export` and its actions. */
import type { Command, CommandGroup } from "../command.ts";
import { type GlobalOptions, globalOptions, type OptionRow } from "../options.ts";

export interface ExportRunOptions extends GlobalOptions {
  readonly dryRun?: boolean;
  readonly only?: "adds" | "removes";
  readonly limit?: number;
  readonly out?: string;
  readonly force?: readonly string[];
}

const exportNames = [{ form: "[names...]", description: "exports; without them, all", names: "exports" }] as const;

const parts: readonly OptionRow[] = [
  { flags: "--only <part>", description: "one side of the difference", choices: ["adds", "removes"] },
  { flags: "--limit <people>", description: "most people to send, in the modes add and remove", kind: "count" },
  { flags: "--out <dir>", description: "folder for the files of a file destination, instead of its own" },
];

const runOnly: readonly OptionRow[] = [
  { flags: "--dry-run", description: "the same as plan" },
  { flags: "--force <guard>", description: "let one guard pass in this run and write down that it did; repeatable", kind: "list" },
];

const list: Command<GlobalOptions> = {
  name: "list",
  description: "print the exports of the project",
  arguments: exportNames,
  options: globalOptions,
  run: async (context, words, options) => (await import("../commands/export-list.ts")).exportListCommand(context, words, options),
};

const plan: Command<ExportRunOptions> = {
  name: "plan",
  description: "show what a run would send, with identifiers masked",
  arguments: exportNames,
  options: [...globalOptions, ...parts],
  run: async (context, words, options) => (await import("../commands/export-run.ts")).exportRunCommand(context, "plan", words, options),
};

const run: Command<ExportRunOptions> = {
  name: "run",
  description: "send or write what changed since the last run",
  arguments: [{ ...exportNames[0], description: "exports; at least one" }],
  options: [...globalOptions, ...parts, ...runOnly],
  run: async (context, words, options) =>
    (await import("../commands/export-run.ts")).exportRunCommand(context, options.dryRun ? "plan" : "run", words, options),
};

const status: Command<GlobalOptions & { readonly limit: number }> = {
  name: "status",
  description: "show what was sent so far, and what the platform says",
  arguments: exportNames,
  options: [...globalOptions, { flags: "--limit <runs>", description: "most runs to show", kind: "count", fallback: 10 }],
  run: async (context, words, options) => (await import("../commands/export-status.ts")).exportStatusCommand(context, words, options),
};

const check: Command<GlobalOptions> = {
  name: "check",
  description: "test token, permission, terms and audience before anything is sent",
  arguments: exportNames,
  options: globalOptions,
  run: async (context, words, options) => (await import("../commands/export-check.ts")).exportCheckCommand(context, words, options),
};

export interface ExportForgetOptions extends GlobalOptions {
  readonly customer?: string;
  readonly email?: string;
}

const forget: Command<ExportForgetOptions> = {
  name: "forget",
  description: "erase one person from all audiences, the ledger and the holdouts",
  options: [
    ...globalOptions,
    { flags: "--customer <id>", description: "the person's primary key in the models" },
    { flags: "--email <address>", description: "the person's address, in any spelling" },
  ],
  run: async (context, _words, options) => (await import("../commands/export-forget.ts")).exportForgetCommand(context, options),
};

export const exportDeclaration: CommandGroup = {
  name: "export",
  description: "send audiences to ad platforms",
  commands: [list, plan, run, status, check, forget],
};
