/** `schema`. */
import type { Command } from "../command.ts";
import type { SchemaOptions } from "../commands/schema.ts";
import { globalOptions } from "../options.ts";

export const schemaDeclaration: Command<SchemaOptions> = {
  name: "schema",
  description: "print the JSON Schema of a YAML file, for editors",
  arguments: [{ form: "[file]", description: "project (retain.yml), selectors (selectors.yml) or resources (all other YAML)", fallback: "resources" }],
  options: [{ flags: "--write", description: "write all schemas below .vscode and wire them into its settings" }, ...globalOptions],
  run: async (context, [file = ""], options) => (await import("../commands/schema.ts")).schemaCommand(context, file, options),
};
