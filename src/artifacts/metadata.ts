/**
 * The head of every artifact: which schema it follows, who wrote it and when. The shapes are dbt's, because tools decide
 * by these few values whether they can read a file. No clock: times are handed in.
 */

/** The versions of dbt's artifact schemas that are written. */
export const artifactSchemas = {
  manifest: "https://schemas.getdbt.com/dbt/manifest/v12.json",
  runResults: "https://schemas.getdbt.com/dbt/run-results/v6.json",
  catalog: "https://schemas.getdbt.com/dbt/catalog/v1.json",
  sources: "https://schemas.getdbt.com/dbt/sources/v3.json",
} as const;

/** The release of dbt whose artifacts these are like; readers parse it as a version, so retain's own number stands elsewhere. */
const dbtVersion = "1.12.0";

/** One call of the program. Times are ISO 8601. */
export interface ArtifactInvocation {
  readonly invocationId: string;
  readonly startedAt: string;
  readonly generatedAt: string;
}

/** `env` is the one place in the head that takes keys of our own; `notes` go there beside the version. */
export function artifactMetadata(
  schema: keyof typeof artifactSchemas,
  invocation: ArtifactInvocation,
  version: string,
  notes: Readonly<Record<string, string>> = {},
) {
  return {
    dbt_schema_version: artifactSchemas[schema],
    dbt_version: dbtVersion,
    generated_at: inUtc(invocation.generatedAt),
    invocation_id: invocation.invocationId,
    invocation_started_at: inUtc(invocation.startedAt),
    env: { RETAIN_VERSION: version, ...notes },
  };
}

/** Readers expect the final `Z`. */
export function inUtc(time: string): string {
  const parsed = new Date(time);
  return Number.isNaN(parsed.getTime()) ? time : parsed.toISOString();
}
