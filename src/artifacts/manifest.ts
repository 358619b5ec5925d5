/**
 * The project as dbt's manifest (version 12), so that tools which read dbt's read retain's. Pure: it neither writes the file
 * nor looks at the clock. What dbt has no slot for stands under `meta`.
 */
import { createHash } from "node:crypto";
import type { CompiledProject } from "../compile/compiled.ts";
import type { Config } from "../config/config.ts";
import { withoutEnvironment, writtenAt } from "../config/written-at.ts";
import { groupBy } from "../core/group-by.ts";
import { type Graph, seenFrom } from "../graph/graph.ts";
import type { Selectors } from "../graph/select/selectors-file.ts";
import { isBuilt, type Resource } from "../parse/resource.ts";
import { compiledPaths, targetFolder } from "./compiled-paths.ts";
import { collectSections, type Sections } from "./json-pieces.ts";
import { type ManifestContext, type ManifestEntry, macroId } from "./manifest/context.ts";
import { exportEntry, exposureEntry } from "./manifest/exposure-entry.ts";
import { groupEntry } from "./manifest/group-entry.ts";
import { macroEntry } from "./manifest/macro-entry.ts";
import { modelEntry } from "./manifest/model-entry.ts";
import { operationEntry, operationParents } from "./manifest/operation-entry.ts";
import { readPrimaryKeys } from "./manifest/primary-keys.ts";
import { seedEntry } from "./manifest/seed-entry.ts";
import { snapshotEntry } from "./manifest/snapshot-entry.ts";
import { sourceEntry } from "./manifest/source-entry.ts";
import { testEntry } from "./manifest/test-entry.ts";
import { unitTestEntry } from "./manifest/unit-test-entry.ts";
import { type ArtifactInvocation, artifactMetadata, inUtc } from "./metadata.ts";

export interface ManifestInput {
  readonly config: Config;
  readonly graph: Graph;
  /** Without it the entries have no compiled SQL, as after parsing alone. */
  readonly compiled: CompiledProject | undefined;
  readonly invocation: ArtifactInvocation;
  /** Name of the main database, such as `warehouse` or `memory`. */
  readonly catalogName: string;
  /** retain's own version. */
  readonly version: string;
  readonly selectors?: Selectors | undefined;
}

/** The whole manifest as one value. For large projects `manifestSections` with `writeSections` takes a fraction of the time. */
export function createManifest(input: ManifestInput): Record<string, Record<string, unknown>> {
  return collectSections(manifestSections(input));
}

/** The manifest with entries that are made one by one. Each section can be read once. */
export function manifestSections(input: ManifestInput): Sections {
  const { config, graph, invocation } = input;
  const context = makeContext(input);
  const metadata = {
    ...artifactMetadata("manifest", invocation, input.version, {
      RETAIN_TARGET: config.targetName,
      RETAIN_WAREHOUSE_PATH: withoutEnvironment(config.target.path, writtenAt(config.yaml.value, ["targets", config.targetName, "path"])),
    }),
    project_name: config.project.name,
    project_id: createHash("md5").update(config.project.name).digest("hex"),
    user_id: null,
    send_anonymous_usage_stats: false,
    adapter_type: config.target.type,
    quoting: { database: true, schema: true, identifier: true, column: null },
    run_started_at: inUtc(invocation.startedAt),
  };
  return {
    metadata: Object.entries(metadata),
    nodes: nodeEntries(context),
    sources: entries(context, ["source"]),
    macros: [...graph.macros.values()].map((macro) => [macroId(macro), macroEntry(macro, seenBy(macro, context))] as const),
    docs: overview(config.project.name),
    exposures: entries(context, ["exposure", "export"]),
    metrics: [],
    groups: [...graph.groups.values()].map((group) => [group.uniqueId, groupEntry(group)] as const),
    selectors: [...(input.selectors?.values() ?? [])].map(({ name, description, definition }) => [name, { name, description, definition }] as const),
    disabled: [...groupBy(graph.disabled, (node) => node.uniqueId)].map(
      ([id, nodes]) => [id, nodes.map((node) => entryOf(node, seenBy(node, context)))] as const,
    ),
    parent_map: parentMap(context),
    child_map: neighbours(graph, graph.dag.children),
    group_map: groupMap(graph),
    saved_queries: [],
    semantic_models: [],
    unit_tests: entries(context, ["unit_test"]),
    functions: [],
  };
}

