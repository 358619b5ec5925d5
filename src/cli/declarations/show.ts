/** `show`. */
import type { Command } from "../command.ts";
import type { ShowOptions } from "../commands/show.ts";
import { deferOptions, globalOptions, selectionOptions } from "../options.ts";

export const showDeclaration: Command<ShowOptions> = {
  name: "show",
  description: "print rows of a model, seed or test, computed now",
  arguments: [{ form: "[models...]", description: "the same as --select", names: "nodes" }],
  options: [
    ...selectionOptions,
    ...deferOptions,
    ...globalOptions,
    { flags: "--inline <sql>", description: "a query instead of a model, as in 'select * from {{ref \"rfm_scores\"}}'" },
    { flags: "--limit <number>", description: "most rows", kind: "whole", fallback: 20 },
    { flags: "--output <form>", description: "how to print the rows", choices: ["table", "csv", "json", "ndjson", "markdown"] },
  ],
  run: async (context, words, options) => (await import("../commands/show.ts")).showCommand(context, words, options),
};
