/** Where the rows of failed tests are kept: below target/, until their tests run again. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Plan, testsOf } from "../plan/plan.ts";
import type { FailureFile } from "../run/run-test.ts";

export interface KeptFailures {
  readonly file: (test: string) => FailureFile | undefined;
  readonly cleanUp: () => void;
}

/** Removes what the plan's tests have left before. Each run has a folder of its own for what is still being written. */
export function keepFailures(projectDir: string, plan: Plan, invocationId: string): KeptFailures {
  const folder = join(projectDir, "target", "failures");
  const spool = join(folder, `.spool-${invocationId}`);
  const nameOf = (test: string): string => test.replace(/[^\w.-]+/g, "_").slice(0, 180);
  const tests = plan.stages.flatMap(testsOf);
  for (const test of tests) removeQuietly(join(folder, `${nameOf(test.keepAs)}.csv`));
  return {
    file: (test: string): FailureFile | undefined => {
      try {
        mkdirSync(spool, { recursive: true });
      } catch {
        return undefined;
      }
      const name = nameOf(test);
      return { shown: `target/failures/${name}.csv`, absolute: slashed(join(folder, `${name}.csv`)), spool: slashed(join(spool, `${name}.parquet`)) };
    },
    cleanUp: () => removeQuietly(spool),
  };
}

/** What cannot be removed is not there, or target/ is no folder: then writing the artifacts says so. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Nothing to do.
  }
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}
