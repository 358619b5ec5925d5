/** `clean`: deletes what can be made again. The warehouse and the state are not touched. */
import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { findProject } from "../../config/load.ts";
import { diagnose } from "../../core/diagnostic.ts";
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
  const target = join(projectDir, "target");
  const isThere = existsSync(target);
  try {
    rmSync(target, { recursive: true, force: true });
  } catch (error) {
    context.reportDiagnostics(
      [
        diagnose("RT0415", {
          path: "target",
          problem: (error as Error).message,
        }),
      ],
      { color: options.color },
    );
    return 1;
  }
  if (!options.quiet) context.stderr.write(isThere ? "deleted target/\n" : "there is no target/ to delete\n");
  return 0;
}
