/** `compile`. */
import type { Command } from "../command.ts";
import { type GlobalOptions, globalOptions, type SelectionOptions, selectionOptions } from "../options.ts";

export const compileDeclaration: Command<SelectionOptions & GlobalOptions> = {
  name: "compile",
  description: "print the SQL that models and tests become",
  arguments: [{ form: "[models...]", description: "the same as --select", names: "nodes" }],
  options: [...selectionOptions, ...globalOptions],
  run: async (context, words, options) => (await import("../commands/compile.ts")).compileCommand(context, words, options),
};
