/**
 * The stamp of a node: what it is made of, and a version of its rows for those who read it. Versions go down the graph, so
 * that whoever reads a node that was built again sees another version of it, unless the new rows must be the old ones. Pure.
 */
import type { CompiledProject } from "../compile/compiled.ts";
import { isStored } from "../compile/is-stored.ts";
import { materializations } from "../compile/materializations/registry.ts";
import { digest, type FingerprintContext, ownParts, type Parts, runParts } from "./fingerprint.ts";
import { volatileIn } from "./volatile.ts";

export interface Stamp {
  readonly parts: Parts;
  readonly version: string;
}

/** A stamp of the last good build in a target. */
export interface RecordedStamp extends Stamp {
  /** Path of the warehouse that it was built in, seen from the project. */
  readonly warehouse: string;
}

export interface StampContext extends FingerprintContext {
  readonly compiled: CompiledProject;
  /** When the SQL was compiled. */
  readonly invocation: { readonly invocationId: string; readonly startedAt: string };
  readonly recorded: ReadonlyMap<string, RecordedStamp>;
  /** What the SQL of nodes reads that is neither a ref nor a source, so that nobody can tell whether it changed. */
  readonly untracked: ReadonlyMap<string, string>;
  /** Version of the data of each source; those that cannot tell are left out. */
  readonly sourceVersions: ReadonlyMap<string, string>;
  /** Settings of the target's database. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What the project itself decides of nodes, as far as it is worked out already. */
  readonly own?: ReadonlyMap<string, Parts> | undefined;
  /** Nodes that are read from another warehouse. */
  readonly deferred: ReadonlySet<string>;
}

export interface Stamper {
  /** What the node would be built from now. */
  parts(id: string): Parts;
  /** It is made of the same text and reads the same nodes as when it was recorded, whatever stands in them now. */
  isAsRecorded(id: string): boolean;
  /** The node is built in this run: those below it read the new rows. */
  build(id: string): Stamp;
  /** What makes its rows depend on more than its inputs: in its own text, or in a view that it reads. */
  volatile(id: string): string | undefined;
  /** It is computed whenever it is read. */
  isView(id: string): boolean;
  /** The same inputs give the same rows, whatever was there before. */
  isPure(id: string): boolean;
  /** The stored nodes and sources that it reads, through those that are no relations. */
  inputs(id: string): readonly string[];
}

/** The stored nodes and sources that a node reads, through those that are no relations. */
export function inputsOf({ graph, compiled }: Pick<StampContext, "graph" | "compiled">, id: string): readonly string[] {
  // A unit test reads what it is given.
  if (compiled.nodes.get(id)?.kind === "unit_test") return [];
  const found = new Set<string>();
  const visit = (from: string): void => {
    for (const parent of graph.dag.parents.get(from) ?? []) {
      const node = compiled.nodes.get(parent);
      if (node && !isStored(node)) visit(parent);
      else found.add(parent);
    }
  };
  visit(id);
  return [...found];
}

export function createStamper(context: StampContext): Stamper {
  const { graph, compiled, invocation, recorded, untracked, sourceVersions, deferred } = context;
  const built = new Map<string, Stamp>();
  const volatiles = new Map<string, string | undefined>();
  const own = new Map<string, Parts>();
  const ofRun = runParts(compiled, context.settings, invocation);

  const inputs = (id: string): readonly string[] => inputsOf(context, id);
  const volatile = (id: string): string | undefined => {
    if (volatiles.has(id)) return volatiles.get(id);
    const entry = compiled.nodes.get(id);
    const ownWord = entry && volatileIn(entry, invocation.startedAt);
    const found =
      ownWord ??
      inputs(id)
        .filter(isView)
        .map(volatile)
        .find((word) => word !== undefined);
    volatiles.set(id, found);
    return found;
  };
  const isView = (id: string): boolean => {
    const entry = compiled.nodes.get(id);
    const materialization = entry?.kind === "model" ? materializations[entry.node.materialized] : undefined;
    return materialization?.relationType === "view" && materialization.isItsQuery === true;
  };
  const isPure = (id: string): boolean => {
    const entry = compiled.nodes.get(id);
    const isItsQuery = entry?.kind === "seed" || (entry?.kind === "model" && materializations[entry.node.materialized]?.isItsQuery === true);
    return isItsQuery && volatile(id) === undefined && !untracked.has(id);
  };
  /** Never the same twice: what is not known must not look unchanged. */
  const unknown = (what: string): string => digest([what, invocation.invocationId]);
  const ownOf = (id: string): Parts => {
    const entry = compiled.nodes.get(id);
    const mine = own.get(id) ?? (entry ? { ...(context.own?.get(id) ?? ownParts(entry, context)), ...ofRun } : {});
    own.set(id, mine);
    return mine;
  };
  const isSource = (id: string): boolean => graph.nodes.get(id)?.resourceType === "source";
  const isAsRecorded = (id: string): boolean => {
    const before = recorded.get(id)?.parts;
    if (!before) return false;
    const mine = ownOf(id);
    const names = Object.keys(mine);
    const read = inputs(id).map((input) => `${isSource(input) ? "source" : "upstream"}:${input}`);
    return (
      names.every((name) => before[name] === mine[name]) && read.every((name) => name in before) && names.length + read.length === Object.keys(before).length
    );
  };
  const parts = (id: string): Parts => {
    if (!compiled.nodes.has(id)) return {};
    const mine = ownOf(id);
    const upstream = inputs(id).map((input): readonly [string, string] => {
      if (isSource(input)) return [`source:${input}`, sourceVersions.get(input) ?? unknown(input)];
      const version = deferred.has(input) ? undefined : (built.get(input) ?? recorded.get(input))?.version;
      return [`upstream:${input}`, version ?? unknown(input)];
    });
    return { ...mine, ...Object.fromEntries(upstream) };
  };
  return {
    parts,
    isAsRecorded,
    volatile,
    isView,
    isPure,
    inputs,
    build: (id) => {
      const made = parts(id);
      const stamp = { parts: made, version: isPure(id) ? digest(made) : unknown(digest(made)) };
      built.set(id, stamp);
      return stamp;
    },
  };
}
