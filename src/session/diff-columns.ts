/**
 * Columns of both projects of a comparison: what the queries give, with and without the change, whatever stands in a warehouse.
 * Only what was changed, and what reads it, can have other columns.
 */
import type { Compared } from "../diff/compare-nodes.ts";
import { type DescribedProject, describeModels } from "../diff/describe-models.ts";
import { reach } from "../graph/dag.ts";
import type { ResultColumn } from "../ports/engine.ts";
import { type ColumnDifference, compareColumns } from "../run/compare-columns.ts";
import type { BeforeProject } from "./diff-before.ts";
import type { Host } from "./host.ts";
import { openScratch, type Session } from "./session.ts";
import type { StandingRelation } from "./standing.ts";

type Columns = ReadonlyMap<string, readonly ResultColumn[]>;

export interface DescribedColumns {
  readonly before: Columns;
  readonly after: Columns;
  /** What was changed, and what reads it. */
  readonly touched: ReadonlySet<string>;
}

/** `changed` are nodes of this project, `removed` nodes of the other one. */
export async function describeColumns(
  host: Host,
  session: Session,
  before: BeforeProject,
  { compared, changed, removed }: { readonly compared: readonly string[]; readonly changed: readonly string[]; readonly removed: readonly string[] },
): Promise<DescribedColumns> {
  const { graph, config } = session;
  const touched = new Set([...changed, ...reach(graph.dag.children, changed)]);
  const wanted = compared.filter((id) => touched.has(id));
  const { dialect, invocation } = host;
  const inScratch = async (project: DescribedProject, ids: readonly string[]): Promise<Columns> => {
    const opened = ids.length === 0 ? undefined : (await openScratch(host, session)).value;
    const connection = await opened?.connect();
    try {
      return connection ? await describeModels(connection, project, ids) : new Map();
    } finally {
      connection?.close();
      opened?.close();
    }
  };
  const after = await inScratch({ graph, config, seedsDir: config.projectDir, dialect, invocation }, wanted);
  const was = before.compiled;
  if (!was) return { before: before.columns, after, touched };
  const there = [...wanted.filter((id) => was.graph.nodes.has(id)), ...removed];
  return { before: await inScratch({ graph: was.graph, config: was.config, seedsDir: was.folder, dialect, invocation }, there), after, touched };
}

const unchanged: ColumnDifference = { added: [], removed: [], changed: [], common: [] };

/** `undefined` where the columns of one side cannot be told. What stands in a warehouse helps where a query cannot be described. */
export function columnsBetween(
  { before, after, touched }: DescribedColumns,
  node: Compared,
  standing: { readonly there: StandingRelation | undefined; readonly here: StandingRelation | undefined },
): ColumnDifference | undefined {
  const id = node.node.uniqueId;
  if (!touched.has(id)) return unchanged;
  const was = before.get(id) ?? standing.there?.columns;
  const is = after.get(id) ?? standing.here?.columns;
  return was && is && compareColumns(was, is);
}
