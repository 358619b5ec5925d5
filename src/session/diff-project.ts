/**
 * Compares this project and its warehouse with another: a git ref, the artifacts of an earlier run, another target's warehouse.
 * What was written is compared where both projects are known, columns by the queries or as they stand, rows where both warehouses
 * are there. Reads only.
 */
import { resolve } from "node:path";
import { joinPrivacy } from "../compile/privacy.ts";
import { diagnose } from "../core/diagnostic.ts";
import { listFirst, plural, quoteIdentifier } from "../core/names.ts";
import { type Compared, impactOf, isCompared } from "../diff/compare-nodes.ts";
import { compareRows } from "../diff/compare-rows.ts";
import { type DiffReport, hasRowChanges, type ModelDiff, type ModelStatus, type RowDifference } from "../diff/diff-report.ts";
import { findKeys, type Key } from "../diff/find-key.ts";
import { descendants } from "../graph/dag.ts";
import type { Graph } from "../graph/graph.ts";
import { placeKey, type RelationPlace } from "../plan/defer.ts";
import type { Connection, Database, ResultColumn } from "../ports/engine.ts";
import { type ColumnDifference, compareColumns, isDifferent } from "../run/compare-columns.ts";
import { mapEngineError } from "../run/map-error.ts";
import { type BeforeProject, describeNode, readEarlierBefore, readGitBefore } from "./diff-before.ts";
import { columnsBetween, describeColumns } from "./diff-columns.ts";
import { findDiffWarehouse } from "./diff-warehouse.ts";
import type { Host } from "./host.ts";
import type { WarehouseOptions } from "./options.ts";
import type { OtherWarehouse } from "./other-warehouse.ts";
import { openWarehouse, type Session, type SessionOptions } from "./session.ts";
import { readStandingColumns, type StandingRelation } from "./standing.ts";

export interface DiffRequest {
  readonly git?: string | undefined;
  /** A target, or the path of a file. */
  readonly against?: string | undefined;
  readonly selected: ReadonlySet<string>;
  /** Whether the whole project is compared: then what was removed from it belongs to it, too. */
  readonly isWhole: boolean;
  /** Over what tests and constraints say. */
  readonly key?: readonly string[] | undefined;
  readonly rows: boolean;
  readonly samples: number;
  readonly signal: AbortSignal;
}

/** `undefined` after a problem that was said. */
export async function diffProject(
  host: Host,
  session: Session,
  request: DiffRequest,
  options: SessionOptions & WarehouseOptions,
): Promise<DiffReport | undefined> {
  const { git, against } = request;
  if (git === undefined && against === undefined && !session.earlier) {
    session.report([
      diagnose(
        "RT0496",
        { problem: "nothing is named" },
        { help: "name a git ref with --git REF, a target or file with --against, or an earlier run with --state DIR" },
      ),
    ]);
    return undefined;
  }
  const before =
    git !== undefined
      ? await readGitBefore(host, session, git, options)
      : session.earlier
        ? readEarlierBefore(session.earlier, resolve(host.cwd, options.state ?? ""))
        : undefined;
  if (git !== undefined && !before) return undefined;
  try {
    const notes: string[] = [];
    const other = findDiffWarehouse(session, request, notes);
    if (other === "none") return undefined;
    const database = other && (await openWarehouse(host, session, options, true, { attach: other.attach, signal: request.signal }));
    if (other && !database) return undefined;
    try {
      return await compare({ host, session, request, before, other, database, notes });
    } finally {
      database?.close();
    }
  } finally {
    before?.remove();
  }
}

interface Work {
  readonly host: Host;
  readonly session: Session;
  readonly request: DiffRequest;
  readonly before: BeforeProject | undefined;
  readonly other: OtherWarehouse | undefined;
  readonly database: Database | undefined;
  readonly notes: string[];
}

/** A node on both sides, as far as it is there. */
interface Pair {
  readonly node: Compared;
  readonly status: Exclude<ModelStatus, "changed">;
  readonly reasons: readonly string[];
  readonly there: StandingRelation | undefined;
  readonly here: StandingRelation | undefined;
  /** Both warehouses are one, and so are the relations. */
  readonly isItself: boolean;
}

