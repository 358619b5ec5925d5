/** `diff`. */
import type { Command } from "../command.ts";
import type { DiffCommandOptions } from "../commands/diff.ts";
import { globalOptions, selectionOptions } from "../options.ts";

export const diffDeclaration: Command<DiffCommandOptions> = {
  name: "diff",
  description: "compare projects and warehouses: models, columns and rows, and what breaks whoever reads them",
  arguments: [{ form: "[criteria...]", description: "the same as --select; without it, the whole project", names: "nodes" }],
  options: [
    { flags: "--git <ref>", description: "compare with the project as it is at a git ref, such as main or HEAD~1" },
    { flags: "--against <target>", description: "compare with the warehouse of another target, or in a file" },
    { flags: "--key <columns>", description: "what tells rows apart, as id or day,store; default: what constraints and unique tests say" },
    { flags: "--no-rows", description: "compare declarations and columns only" },
    { flags: "--limit <rows>", description: "most rows of each kind to show of a model", kind: "whole", fallback: 3 },
    {
      flags: "--output <form>",
      description: "text, or markdown for a pull request; --json gives JSON",
      choices: ["text", "markdown", "json"],
      fallback: "text",
    },
    {
      flags: "--fail-on <difference>",
      description: "exit with 1 if anything differs, or if a breaking change is found; else differences exit with 0",
      choices: ["any", "breaking"],
    },
    ...selectionOptions.map((row) =>
      row.flags.startsWith("--state") ? { ...row, description: "compare with the artifacts of an earlier run, and its warehouse" } : row,
    ),
    ...globalOptions,
  ],
  run: async (context, words, options) => (await import("../commands/diff.ts")).diffCommand(context, words, options),
};
