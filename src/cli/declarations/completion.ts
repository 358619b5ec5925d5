/** `completion`. */
import type { Command } from "../command.ts";
import { type GlobalOptions, globalOptions } from "../options.ts";

export const completionDeclaration: Command<GlobalOptions> = {
  name: "completion",
  description: "print the script that makes a shell complete commands, options and names",
  arguments: [{ form: "[shell]", description: "bash, zsh, fish or powershell; default: the one of SHELL", names: "shells" }],
  options: globalOptions.filter(({ flags }) => /color|debug/.test(flags)),
  run: async (context, words, options) => (await import("../commands/completion.ts")).completionCommand(context, words, options),
};