function idOf({ node }: Pair): string {
  return node.node.uniqueId;
}

function isChanged({ status, reasons }: Pair): boolean {
  return status === "added" || reasons.length > 0;
}

async function compare(work: Work): Promise<DiffReport | undefined> {
  const { host, session, request, before, other, database, notes } = work;
  const connection = await database?.connect();
  const stop = (): void => connection?.interrupt();
  request.signal.addEventListener("abort", stop);
  try {
    const standing = connection && database && other ? await readBoth(connection, database, other) : undefined;
    const pairs = findPairs(work, standing);
    const { key } = request;
    if (key && standing && !pairs.some(({ here }) => hasColumns(here, key))) {
      const problem = `--key ${key.join(",")}: no relation that is compared has ${key.length === 1 ? "that column" : "these columns"}`;
      session.report([diagnose("RT0496", { problem }, { help: "`retain show MODEL` prints a relation with its columns" })]);
      return undefined;
    }
    const removed = removedIds(work);
    const described =
      before && (await describeColumns(host, session, before, { compared: pairs.map(idOf), changed: pairs.filter(isChanged).map(idOf), removed }));
    const models: ModelDiff[] = [];
    let same = 0;
    const missing: string[] = [];
    let itself = 0;
    for (const pair of pairs) {
      const id = idOf(pair);
      const columns = described ? columnsBetween(described, pair.node, pair) : pair.there && pair.here && compareColumns(pair.there.columns, pair.here.columns);
      const compared = connection && request.rows && pair.status === "same" ? await rowsOf(work, connection, pair) : {};
      if (compared === "missing") missing.push(describeNode(pair.node).name);
      if (compared === "itself") itself += 1;
      const made = toDiff(
        work,
        pair,
        columns,
        typeof compared === "string" ? {} : compared,
        described?.after.get(id)?.length ?? pair.here?.columns.length ?? pair.there?.columns.length,
      );
      if (made.status === "same") same += 1;
      else models.push(made);
    }
    if (missing.length > 0) notes.push(`not in both warehouses, so that their rows were not compared: ${listFirst(missing, 5, ", ")}`);
    if (itself > 0) notes.push(`rows of ${plural(itself, "relation")} were not compared: the other run built the very same ${itself === 1 ? "one" : "ones"}`);
    const title = other?.title ?? before?.title ?? "";
    return {
      before: before ? (other && request.git !== undefined ? `${before.title}, ${other.title}` : before.title) : title,
      after: before ? "the working tree" : `target "${session.config.targetName}"`,
      models: [...models, ...removed.flatMap((id) => removedModel(work, id, described?.before.get(id) ?? before?.columns.get(id)))],
      same,
      notes,
    };
  } finally {
    request.signal.removeEventListener("abort", stop);
    connection?.close();
  }
}

type Standing = { readonly here: ReadonlyMap<string, StandingRelation>; readonly there: ReadonlyMap<string, StandingRelation> };

async function readBoth(connection: Connection, database: Database, other: OtherWarehouse): Promise<Standing> {
  const here = await readStandingColumns(connection, database.catalog);
  return { here, there: other.alias === undefined ? here : await readStandingColumns(connection, other.alias) };
}

function findPairs({ session, request, before, other }: Work, standing: Standing | undefined): readonly Pair[] {
  const { graph, compiled } = session;
  return [...graph.nodes.keys()].flatMap((id): readonly Pair[] => {
    const node = compiled.nodes.get(id);
    if (!request.selected.has(id) || !isCompared(node)) return [];
    const place = placeBefore(id, before, other);
    const there = place && standing?.there.get(placeKey(place));
    const here = standing?.here.get(placeKey(node.relation));
    const isItself = other !== undefined && other.alias === undefined && place !== undefined && placeKey(place) === placeKey(node.relation);
    const common = { node, there, here, isItself };
    if (before) return [{ ...common, status: before.nodes.has(id) ? "same" : "added", reasons: before.nodes.has(id) ? before.reasons(node) : [] }];
    if (!there && !here) return [];
    const type = there && here && there.type !== here.type ? [`a ${here.type}, was a ${there.type}`] : [];
    return [{ ...common, status: there ? (here ? "same" : "removed") : "added", reasons: type }];
  });
}

