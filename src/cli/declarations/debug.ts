/** `debug`. */
import type { Command } from "../command.ts";
import { type GlobalOptions, globalOptions } from "../options.ts";

export const debugDeclaration: Command<GlobalOptions> = {
  name: "debug",
  description: "check the project, the target and the connection",
  options: globalOptions,
  run: async (context, _words, options) => (await import("../commands/debug.ts")).debugCommand(context, options),
};
