/** `freshness`: how old the newest data of each source with a limit are; writes target/sources.json. */
import { artifactSecrets } from "../../artifacts/redact.ts";
import { createSources } from "../../artifacts/sources.ts";
import { writeArtifact } from "../../artifacts/write-artifact.ts";
import { sourceLocation, sourceRelation } from "../../compile/relations.ts";
import { render } from "../../compile/render.ts";
import { createProjectContext } from "../../compile/render-context.ts";
import { diagnose } from "../../core/diagnostic.ts";
import type { SourceTable } from "../../parse/resource.ts";
import { checkFreshness, type FreshnessResult, formatAge } from "../../run/check-freshness.ts";
import { targetFolder } from "../../session/artifacts.ts";
import type { SelectionOptions } from "../../session/options.ts";
import { openWarehouse, selectFor } from "../../session/session.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

export type FreshnessOptions = SelectionOptions & GlobalOptions;

export async function freshnessCommand(context: CliContext, criteria: readonly string[], options: FreshnessOptions): Promise<number> {
  const session = await openSession(context, options);
  if (!session) return 2;
  const selected = selectFor(session, { ...options, indirectSelection: "empty" }, criteria);
  if (!selected) return 2;
  const { config, graph } = session;
  const tables = [...graph.nodes.values()].filter(
    (node): node is SourceTable => node.resourceType === "source" && node.freshness !== undefined && selected.has(node.uniqueId),
  );
  // Where the selection chooses nothing at all, that has been said.
  if (tables.length === 0 && (selected.size > 0 || graph.nodes.size === 0))
    session.report([diagnose("RT0002", { criterion: criteria.join(" ") || "sources" }, { help: "no source selected has `freshness` set" })]);
  const templates = createProjectContext(graph, config, context);
  const asked = tables.map((table) => {
    const relation = sourceRelation(table, config, context.dialect);
    return { table, relation, loadedAt: table.loadedAtQuery && render(table.loadedAtQuery, templates.contextFor(relation)) };
  });
  if (session.report(asked.flatMap(({ loadedAt }) => loadedAt?.diagnostics ?? []))) return 2;
  const database = tables.length === 0 ? undefined : await openWarehouse(context, session, options, true);
  if (tables.length > 0 && !database) return 2;
  const results: FreshnessResult[] = [];
  try {
    const connection = await database?.connect();
    for (const { table, relation, loadedAt } of asked) {
      if (!connection) break;
      const location = sourceLocation(table, config);
      const filesWrittenAt = location === undefined ? undefined : context.dialect.filesWrittenAt(location);
      results.push(await checkFreshness(connection, { table, relation: relation.sql, loadedAtQuery: loadedAt?.text, filesWrittenAt }, context.now));
    }
    connection?.close();
  } finally {
    database?.close();
  }
  const artifact = createSources(results, { ...context.invocation, generatedAt: context.now().toISOString() }, context.version);
  const unwritten = writeArtifact(targetFolder(session), "sources.json", artifact, artifactSecrets(config));
  context.stdout.write(options.json ? `${JSON.stringify(artifact, null, 2)}\n` : results.map(lineOf).join(""));
  const failed = session.report([...results.flatMap(({ diagnostic }) => (diagnostic ? [diagnostic] : [])), ...(unwritten ? [unwritten] : [])]);
  return failed ? 1 : 0;
}

function lineOf(result: FreshnessResult): string {
  const name = `${result.table.sourceName}.${result.table.name}`;
  if (result.status === "runtime error") return `  error ${name}  not measured\n`;
  return `  ${{ pass: "ok   ", warn: "warn ", error: "error" }[result.status]} ${name}  ${formatAge(result.ageSeconds)} old\n`;
}
