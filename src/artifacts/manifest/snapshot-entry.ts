/** The manifest's entry of a snapshot. */
import type { Snapshot } from "../../parse/resource.ts";
import { relationName } from "../relation-name.ts";
import { columnEntries } from "./columns.ts";
import { commonTables, compiledCode, compiledPath, type ManifestContext, type ManifestEntry, macroIds } from "./context.ts";
import { lineageOf } from "./lineage.ts";
import { configEntry, docsEntry, writtenConfig } from "./settings.ts";

export function snapshotEntry(node: Snapshot, context: ManifestContext): ManifestEntry {
  const id = node.uniqueId;
  const lineage = lineageOf(context.graph.dag.parents.get(id), context.graph);
  const code = compiledCode(id, context);
  const tables = commonTables(lineage.nodes, context);
  return {
    database: context.catalogName,
    schema: node.schema,
    name: node.name,
    resource_type: "snapshot",
    package_name: node.packageName,
    path: node.path,
    original_file_path: node.originalFilePath,
    unique_id: id,
    fqn: node.fqn,
    alias: node.alias,
    checksum: { name: "sha256", checksum: node.checksum },
    config: configEntry(node),
    tags: node.tags,
    description: node.description,
    columns: columnEntries(node.columns),
    meta: node.meta,
    docs: docsEntry(node),
    patch_path: node.patchPath === undefined ? null : `${node.packageName}://${node.patchPath}`,
    unrendered_config: writtenConfig(node.unrenderedConfig),
    created_at: context.createdAt,
    relation_name: relationName(node, context),
    raw_code: node.template.source.text,
    language: "sql",
    refs: lineage.refs,
    sources: lineage.sources,
    depends_on: { macros: macroIds(node.template.calls, context), nodes: lineage.nodes },
    compiled_path: compiledPath(id, context),
    compiled: code === undefined ? undefined : true,
    compiled_code: code,
    extra_ctes_injected: tables && true,
    extra_ctes: tables,
  };
}
