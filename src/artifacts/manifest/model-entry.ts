/** The manifest's entry of a model. One literal, because thousands of them are made and merging objects is what costs time. */
import { createHash } from "node:crypto";
import type { Column, Model } from "../../parse/resource.ts";
import { relationName } from "../relation-name.ts";
import { columnEntries } from "./columns.ts";
import { modelConstraints } from "./constraints.ts";
import { commonTables, compiledCode, compiledPath, type ManifestContext, type ManifestEntry, macroIds } from "./context.ts";
import { lineageOf } from "./lineage.ts";
import { configEntry, docsEntry, writtenConfig } from "./settings.ts";

const none: readonly never[] = [];
const noContract = { enforced: false, alias_types: true, checksum: null };

export function modelEntry(node: Model, context: ManifestContext): ManifestEntry {
  const id = node.uniqueId;
  const lineage = lineageOf(context.graph.dag.parents.get(id), context.graph);
  const code = compiledCode(id, context);
  const tables = commonTables(lineage.nodes, context);
  return {
    database: context.catalogName,
    schema: node.schema,
    name: node.name,
    resource_type: "model",
    package_name: node.packageName,
    path: node.path,
    original_file_path: node.originalFilePath,
    unique_id: id,
    fqn: node.fqn,
    alias: node.alias,
    checksum: { name: "sha256", checksum: checksumOf(node) },
    config: configEntry(node),
    tags: node.tags,
    description: node.description,
    columns: columnEntries(node.columns, node.constraints),
    meta: node.meta,
    docs: docsEntry(node),
    patch_path: node.patchPath === undefined ? null : `${node.packageName}://${node.patchPath}`,
    unrendered_config: writtenConfig(node.unrenderedConfig),
    created_at: context.createdAt,
    relation_name: relationName(node, context),
    raw_code: node.template.source.text,
    language: node.language,
    refs: lineage.refs,
    sources: lineage.sources,
    depends_on: { macros: macroIds(node.template.calls, context), nodes: lineage.nodes },
    compiled_path: compiledPath(id, context),
    compiled: code === undefined ? undefined : true,
    compiled_code: code,
    extra_ctes_injected: tables && true,
    extra_ctes: tables,
    contract: contractEntry(node),
    access: node.config.access ?? "protected",
    group: node.config.group ?? null,
    version: node.version,
    latest_version: node.latestVersion,
    deprecation_date: node.deprecationDate,
    constraints: modelConstraints(node.constraints),
    primary_key: context.primaryKeys.get(id) ?? none,
  };
}

/** Inline SQL is one item of a file with many: its own text tells whether it changed. */
function checksumOf(node: Model): string {
  return node.originalFilePath === node.patchPath ? sha256(node.template.source.text) : node.checksum;
}

function contractEntry({ config, columns }: Model): ManifestEntry {
  if (!config.contract?.enforced) return noContract;
  return { enforced: true, alias_types: config.contract.alias_types ?? true, checksum: contractChecksum(columns) };
}

function contractChecksum(columns: readonly Column[]): string {
  return sha256(JSON.stringify(columns.map((column) => [column.name.toLowerCase(), column.dataType?.toLowerCase() ?? null])));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
