/** Where the project is, and its environment: what can be known before its settings are read. Loads nothing heavy. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "./interpolate.ts";

export const projectFile = "retain.yml";
export const environmentFile = ".env";
/** Beside retain.yml; the first that is there counts. */
export const selectorsFiles = ["selectors.yml", "selectors.yaml"];

export interface Whereabouts {
  readonly cwd: string;
  readonly projectDir?: string | undefined;
  readonly environment: Environment;
}

/** The nearest folder that holds a retain.yml, from `cwd` upwards; `undefined` if there is none. */
export function findProject(options: Whereabouts): string | undefined {
  const named = options.projectDir ?? options.environment["RETAIN_PROJECT_DIR"];
  if (named) {
    const folder = resolve(options.cwd, named);
    return existsSync(join(folder, projectFile)) ? folder : undefined;
  }
  for (let folder = resolve(options.cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, projectFile))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The variables of `.env` under those that are given. Throws when the file cannot be read. */
export function readEnvironment(projectDir: string, given: Environment): Environment {
  const dotenv = join(projectDir, environmentFile);
  return { ...(existsSync(dotenv) ? parseEnv(readFileSync(dotenv, "utf8")) : {}), ...given };
}
