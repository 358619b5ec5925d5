/**
 * The manifest's entry of a data test, generic or singular. There are more tests than anything else: each is one literal, and
 * fields that would only repeat dbt's default are left out.
 */

import type { GenericTest, Test } from "../../parse/resource.ts";
import { auditSchemaName } from "../../plan/plan.ts";
import { relationName } from "../relation-name.ts";
import { commonTables, compiledCode, compiledPath, type ManifestContext, type ManifestEntry, macroId, macroIds } from "./context.ts";
import { lineageOf } from "./lineage.ts";
import { keywordArguments } from "./test-arguments.ts";

const nothing: ManifestEntry = {};
const noChecksum = { name: "none", checksum: "" };

export function testEntry(node: Test, context: ManifestContext): ManifestEntry {
  const id = node.uniqueId;
  const generic = node.testKind === "generic" ? node : undefined;
  const lineage = lineageOf(parentsOf(node, context), context.graph);
  const code = compiledCode(id, context);
  const tables = commonTables(lineage.nodes, context);
  return {
    database: context.catalogName,
    schema: auditSchemaName(context.targetSchema, node.config.schema),
    name: node.name,
    resource_type: "test",
    package_name: node.packageName,
    path: node.path,
    original_file_path: node.originalFilePath,
    unique_id: id,
    fqn: node.fqn,
    alias: node.config.alias ?? node.name,
    checksum: node.testKind === "singular" ? { name: "sha256", checksum: node.checksum } : noChecksum,
    config: configEntry(node),
    unrendered_config: writtenConfig(node),
    tags: node.tags,
    description: node.description,
    columns: generic ? undefined : nothing,
    meta: node.meta,
    created_at: context.createdAt,
    relation_name: relationName(node, context) ?? undefined,
    // A generic test has no text of its own; its metadata say what it is.
    raw_code: node.testKind === "generic" ? undefined : node.template.source.text,
    refs: lineage.refs,
    sources: lineage.sources.length > 0 ? lineage.sources : undefined,
    depends_on: { macros: macrosUsed(node, context), nodes: lineage.nodes },
    compiled_path: compiledPath(id, context),
    compiled: code === undefined ? undefined : true,
    compiled_code: code,
    extra_ctes_injected: tables && true,
    extra_ctes: tables,
    test_metadata: generic && { name: generic.testName, kwargs: keywordArguments(generic), namespace: null },
    column_name: generic && (generic.columnName ?? null),
    file_key_name: generic && fileKeyName(generic),
    // Readers look it up among the nodes, where sources are not.
    attached_node: generic && (generic.owner.resourceType === "source" ? null : generic.owner.uniqueId),
  };
}

/** The graph has the tested relation first; dbt's readers look for it last in `relationships`, after the one it points to. */
function parentsOf(node: Test, { graph }: ManifestContext): readonly string[] | undefined {
  const parents = graph.dag.parents.get(node.uniqueId);
  return node.testKind === "generic" && node.testName === "relationships" ? parents?.toReversed() : parents;
}

function fileKeyName({ owner }: GenericTest): string {
  return owner.resourceType === "source" ? `sources.${owner.sourceName}_${owner.name}` : `${owner.resourceType}s.${owner.name}`;
}

function configEntry({ config, tags, meta }: Test): ManifestEntry {
  return {
    enabled: config.enabled,
    tags,
    meta,
    materialized: "test",
    severity: config.severity === "warn" ? "WARN" : "ERROR",
    store_failures: config.store_failures || undefined,
    store_failures_as: config.store_failures_as ?? (config.store_failures ? "table" : undefined),
    schema: config.schema,
    alias: config.alias,
    where: config.where,
    limit: config.limit,
    fail_calc: unlessDefault(config.fail_calc, "count(*)"),
    warn_if: unlessDefault(config.warn_if, "!= 0"),
    error_if: unlessDefault(config.error_if, "!= 0"),
  };
}

/** What differs from the defaults. Shared where nothing does, which is most often. */
function writtenConfig({ config, meta }: Test): ManifestEntry {
  const { severity, store_failures, store_failures_as, schema, alias, where, limit, fail_calc, warn_if, error_if } = config;
  const written = {
    severity: unlessDefault(severity, "error"),
    store_failures: store_failures || undefined,
    store_failures_as,
    schema,
    alias,
    where,
    limit,
    fail_calc: unlessDefault(fail_calc, "count(*)"),
    warn_if: unlessDefault(warn_if, "!= 0"),
    error_if: unlessDefault(error_if, "!= 0"),
    meta: Object.keys(meta).length > 0 ? meta : undefined,
  };
  return Object.values(written).some((value) => value !== undefined) ? written : nothing;
}

function unlessDefault(text: string, standard: string): string | undefined {
  return text === standard ? undefined : text;
}

/** Built-in tests are no macros of the project; those of its own are, and so is what arguments and conditions call. */
function macrosUsed(node: Test, context: ManifestContext): readonly string[] {
  if (node.testKind === "singular") return macroIds(node.template.calls, context);
  const own = context.graph.macros.get(node.testName);
  const used = own ? [macroId(own)] : [];
  for (const name in node.arguments) {
    const argument = node.arguments[name];
    if (argument?.kind === "template") used.push(...macroIds(argument.template.calls, context));
  }
  if (node.where?.kind === "template") used.push(...macroIds(node.where.template.calls, context));
  return used.length > 1 ? [...new Set(used)] : used;
}
