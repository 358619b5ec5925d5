/** `init`. */
import type { Command } from "../command.ts";
import { type GlobalOptions, globalOptions } from "../options.ts";

interface InitOptions extends GlobalOptions {
  readonly minimal?: boolean;
}

export const initDeclaration: Command<InitOptions> = {
  name: "init",
  description: "start a project from the shipped retention warehouse",
  arguments: [{ form: "[dir]", description: "folder to fill", fallback: "." }],
  options: [...globalOptions, { flags: "--minimal", description: "one seed and one model instead of the whole warehouse" }],
  run: async (context, [dir = "."], options) => (await import("../commands/init.ts")).initCommand(context, dir, options),
};
