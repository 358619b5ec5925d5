/** `schema`: the YAML files' shapes as draft-07 JSON Schemas, which editors complete and check by. */
import { z } from "zod";
import { projectSchema } from "../../config/schema.ts";
import { diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { resourceFileSchema } from "../../parse/resource-schema.ts";
import type { CliContext } from "../context.ts";

const files: Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> = {
  project: { title: "retain.yml", schema: projectSchema },
  resources: { title: "retain resource file", schema: resourceFileSchema },
};

export function schemaCommand(context: CliContext, file: string): number {
  const found = files[file];
  if (!found) {
    const known = Object.keys(files);
    context.reportDiagnostics([
      diagnose(
        "RT0001",
        {
          problem: `there is no schema "${file}" (known: ${known.join(", ")})`,
        },
        { help: suggestion(file, known) },
      ),
    ]);
    return 2;
  }
  const schema = z.toJSONSchema(found.schema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
  });
  context.stdout.write(`${JSON.stringify({ ...schema, title: found.title }, null, 2)}\n`);
  return 0;
}
