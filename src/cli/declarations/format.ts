/** `format`. */
import type { Command } from "../command.ts";
import type { FormatOptions } from "../commands/format.ts";
import { globalOptions } from "../options.ts";

export const formatDeclaration: Command<FormatOptions> = {
  name: "format",
  description: "lay out the SQL of models and tests; it stays the same to the database",
  arguments: [{ form: "[files...]", description: "files or folders of the project; without them, all; - for standard input" }],
  options: [
    { flags: "--check", description: "change nothing; exit 1 if a file would change" },
    { flags: "--diff", description: "change nothing; print what would change" },
    ...globalOptions,
  ],
  run: async (context, words, options) => (await import("../commands/format.ts")).formatCommand(context, words, options),
};
