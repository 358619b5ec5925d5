/** Says in which parts two fingerprints of a node differ, in words. Pure. */
import type { Graph } from "../graph/graph.ts";
import type { Parts } from "./fingerprint.ts";

export interface ExplainContext {
  readonly graph: Graph;
  readonly sourceVersions: ReadonlyMap<string, string>;
  readonly deferred: ReadonlySet<string>;
  /** What was built in this target at all. */
  readonly recorded: ReadonlyMap<string, unknown>;
}

const sentences: Readonly<Record<string, string>> = {
  sql: "its SQL changed",
  hooks: "its hooks changed",
  rows: "its rows changed, or the query that it is run on",
  file: "its file changed",
  columns: "its columns changed",
  relation: "it has another name or schema",
  descriptions: "its descriptions changed",
  on_run_start: "on_run_start changed",
  settings: "the settings of the database changed",
  retain: "another version of retain built it",
};

/** One sentence a part; empty when nothing differs. `rebuilt` are the nodes that are built again in this run. */
export function explainParts(before: Parts, now: Parts, context: ExplainContext, rebuilt: ReadonlyMap<string, unknown>): readonly string[] {
  const keys = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => before[key] !== now[key]);
  return keys.map((key) => {
    const at = key.indexOf(":");
    const kind = at < 0 ? key : key.slice(0, at);
    const name = key.slice(at + 1);
    switch (kind) {
      case "config":
        return `its setting ${name} changed`;
      case "macro":
        return before[key] === undefined
          ? `it uses macro "${name}" now`
          : now[key] === undefined
            ? `it no longer uses macro "${name}"`
            : `macro "${name}" changed`;
      case "source":
        return describeSource(name, before[key], now[key], context);
      case "upstream":
        return describeUpstream(name, before[key], now[key], context, rebuilt);
      default:
        return sentences[kind] ?? `its ${kind} changed`;
    }
  });
}

function describeSource(id: string, before: string | undefined, now: string | undefined, { graph, sourceVersions }: ExplainContext): string {
  const node = graph.nodes.get(id);
  const name = node?.resourceType === "source" ? `${node.sourceName}.${node.name}` : id;
  if (now === undefined) return `it no longer reads source ${name}`;
  if (!sourceVersions.has(id)) return `source ${name} cannot tell whether its data changed`;
  return before === undefined ? `it reads source ${name} now` : `source ${name} has other data`;
}

function describeUpstream(
  id: string,
  before: string | undefined,
  now: string | undefined,
  { graph, deferred, recorded }: ExplainContext,
  rebuilt: ReadonlyMap<string, unknown>,
): string {
  const name = graph.nodes.get(id)?.name ?? id;
  if (now === undefined) return `it no longer reads "${name}"`;
  if (deferred.has(id)) return `"${name}" is read from another warehouse`;
  if (before === undefined) return `it reads "${name}" now`;
  if (!recorded.has(id) && !rebuilt.has(id)) return `"${name}" was not built in this target`;
  return rebuilt.has(id) ? `"${name}" is built again` : `"${name}" was built again since`;
}
