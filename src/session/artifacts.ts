/** Writes what commands leave in target/: the manifest, the results, the catalog and the SQL. */
import { basename, join } from "node:path";
import { type CatalogRow, createCatalog } from "../artifacts/catalog.ts";
import { manifestSections } from "../artifacts/manifest.ts";
import { mergeRunResults, type RunResults } from "../artifacts/merge-results.ts";
import { artifactSecrets } from "../artifacts/redact.ts";
import { createRunResults } from "../artifacts/run-results.ts";
import { writeArtifact, writeSections } from "../artifacts/write-artifact.ts";
import { writeCompiledSql, writeRunSql } from "../artifacts/write-compiled.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { type Background, finish, type Steps } from "../core/steps.ts";
import { type Plan, testsOf } from "../plan/plan.ts";
import type { Database } from "../ports/engine.ts";
import type { NodeResult, RunResult } from "../ports/run-event.ts";
import type { Host } from "./host.ts";
import { type Session, warehousePath } from "./session.ts";

/** A row a relation, because values by the thousand take longer to be handed over than to be found. */
const relationsQuery = `with columns_of_relations as (
  select
    table_catalog, table_schema, table_name,
    to_json(list({
      column_name: column_name, column_index: ordinal_position, column_type: data_type, comment: column_comment
    } order by ordinal_position)) as columns
  from information_schema.columns
  group by all
)
select
  tables.table_catalog, tables.table_schema, tables.table_name, tables.table_type, tables.table_comment, columns_of_relations.columns
from information_schema.tables as tables
join columns_of_relations using (table_catalog, table_schema, table_name)
order by table_catalog, table_schema, table_name`;

type RelationRow = Pick<CatalogRow, "table_catalog" | "table_schema" | "table_name" | "table_type" | "table_comment"> & { readonly columns: string };
type ColumnRow = Pick<CatalogRow, "column_name" | "column_index" | "column_type" | "comment">;

/** The SQL of a run, for people: of what it builds and tests, and of what it has `more` to tell. */
export function* writeRunFiles(session: Session, plan: Plan | undefined, more: readonly NodeResult[] = []): Steps<readonly (Diagnostic | undefined)[]> {
  const { config, compiled } = session;
  const common = { projectName: config.project.name, compiled, secrets: artifactSecrets(config) };
  const planned = plan?.stages.flatMap((stage) => [stage.id, ...testsOf(stage).map(({ id }) => id)]) ?? [];
  const ids = new Set([...planned, ...more.map(({ uniqueId }) => uniqueId)]);
  const directory = targetFolder(session);
  return [yield* writeCompiledSql(directory, { ...common, ids }), plan && (yield* writeRunSql(directory, { ...common, plan }))];
}

/** After a run, also one that failed or was interrupted. Returns whether everything could be written. */
export async function writeRunArtifacts(
  host: Host,
  session: Session,
  run: {
    /** Missing when the run needed no warehouse: then nothing new can be said of what is in it. */
    readonly database: Database | undefined;
    readonly sqlFiles: Background<readonly (Diagnostic | undefined)[]>;
    readonly result: RunResult;
    readonly args: Readonly<Record<string, unknown>>;
    /** The results that this run completes, of the run that it tries again. */
    readonly completes?: RunResults | undefined;
  },
): Promise<boolean> {
  const { config, graph, compiled, selectors } = session;
  const { database, sqlFiles, result, args, completes } = run;
  const directory = targetFolder(session);
  const secrets = artifactSecrets(config);
  const common = { catalogName: database?.catalog ?? catalogNameOf(session), version: host.version };
  const generated = { ...host.invocation, generatedAt: host.now().toISOString() };
  const catalog = database && (await readCatalog(database));
  const results = createRunResults(result, { config, compiled, args, ...common });
  const written = [
    writeSections(directory, "manifest.json", manifestSections({ config, graph, compiled, selectors, invocation: generated, ...common }), secrets),
    writeArtifact(directory, "run_results.json", completes ? mergeRunResults(completes, results) : results, secrets),
    catalog && writeArtifact(directory, "catalog.json", createCatalog({ graph, ...catalog, invocation: generated, ...common }), secrets),
    ...sqlFiles.finish(),
  ];
  return !session.report(asWarnings(written));
}

/** After a command that opens no database; `ids` are the nodes whose compiled SQL is written. */
export async function writeProjectArtifacts(host: Host, session: Session, ids: ReadonlySet<string>): Promise<boolean> {
  const { config, graph, compiled, selectors } = session;
  const directory = targetFolder(session);
  const catalogName = catalogNameOf(session);
  const secrets = artifactSecrets(config);
  const invocation = { ...host.invocation, generatedAt: host.now().toISOString() };
  const written = [
    writeSections(
      directory,
      "manifest.json",
      manifestSections({ config, graph, compiled, selectors, invocation, catalogName, version: host.version }),
      secrets,
    ),
    ids.size > 0 ? finish(writeCompiledSql(directory, { projectName: config.project.name, compiled, ids, secrets })) : undefined,
  ];
  const problems = written.filter((problem) => problem !== undefined);
  session.report(problems);
  return problems.length === 0;
}

/** The database names itself after its file, up to the first dot. */
function catalogNameOf({ config }: Session): string {
  const path = warehousePath(config);
  return path === ":memory:" ? "memory" : (basename(path).split(".")[0] ?? "");
}

export function targetFolder(session: Session): string {
  return join(session.config.projectDir, "target");
}

/** What is in the warehouse counts; an artifact that cannot be written does not make a good build a bad one. */
function asWarnings(written: readonly (Diagnostic | undefined)[]): readonly Diagnostic[] {
  return written.flatMap((problem): readonly Diagnostic[] => (problem ? [{ ...problem, severity: "warning" }] : []));
}

async function readCatalog(database: Database): Promise<{ readonly rows: readonly CatalogRow[]; readonly errors: readonly string[] }> {
  try {
    const connection = await database.connect();
    const { rows } = await connection.query(relationsQuery);
    connection.close();
    const relations = rows as unknown as readonly RelationRow[];
    return {
      rows: relations.flatMap(({ columns, ...relation }) => (JSON.parse(columns) as ColumnRow[]).map((column) => ({ ...relation, ...column }))),
      errors: [],
    };
  } catch (error) {
    return { rows: [], errors: [error instanceof Error ? error.message : String(error)] };
  }
}
