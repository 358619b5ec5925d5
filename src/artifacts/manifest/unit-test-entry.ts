/** The manifest's entry of a unit test. What retain adds to dbt's shape stands under `config`, which is open there. */
import type { UnitTest } from "../../parse/resource.ts";
import type { FixtureDeclaration } from "../../parse/unit-test-schema.ts";
import type { ManifestContext, ManifestEntry } from "./context.ts";

export function unitTestEntry(node: UnitTest, context: ManifestContext): ManifestEntry {
  const { declaration } = node;
  const { expect, overrides, given, versions } = declaration;
  const own = {
    ...(Object.keys(expect.ctes).length > 0 && { expect_ctes: expect.ctes }),
    ...(expect.table && { expect_table: expect.table }),
    ...(overrides.run.started_at !== undefined && { run: overrides.run }),
  };
  return {
    model: declaration.model,
    given: given.map((one) => ({ input: one.input, ...fixtureEntry(one) })),
    expect: fixtureEntry(expect),
    name: node.name,
    resource_type: "unit_test",
    package_name: node.packageName,
    path: node.path,
    original_file_path: node.originalFilePath,
    unique_id: node.uniqueId,
    fqn: node.fqn,
    description: node.description,
    overrides: { macros: overrides.macros, vars: overrides.vars, env_vars: overrides.env_vars },
    depends_on: { macros: [], nodes: [node.owner.uniqueId] },
    config: { enabled: node.enabled, tags: node.tags, meta: node.meta, ...own },
    checksum: node.checksum,
    schema: node.owner.schema,
    created_at: context.createdAt,
    versions: versions && { include: versions.include ?? null, exclude: versions.exclude ?? null },
  };
}

function fixtureEntry({ rows, format, fixture }: FixtureDeclaration): ManifestEntry {
  const byEnding = fixture?.endsWith(".sql") ? "sql" : fixture === undefined ? "dict" : "csv";
  return { rows: rows ?? null, format: format ?? byEnding, fixture: fixture ?? null };
}
