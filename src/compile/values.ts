/** The values that templates work with, and how each is written into SQL. */

/** A relation of the warehouse, or a call that reads files in place. */
export interface Relation {
  readonly kind: "relation";
  readonly database: string | undefined;
  readonly schema: string;
  readonly name: string;
  readonly sql: string;
}

export type Value = string | number | boolean | null | undefined | Relation | readonly Value[] | { readonly [key: string]: Value };

export function isRelation(value: unknown): value is Relation {
  return value !== null && typeof value === "object" && (value as { kind?: unknown }).kind === "relation" && "sql" in value;
}

/** The text of a value in SQL, or `undefined` where it has none. */
export function toSql(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  // Infinity and NaN are no SQL, and would be read as names of columns.
  if (typeof value === "number" && !Number.isFinite(value)) return undefined;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  return isRelation(value) ? value.sql : undefined;
}

/** Handlebars' notion of falsy: false, null, undefined, "", 0 and the empty list. */
export function isFalsy(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (isRelation(value)) return "a relation";
  return typeof value === "object" ? "a mapping" : `the ${typeof value} ${JSON.stringify(value)}`;
}
