/**
 * From a selection to a plan: which nodes become stages, which tests run inside a model's transaction, and what waits for
 * what. Pure.
 */
import { basename, dirname, join, resolve } from "node:path";
import type { Compiled, CompiledModel, CompiledProject, CompiledTest } from "../compile/compiled.ts";
import type { InputLimit } from "../compile/limited-inputs.ts";
import type { FileOutput } from "../compile/materializations/external.ts";
import type { BatchPlan } from "../compile/materializations/incremental/batches.ts";
import { materializations } from "../compile/materializations/registry.ts";
import { type SnapshotSpec, snapshotSpec } from "../compile/materializations/snapshot.ts";
import { groupBy } from "../core/group-by.ts";
import { quoteIdentifier } from "../core/names.ts";
import { ancestors, reach } from "../graph/dag.ts";
import type { Graph } from "../graph/graph.ts";
import type { Built, Seed } from "../parse/resource.ts";
import { ownerTitle } from "../parse/test-name.ts";
import { nameWithVersion } from "../parse/versions.ts";
import {
  auditSchemaName,
  type BatchStage,
  type Comments,
  type Contract,
  type FileStage,
  keptAs,
  memorySchema,
  type Plan,
  type PlannedShape,
  type RunCommand,
  type SeedLoad,
  type Stage,
  type TestCheck,
  testsOf,
} from "./plan.ts";

export interface PlanRequest {
  readonly command: RunCommand;
  readonly targetName: string;
  readonly targetSchema: string;
  readonly projectDir: string;
  readonly selected: ReadonlySet<string>;
  /** Makes incremental models anew, but for those that forbid it with `full_refresh: false`. */
  readonly fullRefresh?: boolean;
  /** Microbatch models do the batches of this time only; milliseconds since 1970. */
  readonly eventTimeStart?: number | undefined;
  readonly eventTimeEnd?: number | undefined;
  /** Set when inputs are not read whole. */
  readonly inputs?: InputLimit | undefined;
}

const kindsOf: Readonly<Record<RunCommand, readonly Compiled["kind"][]>> = {
  build: ["seed", "model", "snapshot", "test", "unit_test"],
  run: ["model"],
  seed: ["seed"],
  snapshot: ["snapshot"],
  test: ["test", "unit_test"],
};

export function isRunCommand(word: string): word is RunCommand {
  return Object.hasOwn(kindsOf, word);
}

export function makePlan(graph: Graph, compiled: CompiledProject, request: PlanRequest): Plan {
  const kinds = kindsOf[request.command];
  const chosen = new Map<string, Compiled>();
  for (const [id, node] of compiled.nodes) if (request.selected.has(id) && kinds.includes(node.kind) && !isEphemeral(node)) chosen.set(id, node);

  const attached = request.command === "build" ? attachTests(graph, chosen) : new Map<string, readonly string[]>();
  const attachedIds = new Set([...attached.values()].flat());
  const own = [...chosen].filter(([id]) => !attachedIds.has(id));
  const stageIds = new Set(own.map(([id]) => id));
  const gates = request.command === "build" ? findGates(graph, own) : new Map<string, readonly string[]>();
  const unitTests = groupBy(
    own.flatMap(([id, node]) => (node.kind === "unit_test" ? [[node.node.owner.uniqueId, id] as const] : [])),
    ([owner]) => owner,
  );

  const names = groupBy(
    [...compiled.nodes.values()].filter((node) => node.kind === "test"),
    ({ node }) => node.name.toLowerCase(),
  );
  const check = (test: CompiledTest): TestCheck => {
    const isShared = (names.get(test.node.name.toLowerCase())?.length ?? 0) > 1;
    return toCheck(test, request.inputs, request.targetSchema, isShared ? `${test.node.name}_${test.node.uniqueId.slice(-10)}` : test.node.name);
  };
  const stages = own.map(([id, node]): Stage => {
    const before = (unitTests.get(id) ?? []).map(([, test]) => test);
    // A unit test comes before its model and waits for nothing.
    const dependsOn = node.kind === "unit_test" ? [] : [...new Set([...nearestStages(graph, id, stageIds), ...(gates.get(id) ?? []), ...before])];
    const tests = (attached.get(id) ?? []).map((test) => check(compiled.nodes.get(test) as CompiledTest));
    return Object.freeze(toStage(node, dependsOn, tests, request, check));
  });
  const ordered = orderStages(stages);
  const shapes = unitTests.size > 0 ? planShapes(compiled.shapes, request.projectDir) : new Map<string, PlannedShape>();
  // Where nothing is to be done, nothing is to be begun or ended.
  const operations = ordered.some(({ kind }) => kind !== "unit_test") ? compiled.operations : [];
  return Object.freeze({
    command: request.command,
    targetName: request.targetName,
    schemas: schemasOf(ordered),
    stages: Object.freeze(ordered),
    shapes,
    onRunStart: operations.filter(({ node }) => node.moment === "on_run_start"),
    onRunEnd: operations.filter(({ node }) => node.moment === "on_run_end"),
  });
}

