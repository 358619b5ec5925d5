/** Runs every rule over a project and settles what they find. Pure; the project has to be sound. */
import type { Config } from "../config/config.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { SourceLookup } from "../core/span.ts";
import type { Graph } from "../graph/graph.ts";
import { createLintProject } from "./lint-project.ts";
import { lintRules } from "./rules/registry.ts";
import { checkSilencers, settle } from "./settle.ts";

export interface LintRequest {
  readonly config: Config;
  readonly graph: Graph;
  /** What compiling had to say; its warnings are findings like any others. */
  readonly warnings: readonly Diagnostic[];
  readonly sources: SourceLookup;
}

/** All findings, by file and place. */
export function lintProject({ config, graph, warnings, sources }: LintRequest): readonly Diagnostic[] {
  const project = createLintProject(config, graph);
  const rules = new Map(lintRules.map((rule) => [String(rule.code), rule]));
  const options = { settings: config.project.lint, sources, foldersOf: (code: string) => rules.get(code)?.folders };
  const found = settle([...warnings, ...lintRules.flatMap((rule) => [...rule.check(project)])], options);
  const files = [
    { path: config.yaml.file, text: sources(config.yaml.file) ?? "" },
    ...config.files.filter(({ extension }) => extension !== "csv" && extension !== "mjs"),
  ];
  const silencers = settle(checkSilencers(files, found.used), options);
  return [...found.kept, ...silencers.kept].toSorted(byPlace);
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [fileA, fileB] = [a.span?.file ?? "", b.span?.file ?? ""];
  if (fileA !== fileB) return fileA < fileB ? -1 : 1;
  return (a.span?.start ?? 0) - (b.span?.start ?? 0);
}
