/** `schema`: the YAML files' shapes as draft-07 JSON Schemas, which editors complete and check by; --write wires them in. */
import { fileProblem } from "../../artifacts/file-problem.ts";
import { loadConfig } from "../../config/load.ts";
import { diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import type { CliContext } from "../context.ts";
import { fileKinds, schemaText, writeEditorFiles } from "../editor-schemas.ts";
import type { GlobalOptions } from "../options.ts";

export interface SchemaOptions extends GlobalOptions {
  readonly write?: boolean;
}

export async function schemaCommand(context: CliContext, file: string, options: SchemaOptions): Promise<number> {
  if (options.write) return writeSchemas(context, options);
  const found = Object.hasOwn(fileKinds, file) ? fileKinds[file] : undefined;
  if (!found) {
    const known = Object.keys(fileKinds);
    context.reportDiagnostics([
      diagnose("RT0001", { problem: `there is no schema "${file}" (known: ${known.join(", ")})` }, { help: suggestion(file, known) }),
    ]);
    return 2;
  }
  context.stdout.write(schemaText(found));
  return 0;
}

async function writeSchemas(context: CliContext, options: SchemaOptions): Promise<number> {
  const { cwd, environment } = context;
  const loaded = await loadConfig({ cwd, environment, projectDir: options.projectDir, target: options.target });
  const { config, sources } = loaded.value;
  if (!config) {
    context.reportDiagnostics(loaded.diagnostics, { color: options.color, sources: (file) => sources.get(file) });
    return 2;
  }
  const { paths } = config.project;
  try {
    const { written, problem } = writeEditorFiles(config.projectDir, [...new Set(Object.values(paths).flat())]);
    if (!options.quiet) for (const path of written) context.stdout.write(`wrote ${path}\n`);
    if (problem) context.reportDiagnostics([problem], { color: options.color, quiet: options.quiet });
    return 0;
  } catch (error) {
    context.reportDiagnostics([diagnose("RT0415", { path: ".vscode", problem: fileProblem(error) })], { color: options.color });
    return 1;
  }
}
