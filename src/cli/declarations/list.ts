/** `list`. */
import type { Command } from "../command.ts";
import type { ListOptions } from "../commands/list.ts";
import { globalOptions, selectionOptions } from "../options.ts";

export const listDeclaration: Command<ListOptions> = {
  name: "list",
  aliases: ["ls"],
  description: "print the names of the project's nodes",
  arguments: [{ form: "[criteria...]", description: "the same as --select", names: "nodes" }],
  options: [
    ...selectionOptions,
    ...globalOptions,
    { flags: "--output <form>", description: "what to print of each", choices: ["selector", "name", "path", "json"], fallback: "selector" },
    {
      flags: "--resource-type <types...>",
      description: "only these",
      choices: ["model", "seed", "snapshot", "source", "test", "unit_test", "exposure", "export", "operation", "all"],
    },
  ],
  run: async (context, words, options) => (await import("../commands/list.ts")).listCommand(context, words, options),
};
