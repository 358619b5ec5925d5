/** `clone`. */
import type { Command } from "../command.ts";
import type { CloneCommandOptions } from "../commands/clone.ts";
import { globalOptions, runOptions, selectionOptions } from "../options.ts";

const taken = ["--dry-run", "--reporter"];

export const cloneDeclaration: Command<CloneCommandOptions> = {
  name: "clone",
  description: "make relations of this target out of those in another warehouse, without running models",
  arguments: [{ form: "[criteria...]", description: "the same as --select", names: "nodes" }],
  options: [
    { flags: "--from <target>", names: "targets", description: "the target to copy from; without it, the warehouse of --state" },
    { flags: "-f, --full-refresh", description: "replace what is there already, but for snapshots and models with full_refresh: false" },
    ...selectionOptions,
    ...runOptions.filter(({ flags }) => taken.some((flag) => flags.startsWith(flag))),
    ...globalOptions,
  ],
  run: async (context, words, options) => (await import("../commands/clone.ts")).cloneCommand(context, words, options),
};
