/** `lint`. */
import type { Command } from "../command.ts";
import type { LintOptions } from "../commands/lint.ts";
import { globalOptions, selectionOptions } from "../options.ts";

export const lintDeclaration: Command<LintOptions> = {
  name: "lint",
  description: "find what is legal but seldom wise in models and YAML",
  arguments: [{ form: "[criteria...]", description: "the same as --select; without it, the whole project", names: "nodes" }],
  options: [
    ...selectionOptions,
    ...globalOptions,
    { flags: "--reporter <name>", description: "how to say it", choices: ["pretty", "concise", "json", "github"] },
  ],
  run: async (context, words, options) => (await import("../commands/lint.ts")).lintCommand(context, words, options),
};
