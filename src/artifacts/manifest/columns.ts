/** Columns as the manifest has them. What is retain's own, the kind of personal data, goes where catalogs look for it: meta. */
import type { Constraint } from "../../parse/constraints.ts";
import type { Column } from "../../parse/resource.ts";
import { columnConstraints } from "./constraints.ts";
import type { ManifestEntry } from "./context.ts";

export function columnEntries(columns: readonly Column[], constraints: readonly Constraint[] = []): Readonly<Record<string, ManifestEntry>> {
  // Not by assignment: a column may be called __proto__.
  return Object.fromEntries(columns.map((column) => [column.name, columnEntry(column, constraints)]));
}

function columnEntry(column: Column, constraints: readonly Constraint[]): ManifestEntry {
  return {
    name: column.name,
    description: column.description,
    meta: column.pii === undefined ? column.meta : { pii: column.pii, ...column.meta },
    data_type: column.dataType ?? null,
    constraints: columnConstraints(constraints, column.name),
    tags: column.tags,
  };
}
