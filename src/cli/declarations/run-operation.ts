/** `run-operation`. */
import type { Command } from "../command.ts";
import type { RunOperationOptions } from "../commands/run-operation.ts";
import { globalOptions } from "../options.ts";

export const runOperationDeclaration: Command<RunOperationOptions> = {
  name: "run-operation",
  description: "run an operation that a YAML file declares, or SQL given here",
  arguments: [{ form: "[name]", description: "a name under `operations`" }],
  options: [
    { flags: "--args <yaml>", description: "the operation's arguments, as a YAML mapping" },
    { flags: "--sql <sql>", description: "SQL instead of a declared operation; a template, too" },
    ...globalOptions,
  ],
  run: async (context, [name], options) => (await import("../commands/run-operation.ts")).runOperationCommand(context, name, options),
};
