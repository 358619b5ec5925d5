/**
 * Columns and types of models that stand nowhere: their queries are described on empty tables in a database in memory, as for
 * unit tests. What cannot be described is left out.
 */

import { createViews, type Invocation } from "../compile/render-context.ts";
import { findShapes } from "../compile/unit/find-shapes.ts";
import type { Config } from "../config/config.ts";
import type { Graph } from "../graph/graph.ts";
import { planShapes } from "../plan/make-plan.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { Connection, ResultColumn } from "../ports/engine.ts";
import { EngineError } from "../ports/engine.ts";
import { createDescriber } from "../run/unit/describe-shapes.ts";

export interface DescribedProject {
  readonly graph: Graph;
  /** Its folder is where the files of sources lie; `seedsDir` is where those of seeds do. */
  readonly config: Config;
  readonly seedsDir: string;
  readonly dialect: Dialect;
  readonly invocation: Invocation;
}

/** The connection is to a database of its own, in which nothing else stands. */
export async function describeModels(
  connection: Connection,
  project: DescribedProject,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly ResultColumn[]>> {
  const { graph, config, dialect, invocation, seedsDir } = project;
  const shapes = findShapes(ids, { graph, config, dialect, viewOf: createViews(graph, config, { dialect, invocation }, { hasChanged: false }) });
  const describe = createDescriber(planShapes(shapes, seedsDir), dialect);
  const found = new Map<string, readonly ResultColumn[]>();
  for (const id of ids) {
    const described = await describe(id, connection);
    const columns = "columns" in described ? await asWritten(connection, described.columns) : undefined;
    if (columns) found.set(id, columns);
  }
  return found;
}

/** Declared types as the database calls them: int and INTEGER are no difference. */
async function asWritten(connection: Connection, columns: readonly ResultColumn[]): Promise<readonly ResultColumn[] | undefined> {
  if (columns.length === 0) return [];
  try {
    const { columns: types } = await connection.query(`select ${columns.map(({ type }, i) => `cast(null as ${type}) as c${i}`).join(", ")} limit 0`);
    return columns.map(({ name }, i) => ({ name, type: types[i]?.type ?? "" }));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return undefined;
  }
}
