/**
 * The SQL that compares two relations, with the database doing all of the work: what comes back are counts and a few rows.
 * Columns are called k0, v1, … inside, so that no name of the data can be in the way. Pure text.
 */
import { quoteIdentifier } from "../core/names.ts";

export interface ComparedColumn {
  /** As it is called on each side, which may differ in case. */
  readonly before: string;
  readonly after: string;
  /** Compared as text, because the types have nothing in common. */
  readonly asText: boolean;
  readonly isMasked: boolean;
}

export interface RowComparison {
  /** Relations as SQL. */
  readonly before: string;
  readonly after: string;
  readonly key: readonly ComparedColumn[];
  readonly values: readonly ComparedColumn[];
}

function cell(column: ComparedColumn, side: "before" | "after"): string {
  const name = quoteIdentifier(column[side]);
  return column.asText ? `cast(${name} as varchar)` : name;
}

function listed(columns: readonly ComparedColumn[], side: "before" | "after", letter: "k" | "v"): readonly string[] {
  return columns.map((column, i) => `${cell(column, side)} as ${letter}${i}`);
}

/** NULL and a value are told apart, and nothing else. */
function shown(sql: string, isMasked: boolean): string {
  return isMasked ? `case when ${sql} is not null then '***' end` : sql;
}

/** How many values of the key stand more than once, on each side. */
export function repeatedKeysQuery({ before, after, key }: RowComparison): string {
  const count = (relation: string, side: "before" | "after") =>
    `(select count(*) from (select 1 as one from ${relation} group by ${key.map((column) => cell(column, side)).join(", ")} having count(*) > 1) as repeated)`;
  return `select ${count(before, "before")} as before, ${count(after, "after")} as after`;
}

function paired({ before, after, key, values }: RowComparison): string {
  const side = (relation: string, of: "before" | "after") =>
    `select true as is_there, ${[...listed(key, of, "k"), ...listed(values, of, "v")].join(", ")} from ${relation}`;
  const differs = values.map((_, i) => `before_rows.v${i} is distinct from after_rows.v${i}`);
  return `with
before_rows as (${side(before, "before")}),
after_rows as (${side(after, "after")}),
paired as (
  select
    case when before_rows.is_there is null then 'added' when after_rows.is_there is null then 'removed' when ${differs.join(" or ") || "false"} then 'changed' else 'same' end as kind,
    ${[
      ...key.map((_, i) => `coalesce(after_rows.k${i}, before_rows.k${i}) as k${i}`),
      ...values.flatMap((_, i) => [`before_rows.v${i} as b${i}`, `after_rows.v${i} as a${i}`, `${differs[i]} as d${i}`]),
    ].join(",\n    ")}
  from before_rows
  full join after_rows on ${key.map((_, i) => `before_rows.k${i} is not distinct from after_rows.k${i}`).join(" and ")}
)`;
}

/** One row: how many rows are of each kind, and in d0, d1, … how many of the changed ones differ in each column. */
export function keyedCountsQuery(comparison: RowComparison): string {
  const kinds = ["added", "removed", "changed", "same"].map((kind) => `count(*) filter (where kind = '${kind}') as ${kind}`);
  const columns = comparison.values.map((_, i) => `count(*) filter (where kind = 'changed' and d${i}) as d${i}`);
  return `${paired(comparison)}
select ${[...kinds, ...columns].join(", ")} from paired`;
}

/** The first rows of one kind by their key: the key in k0, …, and for changed rows both values of each column. */
export function keyedSampleQuery(comparison: RowComparison, kind: "added" | "removed" | "changed", limit: number): string {
  const { key, values } = comparison;
  const columns = [
    ...key.map(({ isMasked }, i) => `${shown(`k${i}`, isMasked)} as k${i}`),
    ...(kind === "changed"
      ? values.flatMap(({ isMasked }, i) => [`${shown(`b${i}`, isMasked)} as b${i}`, `${shown(`a${i}`, isMasked)} as a${i}`, `d${i}`])
      : []),
  ];
  const order = key.map((_, i) => `paired.k${i}`).join(", ");
  return `${paired(comparison)}
select ${columns.join(", ")} from paired where kind = '${kind}' order by ${order} limit ${limit}`;
}

/** Whole rows, and how often more they stand on one side. */
function balanced({ before, after, values }: RowComparison): string {
  const side = (relation: string, of: "before" | "after") =>
    `select ${listed(values, of, "v").join(", ")}, ${of === "after" ? 1 : -1} as side from ${relation}`;
  const names = values.map((_, i) => `v${i}`).join(", ");
  return `with
both_sides as (${side(before, "before")} union all ${side(after, "after")}),
differing as (select ${names}, sum(side) as balance from both_sides group by ${names} having sum(side) <> 0)`;
}

export function wholeCountsQuery(comparison: RowComparison): string {
  return `${balanced(comparison)}
select
  coalesce(sum(balance) filter (where balance > 0), 0)::bigint as added,
  coalesce(-sum(balance) filter (where balance < 0), 0)::bigint as removed,
  (select count(*) from ${comparison.before}) as before,
  (select count(*) from ${comparison.after}) as after
from differing`;
}

export function wholeSampleQuery(comparison: RowComparison, kind: "added" | "removed", limit: number): string {
  const columns = comparison.values.map(({ isMasked }, i) => `${shown(`v${i}`, isMasked)} as v${i}`);
  const order = comparison.values.map((_, i) => `differing.v${i}`).join(", ");
  return `${balanced(comparison)}
select ${columns.join(", ")}, abs(balance)::bigint as times from differing where balance ${kind === "added" ? ">" : "<"} 0 order by ${order} limit ${limit}`;
}
