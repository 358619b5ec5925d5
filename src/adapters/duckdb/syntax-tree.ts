/** A query's syntax tree, as DuckDB itself reads it. Nothing is bound or run. */
import type { DuckDBConnection } from "@duckdb/node-api";

export type SyntaxTree =
  | { readonly kind: "tree"; readonly tree: unknown }
  | { readonly kind: "malformed"; readonly problem: string }
  /** What is no plain query, such as a pivot, is read but not shown. */
  | { readonly kind: "unknown" };

interface Answer {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
}

/** Trees are large; so many are asked for at once. */
const batchSize = 50;

/** One answer for each query, in their order. */
export async function* readSyntaxTrees(raw: DuckDBConnection, queries: readonly string[]): AsyncGenerator<SyntaxTree> {
  for (let first = 0; first < queries.length; first += batchSize) {
    const batch = queries.slice(first, first + batchSize);
    const rows = batch.map((_, i) => `(${i}, $${i + 1}::varchar)`).join(", ");
    const result = await raw.run(`select json_serialize_sql(query) from (values ${rows}) as given (i, query) order by i`, [...batch]);
    for (const [text] of await result.getRowsJson()) yield readAnswer(String(text));
  }
}

function readAnswer(text: string): SyntaxTree {
  const answer = JSON.parse(text) as Answer;
  if (!answer.error) return { kind: "tree", tree: answer };
  return answer.error_type === "parser" ? { kind: "malformed", problem: answer.error_message ?? "syntax error" } : { kind: "unknown" };
}

/** The tree as text without the places of its parts: the same for two queries that are the same but for their layout. */
export function comparable(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) => (key === "query_location" ? undefined : value));
}
