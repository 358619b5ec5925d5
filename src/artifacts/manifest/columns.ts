/** Columns as the manifest has them. What is retain's own, the kind of personal data, goes where catalogs look for it: meta. */
import type { Column } from "../../parse/resource.ts";
import type { ManifestEntry } from "./context.ts";

const noConstraints: readonly never[] = [];

export function columnEntries(columns: readonly Column[]): Readonly<Record<string, ManifestEntry>> {
  // Not by assignment: a column may be called __proto__.
  return Object.fromEntries(columns.map((column) => [column.name, columnEntry(column)]));
}

function columnEntry(column: Column): ManifestEntry {
  return {
    name: column.name,
    description: column.description,
    meta: column.pii === undefined ? column.meta : { pii: column.pii, ...column.meta },
    data_type: column.dataType ?? null,
    constraints: noConstraints,
    tags: column.tags,
  };
}
