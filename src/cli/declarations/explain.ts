/** `explain`. */
import type { Command } from "../command.ts";
import { type GlobalOptions, globalOptions } from "../options.ts";

export const explainDeclaration: Command<GlobalOptions> = {
  name: "explain",
  description: "say more about an error code",
  arguments: [{ form: "[code]", description: "such as RT0203; without it, all codes", names: "codes" }],
  options: globalOptions,
  run: async (context, [code], options) => (await import("../commands/explain.ts")).explainCommand(context, code, options.json === true),
};
