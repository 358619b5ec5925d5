/**
 * What templates may ask for while they are rendered: variables, environment, relations, the run and the target. Made once
 * for a project; a caller may override parts of it, as unit tests and the incremental form of a model do. Pure.
 */
import type { Config } from "../config/config.ts";
import { type Graph, resolve, seenFrom } from "../graph/graph.ts";
import type { Built, SourceTable } from "../parse/resource.ts";
import type { Dialect } from "../ports/dialect.ts";
import { type InputLimit, limitInput } from "./limited-inputs.ts";
import { relationOf, sourceRelation } from "./relations.ts";
import type { RenderContext } from "./render.ts";
import type { Relation, Value } from "./values.ts";

/** What differs from run to run. */
export interface Invocation {
  readonly invocationId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** Globals are added to those that there are. */
export type RenderOverrides = Partial<Omit<RenderContext, "self" | "macros">>;

export interface ProjectContext {
  readonly relation: (node: Built | SourceTable) => Relation;
  /** The context of a template that defines `self`. */
  readonly contextFor: (self: Value, overrides?: RenderOverrides) => RenderContext;
}

export interface ContextOptions {
  readonly dialect: Dialect;
  readonly invocation: Invocation;
  /** What ref and source let through; everything where nothing is said. */
  readonly inputs?: InputLimit | undefined;
  /** Relations to read in place of the nodes' own, by unique id: those of another warehouse. */
  readonly deferred?: ReadonlyMap<string, Relation> | undefined;
}

/** What a text was made from that is not the project: then it may be another one in the next run. */
export interface ChangeWatch {
  hasChanged: boolean;
}

export function createProjectContext(
  graph: Graph,
  config: Config,
  { dialect, invocation, inputs, deferred }: ContextOptions,
  watch: ChangeWatch = { hasChanged: false },
): ProjectContext {
  // Most are asked for many times, by all that read them and by their tests.
  const relations = new Map<Built | SourceTable, Relation>();
  const relation = (node: Built | SourceTable): Relation => {
    const known = relations.get(node);
    if (known) return known;
    const made = deferred?.get(node.uniqueId) ?? (node.resourceType === "source" ? sourceRelation(node, config, dialect) : relationOf(node));
    relations.set(node, made);
    return made;
  };
  const common: Omit<RenderContext, "self"> = {
    vars: config.vars,
    environment: config.environment,
    macros: graph.macros,
    isIncremental: false,
    globals: {
      target: { name: config.targetName, type: config.target.type, schema: config.target.schema, threads: config.target.threads },
      run: {
        get started_at() {
          watch.hasChanged = true;
          return invocation.startedAt;
        },
        get invocation_id() {
          watch.hasChanged = true;
          return invocation.invocationId;
        },
      },
    },
    onForeignCode: () => {
      watch.hasChanged = true;
    },
    ...(config.packages.length > 0 && { macrosFor: (packageName: string) => graph.scopeOf(packageName).macros }),
    relation: (dependency) => {
      const node = resolve(graph.names, dependency);
      if (!node) return undefined;
      return inputs ? limitInput(relation(node), node, inputs, dialect) : relation(node);
    },
  };
  return {
    relation,
    contextFor: (self, overrides) =>
      overrides ? { ...common, ...overrides, globals: { ...common.globals, ...overrides.globals }, self } : { ...common, self },
  };
}

/** What compilation of a package's nodes needs: the graph and the settings as the package means them. */
export interface View {
  readonly graph: Graph;
  readonly config: Config;
  readonly contextFor: ProjectContext["contextFor"];
}

export function createViews(graph: Graph, config: Config, options: ContextOptions, watch: ChangeWatch): (packageName: string) => View {
  const views = new Map<string, View>();
  return (packageName) => {
    const known = views.get(packageName);
    if (known) return known;
    const own = config.packages.find(({ project }) => project.name === packageName);
    const seen = own ? seenFrom(graph, packageName) : graph;
    const settings = own ? { ...own, packages: config.packages } : config;
    const view: View = { graph: seen, config: settings, contextFor: createProjectContext(seen, settings, options, watch).contextFor };
    views.set(packageName, view);
    return view;
  };
}
