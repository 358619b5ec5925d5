/** What each built-in test lets pass and what it finds, on real rows. */
import { describe, expect, test } from "vitest";
import { builtInTests } from "../../src/compile/tests/built-in.ts";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run } from "../fixtures/warehouse.ts";

interface Case {
  readonly test: string;
  readonly says: string;
  /** SQL values of the column `v`, or whole rows of `v, w`. */
  readonly rows: string;
  /** YAML of the test under the column. */
  readonly on?: "column" | "model";
  readonly given: string;
  readonly failures: number;
}

const cases: readonly Case[] = [
  { test: "unique", says: "passes different values", rows: "(1), (2)", given: "unique", failures: 0 },
  { test: "unique", says: "counts each value that stands twice once", rows: "(1), (1), (1), (2), (2), (3)", given: "unique", failures: 2 },
  { test: "unique", says: "ignores NULL", rows: "(null), (null), (1)", given: "unique", failures: 0 },
  { test: "unique", says: "tells case and blanks apart", rows: "('a'), ('A'), ('a ')", given: "unique", failures: 0 },
  { test: "not_null", says: "passes values", rows: "(0), (1)", given: "not_null", failures: 0 },
  { test: "not_null", says: "passes empty text", rows: "('')", given: "not_null", failures: 0 },
  { test: "not_null", says: "counts every NULL", rows: "(null), (1), (null)", given: "not_null", failures: 2 },
  { test: "not_null", says: "passes no rows", rows: "(1) limit 0", given: "not_null", failures: 0 },
  { test: "accepted_values", says: "passes its values", rows: "('a'), ('b'), ('a')", given: "{accepted_values: {values: [a, b]}}", failures: 0 },
  {
    test: "accepted_values",
    says: "counts each other value once",
    rows: "('a'), ('x'), ('x'), ('y')",
    given: "{accepted_values: {values: [a, b]}}",
    failures: 2,
  },
  { test: "accepted_values", says: "passes NULL", rows: "(null), ('a')", given: "{accepted_values: {values: [a]}}", failures: 0 },
  { test: "accepted_values", says: "writes text with quotes in it", rows: "('it''s'), ('x')", given: '{accepted_values: {values: ["it\'s"]}}', failures: 1 },
  {
    test: "accepted_values",
    says: "compares numbers without quotes",
    rows: "(1), (2.5), (3)",
    given: "{accepted_values: {values: [1, 2.5], quote: false}}",
    failures: 1,
  },
  {
    test: "accepted_values",
    says: "compares truth values without quotes",
    rows: "(true), (false)",
    given: "{accepted_values: {values: [true], quote: false}}",
    failures: 1,
  },
  { test: "relationships", says: "passes values that exist there", rows: "(1), (2)", given: "{relationships: {to: ref('other'), field: k}}", failures: 0 },
  {
    test: "relationships",
    says: "counts every row without a counterpart",
    rows: "(1), (9), (9)",
    given: "{relationships: {to: ref('other'), field: k}}",
    failures: 2,
  },
  {
    test: "relationships",
    says: "ignores NULL children, and NULL there is no counterpart",
    rows: "(null), (1)",
    given: "{relationships: {to: ref('other'), field: k}}",
    failures: 0,
  },
  {
    test: "relationships",
    says: "does not multiply children of repeated parents",
    rows: "(2), (2), (8)",
    given: "{relationships: {to: ref('other'), field: k}}",
    failures: 1,
  },
  {
    test: "expression_is_true",
    says: "passes rows for which it holds",
    rows: "(1), (2)",
    given: "{expression_is_true: {expression: 'v > 0'}}",
    on: "model",
    failures: 0,
  },
  {
    test: "expression_is_true",
    says: "counts rows for which it does not",
    rows: "(1), (-1), (-2)",
    given: "{expression_is_true: {expression: 'v > 0'}}",
    on: "model",
    failures: 2,
  },
  { test: "expression_is_true", says: "passes NULL", rows: "(null), (1)", given: "{expression_is_true: {expression: 'v > 0'}}", on: "model", failures: 0 },
  {
    test: "expression_is_true",
    says: "takes an `or` as a whole",
    rows: "(1), (5), (3)",
    given: "{expression_is_true: {expression: 'v = 1 or v = 5'}}",
    on: "model",
    failures: 1,
  },
  {
    test: "expression_is_true",
    says: "continues the column under a column",
    rows: "(1), (-1)",
    given: "{expression_is_true: {expression: '>= 0'}}",
    failures: 1,
  },
  {
    test: "expression_is_true",
    says: "continues the column with a word",
    rows: "(1), (7), (null)",
    given: "{expression_is_true: {expression: 'between 0 and 5'}}",
    failures: 1,
  },
  {
    test: "expression_is_true",
    says: "takes a whole expression under a column too",
    rows: "(1), (-1)",
    given: "{expression_is_true: {expression: 'v * 2 > 0'}}",
    failures: 1,
  },
  {
    test: "unique_combination",
    says: "passes different rows",
    rows: "(1, 'a'), (1, 'b')",
    given: "{unique_combination: {columns: [v, w]}}",
    on: "model",
    failures: 0,
  },
  {
    test: "unique_combination",
    says: "counts each repeated combination once",
    rows: "(1, 'a'), (1, 'a'), (1, 'a'), (2, 'a')",
    given: "{unique_combination: {columns: [v, w]}}",
    on: "model",
    failures: 1,
  },
  {
    test: "unique_combination",
    says: "takes NULL as a value",
    rows: "(1, null), (1, null)",
    given: "{unique_combination: {columns: [v, w]}}",
    on: "model",
    failures: 1,
  },
  { test: "accepted_range", says: "accepts its bounds", rows: "(0), (5), (10)", given: "{accepted_range: {min_value: 0, max_value: 10}}", failures: 0 },
  { test: "accepted_range", says: "counts values outside", rows: "(-1), (5), (11)", given: "{accepted_range: {min_value: 0, max_value: 10}}", failures: 2 },
  {
    test: "accepted_range",
    says: "refuses its bounds when they are not included",
    rows: "(0), (5), (10)",
    given: "{accepted_range: {min_value: 0, max_value: 10, inclusive: false}}",
    failures: 2,
  },
  { test: "accepted_range", says: "takes one bound", rows: "(-5), (99)", given: "{accepted_range: {max_value: 10}}", failures: 1 },
  { test: "accepted_range", says: "takes an expression as a bound", rows: "(1), (9)", given: "{accepted_range: {max_value: '2 + 3'}}", failures: 1 },
  { test: "accepted_range", says: "passes NULL", rows: "(null), (1)", given: "{accepted_range: {min_value: 0}}", failures: 0 },
  { test: "row_count_between", says: "passes a number within", rows: "(1), (2)", given: "{row_count_between: {min: 1, max: 2}}", on: "model", failures: 0 },
  { test: "row_count_between", says: "fails for too many", rows: "(1), (2), (3)", given: "{row_count_between: {min: 1, max: 2}}", on: "model", failures: 1 },
  { test: "row_count_between", says: "fails for too few", rows: "(1) limit 0", given: "{row_count_between: {min: 1}}", on: "model", failures: 1 },
  { test: "row_count_between", says: "has no upper bound of its own", rows: "(1), (2), (3)", given: "{row_count_between: {min: 1}}", on: "model", failures: 0 },
  {
    test: "recency",
    says: "passes a new row among old ones",
    rows: "(timestamp '2026-06-30 12:00'), (timestamp '2020-01-01')",
    given: "{recency: {interval: 1, as_of: \"timestamp '2026-07-01'\"}}",
    failures: 0,
  },
  {
    test: "recency",
    says: "fails when the newest row is too old",
    rows: "(timestamp '2026-06-29 12:00'), (null)",
    given: "{recency: {interval: 1, as_of: \"timestamp '2026-07-01'\"}}",
    failures: 1,
  },
  {
    test: "recency",
    says: "passes a row that is exactly as old as allowed",
    rows: "(timestamp '2026-06-30')",
    given: "{recency: {interval: 24, datepart: hour, as_of: \"timestamp '2026-07-01'\"}}",
    failures: 0,
  },
  { test: "recency", says: "passes no rows", rows: "(timestamp '2000-01-01') limit 0", given: "{recency: {interval: 1}}", failures: 0 },
  {
    test: "recency",
    says: "takes the field by name for a whole model",
    rows: "(date '2026-01-01')",
    given: "{recency: {field: v, interval: 2, datepart: month, as_of: \"date '2026-04-01'\"}}",
    on: "model",
    failures: 1,
  },
  { test: "matches_pattern", says: "passes values that contain a match", rows: "('ab1'), ('1')", given: "{matches_pattern: {pattern: '[0-9]'}}", failures: 0 },
  { test: "matches_pattern", says: "counts values without a match", rows: "('ab'), ('a1')", given: "{matches_pattern: {pattern: '^[a-z]+$'}}", failures: 1 },
  { test: "matches_pattern", says: "passes NULL", rows: "(null), ('a')", given: "{matches_pattern: {pattern: a}}", failures: 0 },
  {
    test: "matches_pattern",
    says: "takes quotes and backslashes as they are",
    rows: "('it''s 5'), ('its 5')",
    given: '{matches_pattern: {pattern: "it\'s \\\\d"}}',
    failures: 1,
  },
  { test: "matches_pattern", says: "reads numbers as text", rows: "(123), (12)", given: "{matches_pattern: {pattern: '^[0-9]{3}$'}}", failures: 1 },
];

