/**
 * The stages before the plan, one after another: load, parse, graph, compile. Each one's value is the next one's argument;
 * what they have to say is collected. What was compiled before from the very same project is taken from the cache. The
 * command line and the programmatic API both begin here.
 */
import { countTypes, type Dependence, findKept, type KeptProject, type Keyed, keepProject, type Origin } from "./cache/parse-cache.ts";
import { projectKey, watchEnvironment } from "./cache/project-key.ts";
import { compileProject } from "./compile/compile-project.ts";
import type { Compiled, CompiledProject } from "./compile/compiled.ts";
import type { ContextOptions } from "./compile/render-context.ts";
import type { Config } from "./config/config.ts";
import { type LoadOptions, loadConfig } from "./config/load.ts";
import { type Diagnostic, hasErrors, type Outcome } from "./core/diagnostic.ts";
import type { MappedText } from "./core/mapped-text.ts";
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
  /** How many enabled resources there are of each type. */
  readonly counts: Readonly<Record<string, number>>;
  /** The text of every file that was read, for code frames. */
  readonly sources: ReadonlyMap<string, string>;
  /** What the compiled project depends on besides files and settings; `undefined` when it changes by itself, or nothing is kept. */
  readonly dependsOn?: Dependence | undefined;
}

export interface OpenProjectOptions extends LoadOptions, ContextOptions {
  /** A query to compile with the project's models, as `--inline` gives it. */
  readonly inline?: string | undefined;
  /** Whether to use and fill the cache below the project's `.retain`. `program` tells one version of retain from another. */
  readonly cache?: { readonly program: string } | undefined;
}

/** Reports all problems of a stage at once; a stage with errors ends the way, because the next would only repeat them. */
export async function openProject(options: OpenProjectOptions): Promise<Outcome<OpenedProject>> {
  const loaded = await loadConfig(options);
  const { config } = loaded.value;
  const sources = options.inline === undefined ? loaded.value.sources : new Map([...loaded.value.sources, [inlineName, options.inline]]);
  const diagnostics: Diagnostic[] = [...loaded.diagnostics];
  const selectors = readSelectors(config?.selectorsFile);
  diagnostics.push(...selectors.diagnostics);
  const common = { config, selectors: selectors.value, sources };
  if (!config) return { value: { ...common, graph: undefined, compiled: undefined, counts: {} }, diagnostics };

  const keyed = hasErrors(diagnostics) ? undefined : keyOf(config, loaded.value.sources, options);
  const kept = keyed && findKept(keyed, options.invocation.startedAt.slice(0, 10));
  const made = kept ? resume(config, kept, options) : compileAnew(config, options, hasErrors(diagnostics), keyed);
  diagnostics.push(...made.diagnostics);
  const isSound = !hasErrors(diagnostics);
  const { project } = made;
  return {
    value: {
      ...common,
      get graph() {
        return project.graph;
      },
      get compiled() {
        return isSound ? project.compiled : undefined;
      },
      counts: project.counts,
      dependsOn: isSound ? project.dependsOn : undefined,
    },
    diagnostics,
  };
}

type Made = Pick<OpenedProject, "graph" | "compiled" | "counts" | "dependsOn">;

interface Making {
  readonly project: Made;
  readonly diagnostics: readonly Diagnostic[];
}

/** Whatever else may be asked for besides a project and its settings makes another entry of the cache. */
function keyOf(config: Config, sources: ReadonlyMap<string, string>, options: OpenProjectOptions): Keyed | undefined {
  const { cwd, projectDir, target, vars, environment, dialect, invocation, inline, cache, ...variant } = options;
  if (!cache) return undefined;
  const key = projectKey(config, sources, cache.program, variant);
  return key === undefined ? undefined : { config, sources, key, variant };
}