function isEphemeral(node: Compiled): boolean {
  return node.kind === "model" && materializations[node.node.materialized]?.relationType === undefined;
}

/**
 * A test runs inside the transaction of a model when it reads nothing but that model and its ancestors: then all that it
 * needs is there, and the model is not published if it fails.
 */
function attachTests(graph: Graph, chosen: ReadonlyMap<string, Compiled>): ReadonlyMap<string, readonly string[]> {
  const order = new Map([...graph.nodes.keys()].map((id, i) => [id, i]));
  const ancestorsOf = new Map<string, ReadonlySet<string>>();
  const attached = new Map<string, string[]>();
  for (const [id, node] of chosen) {
    if (node.kind !== "test") continue;
    const parents = (graph.dag.parents.get(id) ?? []).toSorted((a, b) => (order.get(b) ?? 0) - (order.get(a) ?? 0));
    const [last, ...others] = parents;
    if (last === undefined || chosen.get(last) === undefined || chosen.get(last)?.kind === "test") continue;
    if (others.length > 0 && !ancestorsOf.has(last)) ancestorsOf.set(last, ancestors(graph.dag, last));
    if (!others.every((other) => ancestorsOf.get(last)?.has(other))) continue;
    const list = attached.get(last);
    if (list) list.push(id);
    else attached.set(last, [id]);
  }
  return attached;
}

/** A test stage holds back every model that builds on all that the test reads. */
function findGates(graph: Graph, own: readonly (readonly [string, Compiled])[]): ReadonlyMap<string, readonly string[]> {
  const gates = new Map<string, string[]>();
  for (const [id, node] of own) {
    if (node.kind !== "test") continue;
    const parents = graph.dag.parents.get(id) ?? [];
    const below = parents.map((parent) => reach(graph.dag.children, [parent]));
    for (const descendant of below[0] ?? []) {
      const type = graph.nodes.get(descendant)?.resourceType;
      if ((type !== "model" && type !== "snapshot") || !below.every((set) => set.has(descendant))) continue;
      const list = gates.get(descendant);
      if (list) list.push(id);
      else gates.set(descendant, [id]);
    }
  }
  return gates;
}

/** The closest ancestors that are stages, through nodes that are not. */
function nearestStages(graph: Graph, id: string, stageIds: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (from: string): void => {
    for (const parent of graph.dag.parents.get(from) ?? []) {
      if (stageIds.has(parent)) found.add(parent);
      else if (!seen.has(parent)) {
        seen.add(parent);
        visit(parent);
      }
    }
  };
  visit(id);
  return [...found];
}

function toStage(
  node: Compiled,
  dependsOn: readonly string[],
  tests: readonly TestCheck[],
  request: PlanRequest,
  check: (test: CompiledTest) => TestCheck,
): Stage {
  const base = { id: node.node.uniqueId, name: nameWithVersion(node.node), dependsOn, span: node.node.span };
  if (node.kind === "test") return { ...base, kind: "test", test: check(node) };
  if (node.kind === "unit_test") {
    const { schema, inputs, expectations, write } = node;
    return { ...base, kind: "unit_test", title: node.node.title, modelName: node.node.owner.name, schema, inputs, expectations, write };
  }
  const childrenGoOn = node.node.config.on_error === "continue";
  const writing = { ...base, relation: node.relation, hooks: node.hooks, comments: commentsOf(node.node), childrenGoOn, tests };
  switch (node.kind) {
    case "seed":
      return { ...writing, kind: "seed", load: toSeedLoad(node.node, request), isPartial: false, trial: undefined };
    case "snapshot": {
      const spec = snapshotSpec(node.node, node.sql);
      // What was not read must not count as gone.
      const snapshot: SnapshotSpec = request.inputs ? { ...spec, hardDeletes: "ignore" } : spec;
      const isPartial = request.inputs !== undefined;
      return { ...writing, kind: "snapshot", snapshot, isPartial, trial: isPartial ? spec.rows : undefined, privacy: node.privacy };
    }
    case "model":
      return {
        ...writing,
        kind: "model",
        materialized: node.node.materialized,
        // Rows of a part of the data must not be mixed into the whole.
        ...modelParts(node, request),
      };
  }
}

function modelParts(model: CompiledModel, request: PlanRequest) {
  const { node, constraints, privacy } = model;
  const materialization = materializations[node.materialized];
  const isPart = request.inputs !== undefined;
  const isAnew = isPart || (node.config.full_refresh ?? request.fullRefresh === true);
  // A part of the inputs is read as one.
  const increment = materialization?.increment?.(model);
  const batches = isPart ? undefined : materialization?.batches?.(model);
  const isPartial = isPart && materialization?.isIncremental === true;
  return {
    relationType: materialization?.relationType ?? "view",
    steps: materialization?.steps(model) ?? [],
    increment: increment && { ...increment, isAnew },
    batches: batches && batchStage(batches, isAnew, request),
    isPartial,
    trial: isPartial && node.config.full_refresh === false ? model.sql : undefined,
    files: fileStage(materialization?.files?.(model), isAnew, request),
    query: materialization?.isItsQuery ? model.sql : undefined,
    contract: contractOf(node),
    constraints,
    holdsConstraints: materialization?.holdsConstraints ?? false,
    privacy,
  };
}

