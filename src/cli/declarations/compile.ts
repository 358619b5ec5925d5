/** `compile`. */
import type { Command } from "../command.ts";
import type { CompileOptions } from "../commands/compile.ts";
import { deferOptions, globalOptions, selectionOptions } from "../options.ts";

export const compileDeclaration: Command<CompileOptions> = {
  name: "compile",
  description: "print the SQL that models and tests become",
  arguments: [{ form: "[models...]", description: "the same as --select", names: "nodes" }],
  options: [...selectionOptions, ...deferOptions, ...globalOptions],
  run: async (context, words, options) => (await import("../commands/compile.ts")).compileCommand(context, words, options),
};
