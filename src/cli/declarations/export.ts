/** `export` and its actions. */
import type { Command, CommandGroup } from "../command.ts";
import { type GlobalOptions, globalOptions, type OptionRow } from "../options.ts";

interface ExportOptions extends GlobalOptions {
  readonly dryRun?: boolean;
}

const actions = [
  ["list", "print the exports of the project"],
  ["plan", "show what a run would send, with identifiers masked"],
  ["run", "send or write what changed since the last run"],
] as const;

const runOnly: readonly OptionRow[] = [{ flags: "--dry-run", description: "the same as plan" }];

export const exportDeclaration: CommandGroup = {
  name: "export",
  description: "send audiences to ad platforms",
  commands: actions.map(
    ([name, description]): Command<ExportOptions> => ({
      name,
      description,
      arguments: [{ form: "[names...]", description: "exports; without them, all", names: "exports" }],
      options: name === "run" ? [...globalOptions, ...runOnly] : globalOptions,
      run: async (context, words, options) => (await import("../commands/export.ts")).exportCommand(context, options.dryRun ? "plan" : name, words, options),
    }),
  ),
};