function* entries(context: ManifestContext, types: readonly Resource["resourceType"][]): Generator<readonly [string, ManifestEntry]> {
  for (const [id, node] of context.graph.nodes) if (types.includes(node.resourceType)) yield [id, entryOf(node, seenBy(node, context))];
}

function* nodeEntries(context: ManifestContext): Generator<readonly [string, ManifestEntry]> {
  yield* entries(context, ["model", "seed", "snapshot", "test"]);
  for (const operation of context.graph.operations) yield [operation.uniqueId, operationEntry(operation, context)];
}

function* parentMap(context: ManifestContext): Generator<readonly [string, readonly string[]]> {
  yield* neighbours(context.graph, context.graph.dag.parents);
  for (const operation of context.graph.operations) yield [operation.uniqueId, operationParents(operation, context)];
}

function* neighbours(graph: Graph, edges: ReadonlyMap<string, readonly string[]>): Generator<readonly [string, readonly string[]]> {
  for (const id of graph.nodes.keys()) yield [id, edges.get(id) ?? []];
}

function* groupMap(graph: Graph): Generator<readonly [string, readonly string[]]> {
  const members = groupBy(
    [...graph.nodes.values()].filter((node) => isBuilt(node) && node.config.group !== undefined),
    (node) => (isBuilt(node) ? node.config.group : undefined),
  );
  for (const name of graph.groups.keys()) yield [name, (members.get(name) ?? []).map((node) => node.uniqueId)];
}

function makeContext({ config, graph, compiled, invocation, catalogName }: ManifestInput): ManifestContext {
  return {
    config,
    graph,
    compiled,
    compiledPaths: compiled ? compiledPaths(compiled) : new Map<string, string>(),
    compiledRoot: `${targetFolder}/compiled/${config.project.name}/`,
    catalogName,
    targetSchema: config.target.schema,
    createdAt: new Date(invocation.startedAt).getTime() / 1000,
    primaryKeys: readPrimaryKeys(graph),
  };
}

/** Names in a package's files mean what they mean there. */
function seenBy({ packageName }: { readonly packageName: string }, context: ManifestContext): ManifestContext {
  return packageName === context.graph.projectName ? context : { ...context, graph: seenFrom(context.graph, packageName) };
}

function entryOf(node: Resource, context: ManifestContext): ManifestEntry {
  switch (node.resourceType) {
    case "model":
      return modelEntry(node, context);
    case "seed":
      return seedEntry(node, context);
    case "snapshot":
      return snapshotEntry(node, context);
    case "source":
      return sourceEntry(node, context);
    case "test":
      return testEntry(node, context);
    case "unit_test":
      return unitTestEntry(node, context);
    case "exposure":
      return exposureEntry(node, context);
    case "export":
      return exportEntry(node, context);
  }
}

/** dbt's documentation site opens with the text of this name and stays blank without it. */
function overview(projectName: string): readonly (readonly [string, ManifestEntry])[] {
  const id = `doc.${projectName}.__overview__`;
  const text = `# ${projectName}\n\nModels, tests, sources and audience exports of this project, written by retain.`;
  return [
    [
      id,
      {
        name: "__overview__",
        resource_type: "doc",
        package_name: projectName,
        path: "overview.md",
        original_file_path: "overview.md",
        unique_id: id,
        block_contents: text,
      },
    ],
  ];
}
