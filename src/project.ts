/**
 * The stages before the plan, one after another: load, parse, graph, compile. Each one's value is the next one's argument;
 * what they have to say is collected. The command line and the programmatic API both begin here.
 */
import { compileProject } from "./compile/compile-project.ts";
import type { CompiledProject } from "./compile/compiled.ts";
import type { ContextOptions } from "./compile/render-context.ts";
import type { Config } from "./config/config.ts";
import { type LoadOptions, loadConfig } from "./config/load.ts";
import { type Diagnostic, hasErrors, type Outcome } from "./core/diagnostic.ts";
import { buildGraph, type Graph } from "./graph/graph.ts";
import { readSelectors, type Selectors } from "./graph/select/selectors-file.ts";
import { inlineName, readInlineQuery } from "./parse/inline-query.ts";
import { parseProject } from "./parse/parse-project.ts";

export interface OpenedProject {
  readonly config: Config | undefined;
  readonly graph: Graph | undefined;
  /** The named selections of selectors.yml. */
  readonly selectors: Selectors;
  /** Missing when a stage before it found errors. */
  readonly compiled: CompiledProject | undefined;
  /** The text of every file that was read, for code frames. */
  readonly sources: ReadonlyMap<string, string>;
}

export interface OpenProjectOptions extends LoadOptions, ContextOptions {
  /** A query to compile with the project's models, as `--inline` gives it. */
  readonly inline?: string | undefined;
}

/** Reports all problems of a stage at once; a stage with errors ends the way, because the next would only repeat them. */
export async function openProject(options: OpenProjectOptions): Promise<Outcome<OpenedProject>> {
  const loaded = await loadConfig(options);
  const { config } = loaded.value;
  const sources = options.inline === undefined ? loaded.value.sources : new Map([...loaded.value.sources, [inlineName, options.inline]]);
  const diagnostics: Diagnostic[] = [...loaded.diagnostics];
  const selectors = readSelectors(config?.selectorsFile);
  diagnostics.push(...selectors.diagnostics);
  const soFar = (graph?: Graph, compiled?: CompiledProject): Outcome<OpenedProject> => ({
    value: { config, graph, selectors: selectors.value, compiled, sources },
    diagnostics,
  });
  if (!config) return soFar();
  const parsed = parseProject(config);
  diagnostics.push(...parsed.diagnostics);
  const inline = options.inline === undefined ? undefined : readInlineQuery(config, options.inline);
  diagnostics.push(...(inline?.diagnostics ?? []));
  const graph = buildGraph(config.project.name, inline?.value ? { ...parsed.value, nodes: [...parsed.value.nodes, inline.value] } : parsed.value);
  diagnostics.push(...graph.diagnostics);
  if (hasErrors(diagnostics)) return soFar(graph.value);
  const compiled = compileProject(graph.value, config, options);
  diagnostics.push(...compiled.diagnostics);
  return hasErrors(diagnostics) ? soFar(graph.value) : soFar(graph.value, compiled.value);
}
