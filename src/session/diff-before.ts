/** The project that this one is compared with: that of a git ref, compiled like this one, or what a manifest of an earlier run says of it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { record } from "../artifacts/earlier/earlier-manifest.ts";
import { compileProject } from "../compile/compile-project.ts";
import type { CompiledProject } from "../compile/compiled.ts";
import type { Config } from "../config/config.ts";
import { readEnvironment } from "../config/find-project.ts";
import { diagnose, hasErrors } from "../core/diagnostic.ts";
import { type Compared, isCompared, isMoved, reasonsByManifest, reasonsByParts } from "../diff/compare-nodes.ts";
import type { ModelDiff } from "../diff/diff-report.ts";
import type { Graph } from "../graph/graph.ts";
import { nameWithVersion } from "../parse/versions.ts";
import type { ResultColumn } from "../ports/engine.ts";
import { readGitProject } from "./git-project.ts";
import type { Host } from "./host.ts";
import { readProject, type Session, type SessionOptions } from "./session.ts";
import { sourceLookup } from "./source-lookup.ts";

export type BeforeNode = Pick<ModelDiff, "id" | "name" | "kind" | "materialized" | "file">;

export interface BeforeProject {
  readonly title: string;
  readonly nodes: ReadonlyMap<string, BeforeNode>;
  /** What of a node is another now. */
  reasons(node: Compared): readonly string[];
  isMoved(node: Compared): boolean;
  /** The compiled project, of a git ref. */
  readonly compiled: { readonly graph: Graph; readonly project: CompiledProject; readonly config: Config; readonly folder: string } | undefined;
  /** Columns that are known already, of an earlier run. */
  readonly columns: ReadonlyMap<string, readonly ResultColumn[]>;
  remove(): void;
}

/** `undefined` after what kept it from being read has been said. */
export async function readGitBefore(host: Host, session: Session, ref: string, options: SessionOptions): Promise<BeforeProject | undefined> {
  const { projectDir } = session.config;
  const environment = readEnvironment(projectDir, host.environment);
  const found = await readGitProject({ projectDir, ref, environment });
  session.report(found.diagnostics);
  if (!found.value) return undefined;
  const { folder, title, remove } = found.value;
  try {
    const { target, vars, warnError } = options;
    const opened = await readProject({ ...host, environment }, { target, vars, warnError, cache: false, projectDir: folder });
    const { config, graph, sources } = opened.value;
    const errors = opened.diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0 || !config || !graph) {
      host.reportDiagnostics(errors, { sources: sourceLookup(sources, folder), secrets: session.config.secrets });
      session.report([diagnose("RT0514", { ref })]);
      remove();
      return undefined;
    }
    // Files that sources read in place lie where they always do, so that they are no difference.
    const moved = (path: string): string => (path.startsWith(folder) ? join(projectDir, path.slice(folder.length)) : path);
    const here = { ...config, projectDir, packages: config.packages.map((each) => ({ ...each, projectDir: moved(each.projectDir) })) };
    const compiled = compileProject(graph, here, { dialect: host.dialect, invocation: host.invocation });
    if (hasErrors(compiled.diagnostics)) throw new Error("a project that compiled does not compile in another folder");
    const context = (of: Graph) => ({ graph: of, invocation: host.invocation, version: host.version });
    const nodeOf = (id: string): Compared | undefined => {
      const node = compiled.value.nodes.get(id);
      return isCompared(node) ? node : undefined;
    };
    return {
      title,
      nodes: new Map([...compiled.value.nodes].flatMap(([id, node]) => (isCompared(node) ? [[id, describeNode(node)] as const] : []))),
      reasons: (node) => {
        const before = nodeOf(node.node.uniqueId);
        return before ? reasonsByParts(before, node, { before: context(graph), after: context(session.graph) }) : [];
      },
      isMoved: (node) => {
        const before = nodeOf(node.node.uniqueId);
        return before !== undefined && isMoved(before, node);
      },
      compiled: { graph, project: compiled.value, config: here, folder },
      columns: new Map(),
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

export function describeNode(entry: Compared): BeforeNode {
  const { node, kind } = entry;
  return { id: node.uniqueId, name: nameWithVersion(node), kind, materialized: kind === "model" ? entry.node.materialized : kind, file: node.originalFilePath };
}

const kinds: Readonly<Record<string, ModelDiff["kind"]>> = { model: "model", seed: "seed", snapshot: "snapshot" };

/** `folder` is the absolute path of what --state names. */
export function readEarlierBefore(earlier: NonNullable<Session["earlier"]>, folder: string): BeforeProject {
  const nodes = new Map<string, BeforeNode>();
  for (const [id, entry] of earlier.artifacts.manifest.entries) {
    const kind = kinds[String(entry["resource_type"])];
    if (!kind) continue;
    const version = entry["version"] === undefined || entry["version"] === null ? "" : `.v${String(entry["version"])}`;
    const materialized = String(record(entry["config"])["materialized"] ?? kind);
    nodes.set(id, { id, name: `${String(entry["name"])}${version}`, kind, materialized, file: String(entry["original_file_path"] ?? "") });
  }
  return {
    title: earlier.artifacts.shown,
    nodes,
    reasons: ({ node, kind }) => reasonsByManifest(node.uniqueId, kind === "seed", earlier.run),
    isMoved: ({ node }) => earlier.run.isModified(node.uniqueId, "relation"),
    compiled: undefined,
    columns: readCatalog(join(folder, "catalog.json")),
    remove: () => undefined,
  };
}

/** Without a catalog nothing is known; one that is broken is none. */
function readCatalog(path: string): ReadonlyMap<string, readonly ResultColumn[]> {
  if (!existsSync(path)) return new Map();
  try {
    const { nodes } = record(JSON.parse(readFileSync(path, "utf8")));
    return new Map(
      Object.entries(record(nodes)).map(([id, node]) => {
        const columns = Object.values(record(record(node)["columns"])).map(record);
        return [id, columns.toSorted((a, b) => Number(a["index"]) - Number(b["index"])).map(({ name, type }) => ({ name: String(name), type: String(type) }))];
      }),
    );
  } catch {
    return new Map();
  }
}
