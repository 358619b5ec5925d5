/** Settings that dbt lets be the name of a column or SQL over columns. What looks like a name is one. */
import { quoteIdentifier } from "../core/names.ts";

export function isColumnName(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text.trim());
}

export function columnOrExpression(text: string): string {
  return isColumnName(text) ? quoteIdentifier(text.trim()) : `(${text})`;
}
