/** `build`, `run`, `seed`, `snapshot` and `test`. */
import type { Command } from "../command.ts";
import { deferOptions, globalOptions, type RunOptions, runOptions, selectionOptions } from "../options.ts";

const names = [
  ["build", "build seeds, models and snapshots, test them, and publish what passed"],
  ["run", "build models without testing them"],
  ["seed", "load seeds"],
  ["snapshot", "bring snapshots up to date without testing them"],
  ["test", "run unit tests, and data tests on what is published"],
] as const;

export const runDeclarations: readonly Command<RunOptions>[] = names.map(([name, description]) => ({
  name,
  description,
  options: [...selectionOptions, ...runOptions, ...deferOptions, ...globalOptions],
  run: async (context, _words, options) => (await import("../commands/run.ts")).runCommand(context, name, options),
}));
