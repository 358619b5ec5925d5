/** The manifest's entry of a source table. Files that are read in place stand under `external`, where dbt has a slot for them. */
import type { SourceTable } from "../../parse/resource.ts";
import { criteriaOf } from "../freshness-criteria.ts";
import { qualifiedName } from "../relation-name.ts";
import { columnEntries } from "./columns.ts";
import type { ManifestContext, ManifestEntry } from "./context.ts";

export function sourceEntry(node: SourceTable, context: ManifestContext): ManifestEntry {
  const database = node.database ?? context.catalogName;
  return {
    database,
    schema: node.schema,
    name: node.name,
    resource_type: "source",
    package_name: node.packageName,
    path: node.originalFilePath,
    original_file_path: node.originalFilePath,
    unique_id: node.uniqueId,
    fqn: node.fqn,
    source_name: node.sourceName,
    source_description: node.sourceDescription,
    loader: "",
    identifier: node.identifier,
    quoting: { database: null, schema: null, identifier: null, column: null },
    loaded_at_field: node.loadedAtField ?? null,
    loaded_at_query: node.loadedAtQuery?.source.text ?? null,
    freshness: criteriaOf(node.freshness),
    external: node.location === undefined ? null : { location: node.location, file_format: node.format, options: node.options },
    description: node.description,
    columns: columnEntries(node.columns),
    meta: node.meta,
    source_meta: {},
    tags: node.tags,
    config: { enabled: true, event_time: node.eventTime ?? null, loaded_at_field: node.loadedAtField ?? null, meta: node.meta, tags: node.tags },
    patch_path: null,
    unrendered_config: {},
    unrendered_database: node.database ?? null,
    unrendered_schema: node.schema,
    // A file has no name as a relation.
    relation_name: node.location === undefined ? qualifiedName(database, node.schema, node.identifier) : null,
    created_at: context.createdAt,
  };
}