const files = ({ rows, given, on = "column" }: Case) => {
  const width = rows.startsWith("(") && /^\([^()]*,/.test(rows) ? "v, w" : "v";
  const columns = on === "column" ? `\n    columns: [{name: v, tests: [${given}]}]` : `\n    tests: [${given}]`;
  return {
    "models/m.yml": `models:\n  - name: m${columns}\n  - name: other\n    sql: select * from (values (1), (2), (2), (null)) as t(k)\n`,
    "models/m.sql": `select * from (values ${rows.replace(/ limit 0$/, "")}) as t(${width})${rows.endsWith(" limit 0") ? " limit 0" : ""}\n`,
  };
};

describe.each(Object.keys(builtInTests))("%s", (name) => {
  const own = cases.filter((one) => one.test === name);

  test("has rows that pass and rows that fail here", () => {
    expect(own.some((one) => one.failures === 0)).toBe(true);
    expect(own.some((one) => one.failures > 0)).toBe(true);
  });

  test.each(own)("$says", async (one) => {
    const { result } = await run(temporaryProject(files(one)), await emptyWarehouse());
    const found = result.results.find((node) => node.kind === "test");
    expect(found && { status: found.status, failures: found.failures, problems: found.diagnostics.map((d) => d.code) }).toEqual({
      status: one.failures > 0 ? "fail" : "pass",
      failures: one.failures,
      problems: one.failures > 0 ? ["RT0407"] : [],
    });
  });
});
