/**
 * The built-in generic tests, one row each. Each writes a query for the rows that should not be there; thresholds and
 * severity are applied around it. The first four mean what they mean in dbt.
 */
import type { MappedText } from "../../core/mapped-text.ts";
import { quoteLiteral } from "../../core/names.ts";
import type { ArgumentDeclaration } from "../../parse/resource-schema.ts";
import { toSql, type Value } from "../values.ts";

type Sql = (strings: TemplateStringsArray, ...parts: readonly (string | number | MappedText)[]) => MappedText;

export interface TestParts {
  /** The tested relation, with `where` applied. */
  readonly relation: MappedText;
  /** The tested column, quoted; undefined for tests of a whole model. */
  readonly column: MappedText | undefined;
  readonly values: Readonly<Record<string, Value>>;
  /** An argument as SQL that keeps its place. */
  readonly text: (name: string) => MappedText;
  readonly quote: (name: string) => string;
}

export interface BuiltInTest {
  readonly description: string;
  /** Where it may stand. */
  readonly on: "column" | "model" | "either";
  readonly arguments: readonly ArgumentDeclaration[];
  readonly sql: (sql: Sql, parts: TestParts) => MappedText;
}

/** For tests that never stand under a column. */
const none: MappedText = { text: "", pieces: [] };

function argument(name: string, type: ArgumentDeclaration["type"], description: string, ...fallback: readonly unknown[]): ArgumentDeclaration {
  return { name, type, description, ...(fallback.length > 0 && { default: fallback[0] }) };
}

function values(parts: TestParts, quoted: boolean): string {
  const list = parts.values["values"] as readonly Value[];
  return list.map((value) => (quoted && value !== null ? quoteLiteral(String(value)) : (toSql(value) ?? "null"))).join(", ");
}

/** `>= 0` and the like continue the column's name; a whole expression stands for itself. */
const continuesColumn = /^\s*(?:[<>=!]|is\b|in\b|not\b|between\b|like\b|ilike\b)/i;

export const builtInTests: Readonly<Record<string, BuiltInTest>> = {
  unique: {
    description: "no value of the column stands twice; NULL is ignored",
    on: "column",
    arguments: [],
    sql: (sql, { relation, column = none }) => sql`select ${column}, count(*) as n_records
from ${relation}
where ${column} is not null
group by ${column}
having count(*) > 1`,
  },
  not_null: {
    description: "the column is never NULL",
    on: "column",
    arguments: [],
    sql: (sql, { relation, column = none }) => sql`select *
from ${relation}
where ${column} is null`,
  },
  accepted_values: {
    description: "every value is one of a list; NULL passes",
    on: "column",
    arguments: [argument("values", "list", "the values"), argument("quote", "boolean", "write the values as text; false for numbers", true)],
    sql: (sql, parts) => sql`select ${parts.column ?? none}, count(*) as n_records
from ${parts.relation}
where ${parts.column ?? none} not in (${values(parts, parts.values["quote"] === true)})
group by ${parts.column ?? none}`,
  },
  relationships: {
    description: "every value exists in a column of another relation; NULL passes",
    on: "column",
    arguments: [argument("to", "relation", "the other relation, as ref('name')"), argument("field", "string", "its column")],
    sql: (sql, { relation, column = none, text, quote }) => sql`select child.*
from (select * from ${relation}) as child
left join (select distinct ${quote("field")} as parent_key from ${text("to")}) as parent
  on child.${column} = parent.parent_key
where child.${column} is not null and parent.parent_key is null`,
  },
  expression_is_true: {
    description: "an SQL expression holds for every row; as with a check constraint, NULL passes",
    on: "either",
    arguments: [argument("expression", "string", "a condition; under a column it may begin with an operator, as in `>= 0`")],
    sql: (sql, { relation, column, text }) => {
      const expression = text("expression");
      const subject = column !== undefined && continuesColumn.test(expression.text) ? sql`${column} ` : none;
      return sql`select *
from ${relation}
where not (${subject}${expression}
)`;
    },
  },
  unique_combination: {
    description: "no combination of the columns stands twice: the grain; NULL counts as a value",
    on: "model",
    arguments: [argument("columns", "list", "the columns")],
    sql: (sql, { relation, values: given, quote }) => {
      const columns = (given["columns"] as readonly Value[]).map((_, i) => quote(`columns.${i}`)).join(", ");
      return sql`select ${columns}, count(*) as n_records
from ${relation}
group by ${columns}
having count(*) > 1`;
    },
  },
  accepted_range: {
    description: "every value lies between two bounds; NULL passes",
    on: "column",
    arguments: [
      argument("min_value", "any", "least value, a number or an SQL expression", null),
      argument("max_value", "any", "greatest value, a number or an SQL expression", null),
      argument("inclusive", "boolean", "whether the bounds themselves are accepted", true),
    ],
    sql: (sql, { relation, column = none, values: given, text }) => {
      const isInclusive = given["inclusive"] !== false;
      const lower =
        given["min_value"] === null
          ? sql``
          : sql` or ${column} ${isInclusive ? "<" : "<="} (${text("min_value")}
)`;
      const upper =
        given["max_value"] === null
          ? sql``
          : sql` or ${column} ${isInclusive ? ">" : ">="} (${text("max_value")}
)`;
      return sql`select *
from ${relation}
where false${lower}${upper}`;
    },
  },
  row_count_between: {
    description: "the number of rows lies between two bounds",
    on: "model",
    arguments: [argument("min", "number", "least number of rows", 0), argument("max", "any", "greatest number of rows", null)],
    sql: (sql, { relation, values: given }) => sql`select count(*) as n_rows
from ${relation}
having count(*) < ${Number(given["min"])}${given["max"] === null ? "" : ` or count(*) > ${Number(given["max"])}`}`,
  },
  recency: {
    description: "the newest row is not older than an interval; no rows pass",
    on: "either",
    arguments: [
      argument("field", "string", "column with the time; under a column that one", null),
      argument("datepart", "string", "second, minute, hour, day, week, month, quarter or year", "day"),
      argument("interval", "number", "how many of them"),
      argument("as_of", "string", "SQL expression for now", "current_timestamp"),
    ],
    sql: (sql, { relation, column, values: given, text, quote }) => {
      const field = given["field"] === null ? (column ?? none) : quote("field");
      return sql`select max(${field}) as most_recent
from ${relation}
having cast(max(${field}) as timestamp) < cast(${text("as_of")} as timestamp) - interval ${quoteLiteral(`${Number(given["interval"])} ${String(given["datepart"])}`)}`;
    },
  },
  matches_pattern: {
    description: "every value contains a match of a regular expression (anchor with ^ and $); NULL passes",
    on: "column",
    arguments: [argument("pattern", "string", "the regular expression")],
    sql: (sql, { relation, column = none, values: given }) => sql`select *
from ${relation}
where not regexp_matches(cast(${column} as varchar), ${quoteLiteral(String(given["pattern"]))})`,
  },
};
