/** The selection grammar read by itself. */
import { describe, expect, test } from "vitest";
import { readCriterion } from "../../src/graph/select/criterion.ts";
import { type Expression, readExpression } from "../../src/graph/select/expression.ts";

const all = Number.POSITIVE_INFINITY;

test.each([
  ["orders", { method: "fqn", value: "orders", parents: 0, children: 0, childrensParents: false }],
  ["+orders", { method: "fqn", value: "orders", parents: all, children: 0 }],
  ["orders+", { method: "fqn", value: "orders", parents: 0, children: all }],
  ["+orders+", { method: "fqn", value: "orders", parents: all, children: all }],
  ["2+orders", { method: "fqn", value: "orders", parents: 2, children: 0 }],
  ["orders+3", { method: "fqn", value: "orders", parents: 0, children: 3 }],
  ["12+orders+10", { method: "fqn", value: "orders", parents: 12, children: 10 }],
  ["0+orders+0", { method: "fqn", value: "orders", parents: 0, children: 0 }],
  ["@orders", { method: "fqn", value: "orders", parents: 0, children: 0, childrensParents: true }],
  ["@tag:nightly", { method: "tag", value: "nightly", childrensParents: true }],
  ["1+tag:nightly+", { method: "tag", value: "nightly", parents: 1, children: all }],
  ["config.meta.owner:crm", { method: "config.meta.owner", value: "crm" }],
  ["shop.marts.orders", { method: "fqn", value: "shop.marts.orders" }],
  ["models/marts", { method: "path", value: "models/marts" }],
  ["+models/marts/+", { method: "path", value: "models/marts/", parents: all, children: all }],
  ["models\\marts", { method: "path", value: "models\\marts" }],
  ["orders.sql", { method: "file", value: "orders.sql" }],
  ["people.csv+", { method: "file", value: "people.csv", children: all }],
  ["path:models/a.yml", { method: "path", value: "models/a.yml" }],
  ["fqn:a+b", { method: "fqn", value: "a+b" }],
  ["stg_*", { method: "fqn", value: "stg_*" }],
])("%s", (text, expected) => {
  const { value, diagnostics } = readCriterion(text);
  expect(diagnostics).toEqual([]);
  expect(value).toMatchObject(expected);
});

describe("what cannot be read", () => {
  const plusProblem = "a + stands once before the name or once behind it, as in +b, 2+b, b+ or b+2";
  test.each([
    ["@orders+", "@ and a trailing + cannot be combined"],
    ["@orders+2", "@ and a trailing + cannot be combined"],
    ["@tag:x+", "@ and a trailing + cannot be combined"],
    ["+", "there is no name in it"],
    ["tag:", "there is no name in it"],
    ["2+", "there is no name in it"],
    ["@", "there is no name in it"],
    ["+++b", plusProblem],
    ["*+b", plusProblem],
    ["b++", plusProblem],
    ["+b+c", plusProblem],
    ["2++b", plusProblem],
  ])("%s is an error", (text, problem) => {
    const { value, diagnostics } = readCriterion(text);
    expect(value).toBeUndefined();
    expect(diagnostics.map((d) => `${d.code} ${d.severity} ${d.message}`)).toEqual([`RT0003 error cannot read the selection "${text}": ${problem}`]);
  });

  test("is told for every part of a selection", () => {
    expect(readExpression(["@a+ b,", "+"]).diagnostics).toHaveLength(3);
  });

  test.each(["b,", ",b", "a,,b", ","])("%s lacks what a comma stands between, and is shown whole", (text) => {
    expect(readExpression([`x ${text}`]).diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([
      `RT0003 cannot read the selection "${text}": nothing stands before or behind a comma, which takes what two criteria share`,
    ]);
  });

  test.each(["", " "])("[%s] chooses nothing, which is said", (text) => {
    expect(readExpression([text]).diagnostics).toMatchObject([
      { code: "RT0002", help: "an empty selection chooses nothing; leave it out to choose everything" },
    ]);
  });

  test("a + is part of a value where a method is named", () => {
    expect(readCriterion("+tag:a+b").value).toMatchObject({ method: "tag", value: "a+b" });
  });
});

test("a space is union, a comma is intersection and binds tighter, and several texts are a union", () => {
  const shown = (expression: Expression): unknown => {
    if (expression.kind === "criterion") return expression.criterion.value;
    return expression.kind === "difference" ? expression : { [expression.kind]: expression.parts.map(shown) };
  };
  expect(shown(readExpression(["a b,c", "  d  "]).value)).toEqual({ union: ["a", { intersection: ["b", "c"] }, "d"] });
  expect(shown(readExpression(["a"]).value)).toBe("a");
  expect(shown(readExpression([" "]).value)).toEqual({ union: [] });
});
