/** How old data may be, in the shape of dbt's artifacts. */
import type { Freshness } from "../parse/resource-schema.ts";

export function criteriaOf(freshness: Freshness | undefined) {
  if (freshness === undefined) return null;
  const { warn_after, error_after, filter } = freshness;
  return { warn_after: warn_after ?? null, error_after: error_after ?? null, filter: filter ?? null };
}