/** Who names a time wants that time done again, and the rest left as it is. */
function batchStage(batches: BatchPlan, isAnew: boolean, { eventTimeStart: from, eventTimeEnd: until }: PlanRequest): BatchStage {
  return { ...batches, isAnew: isAnew && from === undefined && until === undefined, from, until };
}

/** Versions lie beside the location, so that they can be moved to it in one step; each target has its own. */
function fileStage(files: FileOutput | undefined, isAnew: boolean, { projectDir, targetName }: PlanRequest): FileStage | undefined {
  if (!files) return undefined;
  const path = resolve(projectDir, files.location).replaceAll("\\", "/");
  const versions = `${dirname(path)}/.${basename(path)}.versions/${targetName}`;
  return { ...files, path, versions, isAnew };
}

function contractOf({ config, columns }: CompiledModel["node"]): Contract | undefined {
  if (!config.contract?.enforced) return undefined;
  return { columns: columns.map(({ name, dataType, span }) => ({ name, type: dataType, span })), aliasTypes: config.contract.alias_types ?? true };
}

function commentsOf({ config, description, columns }: Built): Comments | undefined {
  const { relation, columns: ofColumns } = config.persist_docs ?? {};
  if (!relation && !ofColumns) return undefined;
  return {
    relation: relation && description !== "" ? description : undefined,
    columns: ofColumns ? columns.flatMap((column) => (column.description === "" ? [] : [{ name: column.name, text: column.description }])) : [],
  };
}

export function planShapes(shapes: CompiledProject["shapes"], projectDir: string): ReadonlyMap<string, PlannedShape> {
  return new Map(
    [...shapes].map(([id, named]): [string, PlannedShape] => {
      const { shape } = named;
      return [id, { ...named, shape: shape.kind === "seed" ? { kind: "seed", load: toSeedLoad(shape.seed, { projectDir }) } : shape }];
    }),
  );
}

function toSeedLoad(node: Seed, { projectDir, inputs }: Pick<PlanRequest, "projectDir" | "inputs">): SeedLoad {
  const declared = new Map(node.columns.map((column) => [column.name.toLowerCase(), column]));
  return {
    name: node.name,
    file: node.originalFilePath,
    absolutePath: join(projectDir, node.originalFilePath).replaceAll("\\", "/"),
    delimiter: node.config.delimiter ?? ",",
    isEmpty: inputs?.kind === "none",
    columns: node.header.map((name) => {
      const column = declared.get(name.toLowerCase());
      const type = column?.dataType ?? Object.entries(node.config.column_types ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
      return { name, type, isPii: column?.pii !== undefined, span: column?.span };
    }),
  };
}

function toCheck({ node, sql, privacy }: CompiledTest, inputs: InputLimit | undefined, targetSchema: string, keepAs: string): TestCheck {
  const { config } = node;
  const type = keptAs(config);
  const place = { schema: auditSchemaName(targetSchema, config.schema), name: config.alias ?? keepAs };
  const storeAs: TestCheck["storeAs"] = type && {
    kind: "relation",
    database: undefined,
    ...place,
    sql: `${quoteIdentifier(place.schema)}.${quoteIdentifier(place.name)}`,
    type,
  };
  return {
    id: node.uniqueId,
    name: node.name,
    title: node.title,
    owner: node.testKind === "generic" ? ownerTitle(node.owner) : undefined,
    keepAs,
    sql,
    // Data that is not all there may break any rule that relates rows to other rows.
    severity: inputs ? "warn" : config.severity,
    isJudged: inputs?.kind !== "none",
    warnIf: config.warn_if,
    errorIf: config.error_if,
    failCalc: config.fail_calc,
    limit: config.limit,
    storeAs,
    privacy,
    span: node.span,
  };
}

/** Gates add edges that the graph's own order does not know. */
function orderStages(stages: readonly Stage[]): readonly Stage[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const done = new Set<string>();
  const ordered: Stage[] = [];
  const visit = (stage: Stage): void => {
    if (done.has(stage.id)) return;
    done.add(stage.id);
    for (const id of stage.dependsOn) {
      const parent = byId.get(id);
      if (parent) visit(parent);
    }
    ordered.push(stage);
  };
  for (const stage of stages) visit(stage);
  return ordered;
}

function schemasOf(stages: readonly Stage[]): readonly string[] {
  const schemas = new Set<string>();
  for (const stage of stages) {
    if ("relation" in stage) schemas.add(stage.relation.schema);
    if (stage.kind === "model" ? stage.batches || stage.isPartial || stage.files : "isPartial" in stage && stage.isPartial) schemas.add(memorySchema);
    for (const test of testsOf(stage)) if (test.storeAs) schemas.add(test.storeAs.schema);
  }
  return [...schemas];
}
