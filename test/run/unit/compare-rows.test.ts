/** The comparison of rows: what counts as the same, which rows are shown beside each other, and its laws on random rows. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cells, compareRows, type RowDifference } from "../../../src/run/unit/compare-rows.ts";

const columns = (...types: readonly string[]) => types.map((type, i) => ({ name: `c${i}`, type }));
const say = (difference: RowDifference): string => {
  switch (difference.kind) {
    case "changed":
      return `${difference.expected} is ${difference.actual} but for ${difference.columns.join(",")}`;
    case "missing":
      return `${difference.expected} is missing`;
    case "unexpected":
      return `${difference.actual} is unexpected`;
  }
};
const compare = (types: readonly string[], expected: readonly Cells[], actual: readonly Cells[]) => compareRows(columns(...types), expected, actual).map(say);

describe("what is the same", () => {
  test.each<[string, string, unknown, unknown, boolean]>([
    ["whole numbers", "INTEGER", 1, 1, true],
    ["other whole numbers", "INTEGER", 1, 2, false],
    ["NULL and NULL", "INTEGER", null, null, true],
    ["NULL and 0", "INTEGER", null, 0, false],
    ["NULL and empty text", "VARCHAR", null, "", false],
    ["the text NULL and NULL", "VARCHAR", "NULL", null, false],
    ["decimals letter by letter", "DECIMAL(10,2)", "1.50", "1.51", false],
    ["doubles that differ in the last bits", "DOUBLE", 0.1 + 0.2, 0.3, true],
    ["a third to twelve digits", "DOUBLE", 0.333333333333, 1 / 3, true],
    ["a third to nine digits", "DOUBLE", 0.333333333, 1 / 3, false],
    ["cents of a large double", "DOUBLE", 123456789.12, 123456789.13, false],
    ["floats to six digits", "FLOAT", 0.333333, 0.33333334, true],
    ["not a number", "DOUBLE", "NaN", "NaN", true],
    ["not a number and NULL", "DOUBLE", "NaN", null, false],
    ["lists in their order", "INTEGER[]", [1, 2], [1, 2], true],
    ["lists in another order", "INTEGER[]", [1, 2], [2, 1], false],
    ["lists of doubles", "DOUBLE[]", [0.1 + 0.2], [0.3], true],
    ["structs", 'STRUCT("a" INTEGER)', { a: 1 }, { a: 1 }, true],
    ["structs with another value", 'STRUCT("a" INTEGER)', { a: 1 }, { a: 2 }, false],
    ["JSON written otherwise", "JSON", '{"a": 1, "b": [2]}', '{"b":[2],"a":1}', true],
    ["other JSON", "JSON", '{"a": 1}', '{"a": 2}', false],
    ["an interval in other units", "INTERVAL", { months: 0, days: 3, micros: "0" }, { months: 0, days: 0, micros: "259200000000" }, true],
    ["another interval", "INTERVAL", { months: 1, days: 0, micros: "0" }, { months: 0, days: 31, micros: "0" }, false],
    ["an interval and NULL", "INTERVAL", { months: 0, days: 0, micros: "0" }, null, false],
    ["text that looks like JSON", "VARCHAR", '{"a": 1}', '{"a":1}', false],
  ])("%s", (_, type, a, b, same) => {
    expect(compare([type], [[a]], [[b]])).toEqual(same ? [] : ["0 is 0 but for 0"]);
    expect(compare([type], [[a]], [[b]])).toHaveLength(compare([type], [[b]], [[a]]).length);
  });
});

describe("which rows are shown beside each other", () => {
  const three = ["INTEGER", "VARCHAR", "INTEGER"];
  test.each<[string, readonly Cells[], readonly Cells[], readonly string[]]>([
    [
      "the one with the same key",
      [
        [1, "a", 5],
        [2, "b", 6],
      ],
      [
        [2, "b", 7],
        [1, "a", 5],
      ],
      ["1 is 0 but for 2"],
    ],
    [
      "none that agrees in a common value only",
      [
        [1, "a", 5],
        [2, "a", 6],
      ],
      [
        [1, "a", 5],
        [3, "a", 9],
      ],
      ["1 is 1 but for 0,2"],
    ],
    [
      "of several the most alike",
      [
        [1, "a", 5],
        [2, "b", 6],
      ],
      [
        [1, "x", 5],
        [2, "b", 9],
      ],
      ["0 is 0 but for 1", "1 is 1 but for 2"],
    ],
    ["the only ones that are left, whatever they hold", [[1, "a", 5]], [[9, "z", 0]], ["0 is 0 but for 0,1,2"]],
    ["nothing where one side has no rows", [[1, "a", 5]], [], ["0 is missing"]],
    [
      "nothing where nothing is expected",
      [],
      [
        [1, "a", 5],
        [1, "a", 5],
      ],
      ["0 is unexpected", "1 is unexpected"],
    ],
    [
      "a row that stands too often",
      [[1, "a", 5]],
      [
        [1, "a", 5],
        [1, "a", 5],
      ],
      ["1 is unexpected"],
    ],
    [
      "a row that stands too seldom",
      [
        [1, "a", 5],
        [1, "a", 5],
      ],
      [[1, "a", 5]],
      ["1 is missing"],
    ],
    [
      "strangers not at all",
      [
        [1, "a", 5],
        [2, "b", 6],
      ],
      [
        [7, "x", 1],
        [8, "y", 2],
        [9, "z", 3],
      ],
      ["0 is missing", "1 is missing", "0 is unexpected", "1 is unexpected", "2 is unexpected"],
    ],
  ])("%s", (_, expected, actual, said) => {
    expect(compare(three, expected, actual)).toEqual(said);
  });

  test("of a thousand rows, those with the same first value", () => {
    const rows = (from: number, value: number) => Array.from({ length: 1000 }, (_, i) => [from + i, "a", value]);
    expect(new Set(compareRows(columns(...three), rows(0, 1), rows(0, 2)).map(({ kind }) => kind))).toEqual(new Set(["changed"]));
    expect(compareRows(columns(...three), rows(0, 1), rows(5000, 1))).toHaveLength(2000);
  });
});

describe("on any rows", () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom("a", "b", null), fc.integer({ min: 0, max: 1 }));
  const rows = fc.array(row, { maxLength: 12 });
  const types = ["INTEGER", "VARCHAR", "INTEGER"];

  test("the order means nothing", () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        expect(compare(types, a, a.toReversed())).toEqual([]);
        expect(compare(types, a, b).length === 0).toBe(compare(types, a.toReversed(), b.toSorted()).length === 0);
      }),
    );
  });

  test("what differs is as much as the multisets differ, and each row is told once", () => {
    fc.assert(
      fc.property(rows, rows, (expected, actual) => {
        const count = (list: readonly Cells[]) =>
          list.reduce<Map<string, number>>((map, one) => map.set(JSON.stringify(one), (map.get(JSON.stringify(one)) ?? 0) + 1), new Map());
        const [e, a] = [count(expected), count(actual)];
        const lacking = (from: Map<string, number>, other: Map<string, number>) =>
          [...from].reduce((sum, [key, n]) => sum + Math.max(0, n - (other.get(key) ?? 0)), 0);
        const differences = compareRows(columns(...types), expected, actual);
        const expectedRows = differences.flatMap((d) => ("expected" in d ? [d.expected] : []));
        const actualRows = differences.flatMap((d) => ("actual" in d ? [d.actual] : []));
        expect(expectedRows).toHaveLength(lacking(e, a));
        expect(actualRows).toHaveLength(lacking(a, e));
        expect(new Set(expectedRows).size).toBe(expectedRows.length);
        expect(new Set(actualRows).size).toBe(actualRows.length);
        for (const d of differences)
          if (d.kind === "changed") expect(d.columns).toEqual([0, 1, 2].filter((i) => expected[d.expected]?.[i] !== actual[d.actual]?.[i]));
      }),
    );
  });
});
