/** The SQL that loads a seed: everything is read as text and then cast to the declared types, so that nothing is guessed. */
import { quoteIdentifier } from "../core/names.ts";
import type { SeedLoad } from "../plan/plan.ts";
import type { Dialect } from "../ports/dialect.ts";

/** The file as a relation of text columns. An unquoted empty value is NULL, a quoted one is empty text. */
export function seedText(load: SeedLoad, dialect: Dialect): string {
  return dialect.readFiles({
    format: "csv",
    location: load.absolutePath,
    types: {},
    options: {
      header: true,
      auto_detect: false,
      delim: load.delimiter,
      quote: '"',
      escape: '"',
      allow_quoted_nulls: false,
      columns: Object.fromEntries(load.columns.map((column) => [column.name, "VARCHAR"])),
    },
  });
}

export function isText(type: string): boolean {
  return /^(varchar|text|string|char|bpchar)\b/i.test(type.trim());
}

/** A text column as a value of its type; blank is NULL for every type but text. */
export function castColumn(name: string, type: string, cast: "cast" | "try_cast" = "cast"): string {
  const quoted = quoteIdentifier(name);
  return isText(type) ? quoted : `${cast}(nullif(trim(${quoted}), '') as ${type})`;
}

/** Types for columns that declare none, most special first. What would lose digits, such as a long id, is none of them. */
const inferable: readonly {
  readonly type: string;
  readonly pattern: string;
}[] = [
  { type: "boolean", pattern: "^(true|false|TRUE|FALSE|True|False)$" },
  { type: "bigint", pattern: "^-?(0|[1-9][0-9]{0,17})$" },
  {
    type: "double",
    pattern: "^-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,15})?([eE][-+]?[0-9]+)?$",
  },
  { type: "date", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
  {
    type: "timestamp",
    pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?$",
  },
  {
    type: "timestamptz",
    pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[-+][0-9]{2}(:?[0-9]{2})?)$",
  },
];

/** One row with a column `c<i>_<type>` for each untyped column and type: whether every value is of the type. */
export function inferenceQuery(
  load: SeedLoad,
  text: string,
): {
  readonly sql: string;
  readonly choose: (row: Readonly<Record<string, unknown>>, index: number) => string;
} {
  const aggregates = load.columns.flatMap((column, i) =>
    column.type !== undefined
      ? []
      : [
          `count(nullif(trim(${quoteIdentifier(column.name)}), '')) as c${i}_n`,
          ...inferable.map(({ type, pattern }) => {
            const value = `nullif(trim(${quoteIdentifier(column.name)}), '')`;
            return `coalesce(bool_and(regexp_matches(${value}, '${pattern}') and try_cast(${value} as ${type}) is not null) filter (where ${value} is not null), false) as c${i}_${type}`;
          }),
        ],
  );
  return {
    sql: `select ${aggregates.join(",\n  ")}\nfrom ${text}`,
    choose: (row, i) => inferable.find(({ type }) => Number(row[`c${i}_n`]) > 0 && row[`c${i}_${type}`] === true)?.type ?? "varchar",
  };
}
