/** `dev`. */
import type { Command } from "../command.ts";
import { deferOptions, globalOptions, type RunOptions, runOptions, selectionOptions } from "../options.ts";

/** Of what a run may be told: what makes sense over and over again. */
const taken: readonly string[] = ["--threads <number>", "-x, --fail-fast"];

export const devDeclaration: Command<RunOptions> = {
  name: "dev",
  description: "watch the project, and build what an edit changes and what comes after it",
  options: [...selectionOptions, ...runOptions.filter(({ flags }) => taken.includes(flags)), ...deferOptions, ...globalOptions],
  run: async (context, _words, options) => (await import("../commands/dev.ts")).devCommand(context, options),
};
