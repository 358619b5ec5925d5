/** `freshness`. */
import type { Command } from "../command.ts";
import type { FreshnessOptions } from "../commands/freshness.ts";
import { globalOptions, selectionOptions } from "../options.ts";

export const freshnessDeclaration: Command<FreshnessOptions> = {
  name: "freshness",
  description: "check how old the newest data of sources are",
  arguments: [{ form: "[criteria...]", description: "the same as --select", names: "nodes" }],
  options: [...selectionOptions, ...globalOptions],
  run: async (context, words, options) => (await import("../commands/freshness.ts")).freshnessCommand(context, words, options),
};