/** A ref may call a relation by another name than this project does. */
function placeBefore(id: string, before: BeforeProject | undefined, other: OtherWarehouse | undefined): RelationPlace | undefined {
  const place = other?.places.get(id);
  const node = before?.compiled?.project.nodes.get(id);
  return place && isCompared(node) ? { schema: place.schema, name: node.relation.name } : place;
}

function hasColumns(relation: StandingRelation | undefined, names: readonly string[]): boolean {
  const known = new Set(relation?.columns.map(({ name }) => name.toLowerCase()));
  return names.every((name) => known.has(name.toLowerCase()));
}

interface Compares {
  readonly rows?: RowDifference | undefined;
  readonly problem?: string;
}

async function rowsOf(
  { session, request, before, other }: Work,
  connection: Connection,
  { node, there, here, isItself }: Pair,
): Promise<Compares | "missing" | "itself"> {
  if (node.relation.schema === "") return {};
  if (isItself) return "itself";
  if (!there || !here) return other ? "missing" : {};
  const was = before?.compiled?.project.nodes.get(node.node.uniqueId);
  // What is personal on either side is masked on both.
  const privacy = joinPrivacy([node.privacy, ...(isCompared(was) ? [was.privacy] : [])]);
  const own: readonly Key[] = findKeys(session.graph, node.node);
  const given = request.key && hasColumns(here, request.key) ? [{ columns: request.key, origin: "--key" }] : [];
  const quoted = (parts: readonly string[]): string => parts.map(quoteIdentifier).join(".");
  try {
    return {
      rows: await compareRows(connection, {
        before: { sql: quoted([...(other?.alias === undefined ? [] : [other.alias]), there.schema, there.name]), columns: there.columns },
        after: { sql: node.relation.sql, columns: here.columns },
        keys: [...given, ...own],
        privacy,
        samples: request.samples,
      }),
    };
  } catch (error) {
    if (request.signal.aborted) throw error;
    const { message } = mapEngineError(error, undefined, node.node.span, privacy.pii.length > 0);
    session.report([diagnose("RT0495", { name: node.node.name, problem: message }, { span: node.node.span })]);
    return { problem: message };
  }
}

function toDiff(
  { session, before }: Work,
  pair: Pair,
  columns: ColumnDifference | undefined,
  { rows, problem }: Compares,
  width: number | undefined,
): ModelDiff {
  const { node, reasons } = pair;
  const differs = reasons.length > 0 || (columns !== undefined && isDifferent(columns)) || hasRowChanges(rows) || problem !== undefined;
  const status = pair.status === "same" && differs ? "changed" : pair.status;
  const isBoth = pair.status === "same";
  return {
    ...describeNode(node),
    status,
    impact: impactOf(status, columns, isBoth && (before?.isMoved(node) ?? false)),
    reasons,
    columns: isBoth ? columns : undefined,
    width: isBoth ? undefined : width,
    rows,
    problem,
    readers: readersOf(session.graph, node.node.uniqueId),
  };
}

function readersOf(graph: Graph, id: string): ModelDiff["readers"] {
  const below = [...descendants(graph.dag, id)].flatMap((reader) => graph.nodes.get(reader) ?? []);
  const named = below.filter(({ resourceType }) => resourceType === "exposure" || resourceType === "export");
  return {
    models: below.filter(({ resourceType }) => resourceType === "model" || resourceType === "snapshot").length,
    uses: named.map(({ resourceType, name }) => `${resourceType} ${name}`),
  };
}

/** What the project had and has no more; a selection is made of what it has. */
function removedIds({ session, request, before }: Work): readonly string[] {
  return request.isWhole ? [...(before?.nodes.keys() ?? [])].filter((id) => !session.graph.nodes.has(id)) : [];
}

function removedModel({ before }: Work, id: string, columns: readonly ResultColumn[] | undefined): readonly ModelDiff[] {
  const node = before?.nodes.get(id);
  if (!node) return [];
  const readers = before?.compiled ? readersOf(before.compiled.graph, id) : { models: 0, uses: [] };
  return [
    { ...node, status: "removed", impact: "breaking", reasons: [], columns: undefined, width: columns?.length, rows: undefined, problem: undefined, readers },
  ];
}
