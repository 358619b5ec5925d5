/** The manifest's entries of exposures, and of audience exports, which other tools see as exposures of type `application`. */
import type { AudienceExport, Exposure } from "../../parse/resource.ts";
import type { ManifestContext, ManifestEntry } from "./context.ts";
import { lineageOf } from "./lineage.ts";

export function exposureEntry(node: Exposure, context: ManifestContext): ManifestEntry {
  const { type, owner, label, maturity, url } = node.declaration;
  return {
    ...common(node, node.meta, context),
    type,
    owner: { name: owner.name ?? null, email: owner.email ?? null },
    label: label ?? null,
    maturity: maturity ?? null,
    url: url ?? null,
  };
}

/** What only retain knows stands under `meta.retain`; of the destination no more than its name and type, never its settings. */
export function exportEntry(node: AudienceExport, context: ManifestContext): ManifestEntry {
  const { name: _, description: _description, tags: _tags, meta: _meta, ...declared } = node.declaration;
  const destinationType = context.config.project.destinations[declared.destination]?.type;
  const meta = { ...node.meta, retain: { kind: "export", ...declared, destination_type: destinationType ?? null } };
  return {
    ...common(node, meta, context),
    type: "application",
    owner: ownerOf(node, context.config.project.name),
    label: declared.audience.name,
    maturity: null,
    url: null,
  };
}

/** `meta.owner` may be a name, an address, or both under `name` and `email`. */
function ownerOf(node: AudienceExport, fallback: string): ManifestEntry {
  const owner = node.meta.owner;
  if (typeof owner === "string" && owner !== "") return owner.includes("@") ? { name: null, email: owner } : { name: owner, email: null };
  if (owner !== null && typeof owner === "object") {
    const { name, email } = owner as { readonly name?: unknown; readonly email?: unknown };
    if (typeof name === "string" || typeof email === "string")
      return { name: typeof name === "string" ? name : null, email: typeof email === "string" ? email : null };
  }
  return { name: fallback, email: null };
}

function common(node: Exposure | AudienceExport, meta: ManifestEntry, context: ManifestContext): ManifestEntry {
  const lineage = lineageOf(context.graph.dag.parents.get(node.uniqueId), context.graph);
  return {
    name: node.name,
    resource_type: "exposure",
    package_name: node.packageName,
    path: node.path,
    original_file_path: node.originalFilePath,
    unique_id: node.uniqueId,
    fqn: node.fqn,
    description: node.description,
    meta,
    tags: node.tags,
    config: { enabled: true, tags: node.tags, meta },
    unrendered_config: {},
    depends_on: { macros: [], nodes: lineage.nodes },
    refs: lineage.refs,
    sources: lineage.sources,
    metrics: [],
    created_at: context.createdAt,
  };
}