/** `hasFailed` says that there were errors before: then nothing is compiled. */
function compileAnew(config: Config, options: OpenProjectOptions, hasFailed: boolean, keyed: Keyed | undefined): Making {
  const watched = watchEnvironment(config.environment);
  const seen: Config = { ...config, environment: watched.environment };
  const { startedAt, invocationId } = options.invocation;
  let day: string | null = null;
  const invocation = {
    invocationId,
    get startedAt() {
      day = startedAt.slice(0, 10);
      return startedAt;
    },
  };
  const parsed = parseProject(seen);
  const inline = options.inline === undefined ? undefined : readInlineQuery(seen, options.inline);
  const nodes = inline?.value ? [...parsed.value.nodes, inline.value] : parsed.value.nodes;
  const graph = buildGraph(config.project.name, { ...parsed.value, nodes });
  const diagnostics = [...parsed.diagnostics, ...(inline?.diagnostics ?? []), ...graph.diagnostics];
  const counts = countTypes(graph.value);
  if (hasFailed || hasErrors(diagnostics)) return { project: { graph: graph.value, compiled: undefined, counts }, diagnostics };
  const compiled = compileProject(graph.value, seen, { ...options, invocation });
  const dependsOn = { variables: watched.names(), day };
  if (keyed && !inline && !hasErrors(compiled.diagnostics)) {
    const finished = { parsed: parsed.value, graph: graph.value, compiled: compiled.value, diagnostics, compileDiagnostics: compiled.diagnostics, dependsOn };
    keepProject(keyed, finished);
  }
  const isWhole = keyed && !inline && compiled.value.changing.size === 0;
  const project = { graph: graph.value, compiled: compiled.value, counts, dependsOn: isWhole ? dependsOn : undefined };
  return { project, diagnostics: [...diagnostics, ...compiled.diagnostics] };
}

/** How many nodes are compiled each by itself, to find out where their text came from. */
const mostAlone = 3;

/** The project as it was compiled before. Where text came from is found out by compiling it again, when it is asked for. */
function resume(config: Config, kept: KeptProject, options: OpenProjectOptions): Making {
  const compile = (known?: ReadonlyMap<string, Compiled>): CompiledProject => compileProject(graph(), config, options, known).value;
  const whole = once(() => compile());
  // What belongs to no node: operations, and ephemeral models beside them.
  const rest = once(() => compile(withoutEphemeral(compiled().nodes)));
  const alone = new Map<string, CompiledProject>();
  const origin: Origin = (id, path) => {
    const fresh = id === undefined ? rest() : freshFor(id);
    return (follow(id === undefined ? fresh : fresh.nodes.get(id), path) as MappedText).pieces;
  };
  // An error asks for one or two; a plan may ask for many, and then all at once cost less.
  const freshFor = (id: string): CompiledProject => {
    const known = alone.get(id);
    if (known) return known;
    if (alone.size >= mostAlone) return whole();
    const fresh = compile(withoutEphemeral(compiled().nodes, (node) => node.node.uniqueId !== id));
    alone.set(id, fresh);
    return fresh;
  };
  const graph = once(kept.graph);
  const compiled = once(() => kept.compiled(origin));
  if (kept.isWhole && options.inline === undefined) {
    const project: Made = {
      get graph() {
        return graph();
      },
      get compiled() {
        return compiled();
      },
      counts: kept.counts,
      dependsOn: kept.dependsOn,
    };
    return { project, diagnostics: [...kept.diagnostics, ...kept.compileDiagnostics] };
  }
  const inline = options.inline === undefined ? undefined : readInlineQuery(config, options.inline);
  const parsed = kept.parsed();
  const extended = inline?.value ? buildGraph(config.project.name, { ...parsed, nodes: [...parsed.nodes, inline.value] }) : { value: graph(), diagnostics: [] };
  const diagnostics = [...kept.diagnostics, ...(inline?.diagnostics ?? []), ...extended.diagnostics.filter((d) => d.severity === "error")];
  const counts = countTypes(extended.value);
  if (hasErrors(diagnostics)) return { project: { graph: extended.value, compiled: undefined, counts }, diagnostics };
  const remade = compileProject(extended.value, config, options, withoutEphemeral(compiled().nodes));
  const before = kept.isWhole ? kept.compileDiagnostics : [];
  const known = new Set(before.map((diagnostic) => JSON.stringify(diagnostic)));
  const said = [...before, ...remade.diagnostics.filter((diagnostic) => !known.has(JSON.stringify(diagnostic)))];
  return { project: { graph: extended.value, compiled: remade.value, counts }, diagnostics: [...diagnostics, ...said] };
}

/** Ephemeral models are compiled with whatever reads them, because its text is made of theirs. */
function withoutEphemeral(nodes: ReadonlyMap<string, Compiled>, isWanted: (node: Compiled) => boolean = () => true): ReadonlyMap<string, Compiled> {
  return new Map([...nodes].filter(([, node]) => isWanted(node) && !(node.kind === "model" && node.node.materialized === "ephemeral")));
}

/** The value at a path; maps and sets are counted through as they were written. */
function follow(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    const holder: unknown = at instanceof Map || at instanceof Set ? [...at] : at;
    at = (holder as Record<string | number, unknown>)[step];
  }
  return at;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
