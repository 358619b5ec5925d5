/** `sample`. */
import type { Command } from "../command.ts";
import type { SampleCommandOptions } from "../commands/sample.ts";
import { globalOptions } from "../options.ts";

export const sampleDeclaration: Command<SampleCommandOptions> = {
  name: "sample",
  description: "write the raw tables of the sample shop",
  options: [
    ...globalOptions,
    { flags: "--out <dir>", description: "folder to write to", isRequired: true },
    { flags: "--customers <number>", description: "how many people; the shipped seeds have 1500", kind: "whole", fallback: 1500 },
    { flags: "--format <format>", description: "form of the files", choices: ["csv", "parquet"], fallback: "csv" },
  ],
  run: async (context, _words, options) => (await import("../commands/sample.ts")).sampleCommand(context, options),
};
