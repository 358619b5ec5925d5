/**
 * What stands in the warehouse, as dbt's catalog (version 1): the columns of every relation that the project knows, as its
 * nodes and sources. Pure; the rows are handed in as the database's information schema has them.
 */
import { groupBy } from "../core/group-by.ts";
import type { Graph } from "../graph/graph.ts";
import { isBuilt, type Resource } from "../parse/resource.ts";
import { type ArtifactInvocation, artifactMetadata } from "./metadata.ts";

/** One column of one relation. */
export interface CatalogRow {
  /** Name of the database; default: the main one. */
  readonly table_catalog?: string | null;
  readonly table_schema: string;
  readonly table_name: string;
  /** `BASE TABLE` or `VIEW`. */
  readonly table_type: string;
  readonly column_name: string;
  /** From 1. */
  readonly column_index: number;
  readonly column_type: string;
  readonly comment?: string | null;
  readonly table_comment?: string | null;
  /** How many rows the relation has, where that is known without counting. */
  readonly row_count?: number | null;
}

export interface CatalogInput {
  readonly graph: Graph;
  readonly rows: readonly CatalogRow[];
  readonly invocation: ArtifactInvocation;
  readonly catalogName: string;
  readonly version: string;
  /** What went wrong while reading the warehouse. */
  readonly errors?: readonly string[] | undefined;
}

export function createCatalog({ graph, rows, invocation, catalogName, version, errors = [] }: CatalogInput): Record<string, unknown> {
  const tables = groupBy(rows, (row) => keyOf(row.table_catalog ?? catalogName, row.table_schema, row.table_name));
  const nodes: Record<string, unknown> = {};
  const sources: Record<string, unknown> = {};
  for (const [id, node] of graph.nodes) {
    const key = relationKey(node, catalogName);
    const columns = key === undefined ? undefined : tables.get(key);
    if (columns) (node.resourceType === "source" ? sources : nodes)[id] = tableEntry(id, columns, catalogName);
  }
  return { metadata: artifactMetadata("catalog", invocation, version), nodes, sources, errors: errors.length > 0 ? errors : null };
}

/** The database does not tell upper from lower case. */
function keyOf(...names: readonly string[]): string {
  return JSON.stringify(names.map((name) => name.toLowerCase()));
}

function relationKey(node: Resource, catalogName: string): string | undefined {
  if (isBuilt(node) && !(node.resourceType === "model" && node.materialized === "ephemeral")) return keyOf(catalogName, node.schema, node.alias);
  if (node.resourceType === "source" && node.location === undefined) return keyOf(node.database ?? catalogName, node.schema, node.identifier);
  return undefined;
}

function tableEntry(id: string, rows: readonly CatalogRow[], catalogName: string): Record<string, unknown> {
  const [first] = rows as readonly [CatalogRow];
  const columns = rows
    .toSorted((a, b) => Number(a.column_index) - Number(b.column_index))
    .map((row) => [row.column_name, { type: row.column_type, index: Number(row.column_index), name: row.column_name, comment: row.comment ?? null }]);
  return {
    metadata: {
      type: first.table_type,
      schema: first.table_schema,
      name: first.table_name,
      database: first.table_catalog ?? catalogName,
      comment: first.table_comment ?? null,
      owner: null,
    },
    columns: Object.fromEntries(columns),
    stats: statsOf(first.row_count ?? undefined),
    unique_id: id,
  };
}

function statsOf(rowCount: number | undefined): Record<string, unknown> {
  const known = rowCount !== undefined;
  const hasStats = {
    id: "has_stats",
    label: "Has stats?",
    value: known,
    include: false,
    description: "Whether anything is known about the size of this relation",
  };
  if (!known) return { has_stats: hasStats };
  return {
    has_stats: hasStats,
    num_rows: { id: "num_rows", label: "Rows", value: Number(rowCount), include: true, description: "Rows of the relation when the catalog was written" },
  };
}
