/** `clean`. */
import type { Command } from "../command.ts";
import { type GlobalOptions, globalOptions } from "../options.ts";

export const cleanDeclaration: Command<GlobalOptions> = {
  name: "clean",
  description: "delete target/ and the parse cache, which hold only generated files",
  options: globalOptions,
  run: async (context, _words, options) => (await import("../commands/clean.ts")).cleanCommand(context, options),
};
