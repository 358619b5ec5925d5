/** `clean`: deletes what can be made again: target/ and the parse cache. The warehouse and the state are not touched. */
import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheFolder } from "../../cache/cache-file.ts";
import { findProject } from "../../config/find-project.ts";
import { diagnose } from "../../core/diagnostic.ts";
import { listOf } from "../../core/names.ts";
import type { CliContext } from "../context.ts";
import type { GlobalOptions } from "../options.ts";

export async function cleanCommand(context: CliContext, options: GlobalOptions): Promise<number> {
  const projectDir = findProject({
    cwd: context.cwd,
    projectDir: options.projectDir,
    environment: context.environment,
  });
  const named = options.projectDir ?? context.environment["RETAIN_PROJECT_DIR"];
  if (projectDir === undefined) {
    context.reportDiagnostics([diagnose("RT0101", { from: resolve(context.cwd, named ?? ""), isNamed: named !== undefined })], {
      color: options.color,
    });
    return 2;
  }
  const deleted: string[] = [];
  try {
    for (const folder of ["target", cacheFolder]) {
      if (!existsSync(join(projectDir, folder))) continue;
      rmSync(join(projectDir, folder), { recursive: true, force: true });
      deleted.push(`${folder}/`);
    }
  } catch (error) {
    context.reportDiagnostics(
      [
        diagnose("RT0415", {
          path: deleted.length === 0 ? "target" : cacheFolder,
          problem: (error as Error).message,
        }),
      ],
      { color: options.color },
    );
    return 1;
  }
  if (options.json) context.stdout.write(`${JSON.stringify({ deleted })}\n`);
  else if (!options.quiet) context.stderr.write(deleted.length > 0 ? `deleted ${listOf(deleted)}\n` : "there is no target/ to delete\n");
  return 0;
}
