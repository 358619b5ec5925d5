/** `schema`. */
import type { Command } from "../command.ts";
import { type GlobalOptions, globalOptions } from "../options.ts";

export const schemaDeclaration: Command<GlobalOptions> = {
  name: "schema",
  description: "print the JSON Schema of a YAML file, for editors",
  arguments: [{ form: "[file]", description: "project (retain.yml) or resources (all other YAML)", fallback: "resources" }],
  options: globalOptions,
  run: async (context, [file = ""]) => (await import("../commands/schema.ts")).schemaCommand(context, file),
};
