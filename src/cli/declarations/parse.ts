/** `parse`. */
import type { Command } from "../command.ts";
import { type GlobalOptions, globalOptions } from "../options.ts";

export const parseDeclaration: Command<GlobalOptions> = {
  name: "parse",
  description: "check the whole project and write manifest.json",
  options: globalOptions,
  run: async (context, _words, options) => (await import("../commands/parse.ts")).parseCommand(context, options),
};
