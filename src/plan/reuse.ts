/**
 * Which nodes of a plan can be left as they are, and for all others why not: their last good build in this target was made
 * of the same, it still stands in the warehouse, and its tests passed. Pure; what was recorded and what stands there is
 * handed in.
 */
import type { RelationType } from "../compile/materializations/materialization.ts";
import type { Graph } from "../graph/graph.ts";
import { placeKey } from "./defer.ts";
import { explainParts } from "./explain-parts.ts";
import { type BuiltStage, type Plan, testsOf } from "./plan.ts";
import { createStamper, type StampContext, type Stamper } from "./stamps.ts";

/** What is known of the last build of a node, good or not. */
export interface RecordedBuild {
  readonly status: string;
  /** pass | fail | untested */
  readonly tested: string;
}

export interface ReuseRequest extends StampContext {
  readonly plan: Plan;
  readonly builds: ReadonlyMap<string, RecordedBuild>;
  /** Type by `placeKey` of all relations in the warehouse. */
  readonly standing: ReadonlyMap<string, RelationType>;
  /** Path of the warehouse, seen from the project. */
  readonly warehouse: string;
  /** Whether the files of an external model are there. */
  readonly hasFiles: (location: string) => boolean;
  readonly fullRefresh: boolean;
}

export interface Reuse {
  readonly reused: ReadonlySet<string>;
  /** Why each other node is built or tested again; never empty. */
  readonly reasons: ReadonlyMap<string, readonly string[]>;
}

export function findReusable(request: ReuseRequest): Reuse {
  const { plan, graph } = request;
  const stamper = createStamper(request);
  const stages = new Map(plan.stages.flatMap((stage) => (stage.kind === "test" || stage.kind === "unit_test" ? [] : [[stage.id, stage] as const])));
  const tests = new Set(plan.stages.flatMap((stage) => (stage.kind === "unit_test" ? [stage.id] : testsOf(stage).map(({ id }) => id))));
  const reused = new Set<string>();
  const reasons = new Map<string, readonly string[]>();
  // Parents come before children, so that it is known of all that a node reads whether it is built again.
  for (const id of graph.nodes.keys()) {
    const stage = stages.get(id);
    if (!stage && !tests.has(id)) continue;
    const found = stage ? whyBuilt(stage, request, stamper, reasons) : whyTested(id, request, stamper, reasons);
    if (found.length === 0) reused.add(id);
    else {
      reasons.set(id, found);
      if (stage) stamper.build(id);
    }
  }
  return { reused, reasons };
}

type Reasons = ReadonlyMap<string, readonly string[]>;

function whyBuilt(stage: BuiltStage, request: ReuseRequest, stamper: Stamper, rebuilt: Reasons): readonly string[] {
  const { id } = stage;
  const { recorded, builds, standing, warehouse, plan } = request;
  const last = recorded.get(id);
  const build = builds.get(id);
  if (!build) return ["it was not built in this target before"];
  if (build.status !== "success") return [build.status === "skipped" ? "its last build was skipped" : "its last build failed"];
  if (build.tested === "fail") return ["its tests failed"];
  if (build.tested !== "pass" && plan.command === "build") return ["not all of its tests have passed"];
  if (!last) return ["it is not known what its last build was made of"];
  if (last.warehouse !== warehouse) return ["it was built in another warehouse"];
  const expected = stage.kind === "model" ? stage.relationType : "table";
  if (standing.get(placeKey(stage.relation)) !== expected) return ["it is not in the warehouse"];
  if (stage.kind === "model" && stage.files && !request.hasFiles(stage.files.location)) return ["its files are not there"];
  if (request.fullRefresh && !stamper.isPure(id)) return ["--full-refresh makes it anew"];
  const word = stamper.volatile(id);
  if (word !== undefined && !stamper.isView(id)) return [`it depends on ${word}, which is different each time`];
  const strange = request.untracked.get(id);
  if (strange !== undefined) return [`it reads ${strange} without ref or source`];
  return explainParts(last.parts, stamper.parts(id), request, rebuilt);
}

function whyTested(id: string, request: ReuseRequest, stamper: Stamper, rebuilt: Reasons): readonly string[] {
  const last = request.recorded.get(id);
  const above = readBy(id, request.graph, stamper).find((input) => rebuilt.has(input));
  if (above !== undefined) return [`"${nameOf(above, request.graph)}" is built again`];
  if (!last) return ["it has not passed before"];
  if (last.warehouse !== request.warehouse) return ["it passed in another warehouse"];
  const word = stamper.volatile(id);
  if (word !== undefined) return [`it depends on ${word}, which is different each time`];
  const strange = request.untracked.get(id);
  if (strange !== undefined) return [`it reads ${strange} without ref or source`];
  return explainParts(last.parts, stamper.parts(id), request, rebuilt);
}

/** A unit test reads no data, but it belongs to its model: when that is built again, it comes before it. */
function readBy(id: string, graph: Graph, stamper: Stamper): readonly string[] {
  return [...stamper.inputs(id), ...(graph.dag.parents.get(id) ?? [])];
}

function nameOf(id: string, graph: Graph): string {
  return graph.nodes.get(id)?.name ?? id;
}
