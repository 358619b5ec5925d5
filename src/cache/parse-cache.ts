/**
 * What was parsed and compiled before, kept below `.retain/cache` for the next run. An entry answers only for the very same
 * project: retain itself, Node, every file, setting and variable that could be read (`project-key.ts`), and the environment
 * variables that were read. Errors are never kept, so a project that has some is read anew until it is sound. What differs
 * from run to run (the run's time and id, functions of the project's own) is compiled anew each time.
 */
import { hash } from "node:crypto";
import { join } from "node:path";
import type { Compiled, CompiledProject } from "../compile/compiled.ts";
import type { Config, ModuleFunction } from "../config/config.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { type Graph, restoreGraph } from "../graph/graph.ts";
import type { Parsed } from "../parse/parse-project.ts";
import type { Resource } from "../parse/resource.ts";
import { cacheFolder, readCacheFile, tidyCache, writeCacheFile } from "./cache-file.ts";
import { type FunctionName, type Known, NotPlain, type Path, type Restoring, readValues, writeValues } from "./plain-data.ts";
import { allFiles, sealVariables } from "./project-key.ts";

/** What the stages have made of a project without errors. */
export interface Finished {
  readonly parsed: Parsed;
  readonly graph: Graph;
  readonly compiled: CompiledProject;
  /** What there was to say before compilation, and while compiling. */
  readonly diagnostics: readonly Diagnostic[];
  readonly compileDiagnostics: readonly Diagnostic[];
  readonly dependsOn: Dependence;
}

/** What is read besides files and settings. */
export interface Dependence {
  /** Names of environment variables. */
  readonly variables: readonly string[];
  /** The day of the run, in UTC, if anything asked for its time: it may be another thing tomorrow. */
  readonly day: string | null;
}

export interface KeptProject {
  readonly diagnostics: readonly Diagnostic[];
  readonly compileDiagnostics: readonly Diagnostic[];
  /** How many enabled resources there are of each type. */
  readonly counts: Readonly<Record<string, number>>;
  readonly parsed: () => Parsed;
  readonly graph: () => Graph;
  /** What need not be compiled again. `origin` finds out where the SQL at a path of a node came from. */
  readonly compiled: (origin: Origin) => CompiledProject;
  /** Whether nodes are left that have to be compiled in every run. */
  readonly isWhole: boolean;
  readonly dependsOn: Dependence;
}

/** Without an id the path begins at the compiled project. */
export type Origin = (id: string | undefined, path: Path) => ReturnType<Restoring["origin"]>;

/** A project and its key, which `projectKey` makes. */
export interface Keyed {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, string>;
  readonly key: string;
  /** What else was asked for, such as --sample. */
  readonly variant: unknown;
}

interface Head {
  readonly key: string;
  readonly environment: ReturnType<typeof sealVariables>;
  readonly diagnostics: readonly Diagnostic[];
  readonly compileDiagnostics: readonly Diagnostic[];
  readonly counts: Readonly<Record<string, number>>;
  readonly isWhole: boolean;
  readonly day: string | null;
  /** How many lines each part of the body has. */
  readonly lines: readonly number[];
}

/** As many targets and sets of variables stay warm. */
const mostFiles = 8;

/** One file for each target and its variables, so that those do not drive each other out. */
function cachePath({ config, variant }: Keyed): string {
  const { projectDir, targetName, vars } = config;
  const name = hash("sha256", JSON.stringify([targetName, vars, variant]), "hex").slice(0, 12);
  return join(projectDir, cacheFolder, `${targetName.replace(/\W+/g, "_")}-${name}.cache`);
}

export function findKept(keyed: Keyed, today: string): KeptProject | undefined {
  const { config, key } = keyed;
  const file = readCacheFile(cachePath(keyed));
  const head = file?.head as Head | undefined;
  if (!file || head?.key !== key || (head.day ?? today) !== today) return undefined;
  const names = head.environment.map(([name]) => name);
  if (JSON.stringify(sealVariables(names, config.environment, key)) !== JSON.stringify(head.environment)) return undefined;
  let body: ReturnType<typeof readBody> | undefined;
  const read = () => {
    body ??= readBody(file.lines(), head.lines, config);
    return body;
  };
  const { diagnostics, compileDiagnostics, counts, isWhole } = head;
  return {
    diagnostics,
    compileDiagnostics,
    counts,
    isWhole,
    parsed: () => read().parsed,
    graph: () => read().graph,
    compiled: (origin) => read().compiled(origin),
    dependsOn: { variables: names, day: head.day },
  };
}

