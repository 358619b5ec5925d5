/** What GitHub Actions says about itself in the environment, and problems in its form while there is no run yet. */
import { relative, resolve } from "node:path";
import type { Environment } from "../config/interpolate.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { SourceLookup } from "../core/span.ts";
import { annotation } from "../reporters/github/workflow-commands.ts";
import { hideSecrets } from "../session/source-lookup.ts";
import type { CliContext } from "./context.ts";

export const githubReporter = "github";

/** Whether --reporter names it, with or without a file. */
export function wantsGithub(options: { readonly reporter?: readonly string[] | undefined }): boolean {
  return options.reporter?.some((text) => text === githubReporter) ?? false;
}

/** GitHub names files from the root of the repository; a project may be a folder in it. */
export function repositoryPrefix(environment: Environment, projectDir: string): string {
  const root = environment["GITHUB_WORKSPACE"];
  if (!root) return "";
  const path = relative(resolve(root), projectDir).replaceAll("\\", "/");
  return path === "" || path.startsWith("../") || path === ".." || /^[A-Za-z]:/.test(path) ? "" : `${path}/`;
}

/**
 * Marks in the changed files for what is wrong before a run, or without one. They go to stderr, which GitHub reads as well:
 * stdout may belong to a report.
 */
export function annotate(context: CliContext, diagnostics: readonly Diagnostic[], sources: SourceLookup, projectDir: string, secrets: readonly string[]): void {
  const pathPrefix = repositoryPrefix(context.environment, projectDir);
  for (const diagnostic of diagnostics)
    if (diagnostic.severity !== "info") context.stderr.write(`${hideSecrets(annotation(diagnostic, { sources, pathPrefix }), secrets)}\n`);
}
