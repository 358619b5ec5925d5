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

export async function readSyntaxTree(raw: DuckDBConnection, query: string): Promise<SyntaxTree> {
  const result = await raw.run("select json_serialize_sql($1::varchar)", [query]);
  const answer = JSON.parse(String((await result.getRowsJson())[0]?.[0])) as Answer;
  if (!answer.error) return { kind: "tree", tree: answer };
  return answer.error_type === "parser" ? { kind: "malformed", problem: answer.error_message ?? "syntax error" } : { kind: "unknown" };
}

/** The tree as text without the places of its parts: the same for two queries that are the same but for their layout. */
export function comparable(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) => (key === "query_location" ? undefined : value));
}