function readBody(all: readonly string[], counts: readonly number[], config: Config) {
  let at = 0;
  const [resources = [], rest = [], edges = [], nodes = [], others = []] = counts.map((count) => {
    at += count;
    return all.slice(at - count, at);
  });
  const functions = functionsOf(config);
  const restoring = (list: readonly unknown[], origin: Restoring["origin"]): Restoring => ({
    resource: (link) => list[link],
    function: ([module, name]) => functions.find(([, known]) => known[0] === module && known[1] === name)?.[0],
    origin,
  });
  const noOrigin = () => [];
  const list = readValues<Resource>(resources, restoring([], noOrigin));
  const idOf = (link: number): string => (list[link] as Resource).uniqueId;
  const parents = edges.flatMap((line) => JSON.parse(line) as number[][]).map(([own = 0, ...links]) => [idOf(own), links.map(idOf)] as const);
  const parsed: Parsed = { ...(readValues(rest, restoring(list, noOrigin))[0] as Omit<Parsed, "nodes">), nodes: list };
  const graph = restoreGraph(config.project.name, parsed, new Map(parents));
  const compiled = (origin: Origin): CompiledProject => {
    const kept: readonly Compiled[] = readValues<Compiled>(
      nodes,
      restoring(list, (item, path) => origin(kept[item]?.node.uniqueId, path)),
    );
    const other = readValues(
      others,
      restoring(list, (_, path) => origin(undefined, path)),
    )[0] as Omit<CompiledProject, "nodes">;
    return { ...other, nodes: new Map(kept.map((node) => [node.node.uniqueId, node])) };
  };
  return { parsed, graph, compiled };
}

function functionsOf(config: Config): readonly (readonly [ModuleFunction, FunctionName])[] {
  return allFiles(config).flatMap((file) => Object.entries(file.functions ?? {}).map(([name, call]) => [call, [file.path, name]] as const));
}

/** Keeps it for the next run, if it can be kept. */
export function keepProject(keyed: Keyed, finished: Finished): void {
  const { config, sources, key } = keyed;
  const { parsed, graph, compiled, diagnostics, compileDiagnostics } = finished;
  const { variables: names, day } = finished.dependsOn;
  const secrets = secretsWithin(config, sources, names).map((secret) => JSON.stringify(secret).slice(1, -1));
  const mayBeKept = (line: string): string => {
    if (secrets.some((secret) => line.includes(secret))) throw new NotPlain("a secret");
    return line;
  };
  const links = new Map<object, number>(parsed.nodes.map((node, i) => [node, i]));
  const functions = new Map<unknown, FunctionName>(functionsOf(config));
  const known: Known = { linkOf: (value) => links.get(value), nameOf: (value) => functions.get(value) };
  const lines: number[] = [];
  const { nodes: _, ...others } = parsed;
  const { nodes: compiledNodes, ...rest } = compiled;
  const changing = changingNodes(graph, compiled, compileDiagnostics.length > 0);
  const parts: readonly Iterable<string>[] = [
    writeValues(parsed.nodes, known),
    writeValues([others], known),
    [
      JSON.stringify(
        parsed.nodes.flatMap((node, i) => (graph.dag.parents.has(node.uniqueId) && graph.nodes.get(node.uniqueId) === node ? [[i, ...parentLinks(node)]] : [])),
      ),
    ],
    writeValues(
      [...compiledNodes.values()].filter((node) => !changing.has(node.node.uniqueId)),
      known,
    ),
    writeValues([rest], known),
  ];
  function parentLinks(node: Resource): readonly number[] {
    return (graph.dag.parents.get(node.uniqueId) ?? []).map((id) => links.get(graph.nodes.get(id) as Resource) as number);
  }
  function* allLines(): Generator<string> {
    for (const part of parts) {
      let count = 0;
      for (const line of part) {
        count++;
        yield mayBeKept(line);
      }
      lines.push(count);
    }
  }
  const head = (): Head => {
    const counted: Head = {
      key,
      environment: sealVariables(names, config.environment, key),
      diagnostics,
      compileDiagnostics,
      counts: countTypes(graph),
      isWhole: changing.size === 0,
      day,
      lines,
    };
    mayBeKept(JSON.stringify(counted));
    return counted;
  };
  if (writeCacheFile(cachePath(keyed), allLines(), head)) tidyCache(join(config.projectDir, cacheFolder), mostFiles);
}

/**
 * The nodes that are compiled in every run: those that change by themselves, and what may have such text within. With them
 * go all ephemeral models, whose bodies the others are made of; and all nodes when there is something to say about any, so
 * that it is said in order.
 */
function changingNodes(graph: Graph, { nodes, changing }: CompiledProject, hasDiagnostics: boolean): ReadonlySet<string> {
  if (changing.size === 0) return changing;
  if (hasDiagnostics) return new Set(nodes.keys());
  const isEphemeral = (id: string): boolean => {
    const node = graph.nodes.get(id);
    return node?.resourceType === "model" && node.materialized === "ephemeral";
  };
  const found = new Set([...changing, ...[...nodes.keys()].filter(isEphemeral)]);
  for (const id of found) if (isEphemeral(id)) for (const child of graph.dag.children.get(id) ?? []) found.add(child);
  return found;
}

export function countTypes(graph: Graph): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { resourceType } of graph.nodes.values()) counts[resourceType] = (counts[resourceType] ?? 0) + 1;
  return counts;
}

/** Secrets that may have come into what was made: of variables that were read, here or for the settings. */
function secretsWithin(config: Config, sources: ReadonlyMap<string, string>, names: readonly string[]): readonly string[] {
  const { environment, secrets } = config;
  const ofProject = new Set(allFiles(config).map((file) => file.path));
  const mentioned = [...sources].flatMap(([path, text]) => (ofProject.has(path) ? [] : [...text.matchAll(/\$\{(\w+)/g)].map((match) => match[1] as string)));
  const values = new Set([...names, ...mentioned].map((name) => environment[name]));
  return secrets.filter((secret) => secret.length >= 8 && values.has(secret));
}
