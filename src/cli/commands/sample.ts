/** `sample`: writes the raw tables of the sample shop as files, at any size. The same options write the same bytes. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { diagnose } from "../../core/diagnostic.ts";
import { plural } from "../../core/names.ts";
import { mapEngineError } from "../../run/map-error.ts";
import { sampleSteps, sampleTables } from "../../sample/sample.ts";
import type { CliContext } from "../context.ts";
import type { GlobalOptions } from "../options.ts";

export interface SampleCommandOptions extends GlobalOptions {
  readonly customers: number;
  readonly out: string;
  readonly format: "csv" | "parquet";
}

export async function sampleCommand(context: CliContext, options: SampleCommandOptions): Promise<number> {
  const folder = resolve(context.cwd, options.out);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    context.reportDiagnostics([
      diagnose("RT0415", {
        path: options.out,
        problem: (error as Error).message,
      }),
    ]);
    return 2;
  }
  const engine = await context.loadEngine();
  const opened = await engine.open({
    path: ":memory:",
    readOnly: false,
    // What does not fit into DuckDB's share of the memory goes by way of the disk that the files are written to.
    settings: { temp_directory: join(folder, ".sample") },
    extensions: [],
    attach: [],
    lockTimeoutSeconds: 0,
  });
  const database = opened.value;
  if (!database) {
    context.reportDiagnostics(opened.diagnostics);
    return 2;
  }
  try {
    const connection = await database.connect();
    for (const step of sampleSteps({ customers: options.customers })) {
      if (step.kind === "run") await connection.execute(step.sql);
      else await connection.saveRows(step.select, join(folder, `${step.name}.${options.format}`), options.format);
    }
    connection.close();
  } catch (error) {
    context.reportDiagnostics([mapEngineError(error, undefined, { file: options.out, start: 0, end: 0 })]);
    return 1;
  } finally {
    database.close();
  }
  if (!options.quiet) context.stdout.write(`wrote ${plural(sampleTables.length, "table")} of ${plural(options.customers, "customer")} to ${options.out}\n`);
  return 0;
}
