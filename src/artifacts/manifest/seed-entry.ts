/** The manifest's entry of a seed. It has no code and reads nothing; dbt's schema allows no such fields here. */
import type { Seed } from "../../parse/resource.ts";
import { relationName } from "../relation-name.ts";
import { columnEntries } from "./columns.ts";
import type { ManifestContext, ManifestEntry } from "./context.ts";
import { configEntry, docsEntry, writtenConfig } from "./settings.ts";

export function seedEntry(node: Seed, context: ManifestContext): ManifestEntry {
  return {
    database: context.catalogName,
    schema: node.schema,
    name: node.name,
    resource_type: "seed",
    package_name: node.packageName,
    path: node.path,
    original_file_path: node.originalFilePath,
    unique_id: node.uniqueId,
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
    raw_code: "",
    depends_on: { macros: [] },
  };
}
