/** `retry`. */
import type { Command } from "../command.ts";
import type { RetryOptions } from "../commands/retry.ts";
import { deferOptions, globalOptions, type OptionRow, runOptions } from "../options.ts";

/** What is not said is as in the run that is repeated, so that no default may speak. */
const options: readonly OptionRow[] = [...runOptions, ...deferOptions, ...globalOptions].map(({ fallback: _, ...row }) => row);

export const retryDeclaration: Command<RetryOptions> = {
  name: "retry",
  description: "run again what failed or was skipped in the last run, with its flags",
  options: [...options, { flags: "--state <dir>", description: "folder with the run_results.json to go on from; default: target" }],
  run: async (context, _words, given) => (await import("../commands/retry.ts")).retryCommand(context, given),
};
