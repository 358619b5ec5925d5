/** The manifest's entries of operations: hooks of a run are dbt's operations, those that are asked for its SQL operations. */
import { createHash } from "node:crypto";
import { resolve } from "../../graph/graph.ts";
import type { Operation } from "../../parse/operations.ts";
import { type ManifestContext, type ManifestEntry, macroIds } from "./context.ts";
import { lineageOf } from "./lineage.ts";

export function operationEntry(node: Operation, context: ManifestContext): ManifestEntry {
  const parents = operationParents(node, context);
  const lineage = lineageOf(parents, context.graph);
  const compiled = context.compiled?.operations.find((operation) => operation.node.uniqueId === node.uniqueId);
  const onRun = node.moment !== "on demand";
  const text = node.template.source.text;
  return {
    database: context.catalogName,
    schema: context.config.target.schema,
    name: node.name,
    resource_type: onRun ? "operation" : "sql_operation",
    package_name: node.packageName,
    path: onRun ? `hooks/${node.name}.sql` : node.originalFilePath,
    original_file_path: node.originalFilePath,
    unique_id: node.uniqueId,
    fqn: [node.packageName, ...(onRun ? ["hooks"] : []), node.name],
    alias: node.name,
    checksum: { name: "sha256", checksum: createHash("sha256").update(text).digest("hex") },
    tags: onRun ? [node.moment.replaceAll("_", "-")] : [],
    description: node.description,
    meta: node.meta,
    raw_code: text,
    language: "sql",
    created_at: context.createdAt,
    refs: lineage.refs,
    sources: lineage.sources,
    depends_on: { macros: macroIds(node.template.calls, context), nodes: lineage.nodes },
    compiled: compiled ? true : undefined,
    compiled_code: compiled?.sql.text,
    index: onRun ? node.index : undefined,
  };
}

export function operationParents({ template }: Operation, { graph }: Pick<ManifestContext, "graph">): readonly string[] {
  return [
    ...new Set(
      template.calls.dependencies.flatMap((dependency) => {
        const found = resolve(graph.names, dependency);
        return found ? [found.uniqueId] : [];
      }),
    ),
  ];
}
