/** Numbers, widths, tables and lists: the small parts that every screen is made of. */
import { describe, expect, test } from "vitest";
import { cutToWidth, displayWidth, padEndTo, printable } from "../../src/reporters/display-width.ts";
import { formatSeconds } from "../../src/reporters/numbers.ts";
import { paintFor } from "../../src/reporters/paint.ts";
import { rowsTable } from "../../src/reporters/rows-table.ts";
import { describeNodes } from "../../src/reporters/run-summary.ts";
import { node } from "./events.ts";

test.each([
  [0, "0.00s"],
  [-1, "0.00s"],
  [0.1249, "0.12s"],
  [59.994, "59.99s"],
  [59.995, "1m 00s"],
  [61.4, "1m 01s"],
  [3599.7, "1h 00m"],
  [3600, "1h 00m"],
  [7384, "2h 03m"],
  [7199, "2h 00m"],
])("%d seconds are %s", (seconds, expected) => {
  expect(formatSeconds(seconds)).toBe(expected);
});

test.each([
  ["plain", 5],
  ["고객", 4],
  ["ｶﾅ", 2],
  ["Ａ", 2],
  ["a\u0301", 1],
  ["👩‍👩‍👧", 2],
  ["🇰🇷", 2],
  ["✔", 1],
  ["✔\ufe0f", 2],
  ["\u200b", 0],
])("%j takes %d columns", (text, expected) => {
  expect(displayWidth(text)).toBe(expected);
});

test.each([
  ["orders", 6, "orders"],
  ["orders", 5, "orde…"],
  ["고객등급", 5, "고객…"],
  ["고객등급", 4, "고…"],
  ["고객", 4, "고객"],
  ["x".repeat(100_000), 3, "xx…"],
  ["abc", 0, ""],
])("%j cut to %d columns", (text, width, expected) => {
  expect(cutToWidth(text, width)).toBe(expected);
  expect(displayWidth(padEndTo(cutToWidth(text, width), width))).toBe(width);
});

test("text from data cannot steer the terminal", () => {
  expect(printable("a\tb\r\n\u001b[2J\u0085\u202e\u2028 고")).toBe("a\\tb\\r\\n\\x1b[2J\\x85\\u202e\\u2028 고");
});

describe("a table of rows", () => {
  test("aligns numbers right and everything else left", () => {
    expect(
      rowsTable(
        ["id", "amount", "이름"],
        [
          ["a", 5, "김"],
          ["bcd", 12345, null],
        ],
        80,
      ),
    ).toEqual(["id   amount  이름", "a         5  김", "bcd   12345  NULL"]);
  });
  test("cuts the widest columns first", () => {
    expect(rowsTable(["id", "note"], [["a", "x".repeat(60)]], 20)).toEqual(["id  note", `a   ${"x".repeat(15)}…`]);
  });
  test("leaves columns out where even narrow ones do not fit", () => {
    const columns = ["first_one", "second_one", "third_one", "fourth_one"];
    expect(rowsTable(columns, [columns], 22)).toEqual(["first_one  second_one", "first_one  second_one", "(2 more columns)"]);
  });
  test("shows values of every kind on one line", () => {
    const values = [null, "", "a\nb", true, 10n, 1.5, ["x", { n: 1n }], undefined];
    expect(values.map((value) => rowsTable(["c"], [[value]], 80)[1]?.trim())).toEqual(["NULL", "''", "a\\nb", "true", "10", "1.5", '["x",{"n":1}]', "NULL"]);
  });
  test("is nothing without rows or columns", () => {
    expect([rowsTable([], [[]], 80), rowsTable(["a"], [], 80)]).toEqual([[], []]);
  });
});

test.each([
  [["a"], 0, "a"],
  [["a", "b"], 0, "a and b"],
  [["a", "b", "c", "d"], 0, "a, b, c and d"],
  [["a", "b", "c", "d", "e"], 0, "a, b, c and 2 more models"],
  [["a"], 1, "a and 1 test"],
  [["a", "b", "c", "d", "e"], 12, "a, b, c, 2 more models and 12 tests"],
  [[], 2, "t0 and t1"],
  [[], 7, "t0, t1, t2 and 4 more tests"],
])("models %j and %d tests are %s", (models, tests, expected) => {
  const all = [...models.map((name) => node(name, "skipped")), ...Array.from({ length: tests }, (_, i) => node(`t${i}`, "skipped", { kind: "test" }))];
  expect(describeNodes(all, 3)).toBe(expected);
});

test.each([
  ["the terminal of two streams", { color: true, stdout: false, stderr: true }, [false, true]],
  ["both terminals", { color: true, stdout: true, stderr: true }, [true, true]],
  ["both pipes when it is forced", { color: true, stdout: false, stderr: false }, [true, true]],
  ["nothing when it is not wanted", { color: false, stdout: true, stderr: true }, [false, false]],
])("color goes to %s", (_name, { color, stdout, stderr }, expected) => {
  const stream = (isTTY: boolean) => ({ write: () => true, isTTY });
  const options = { color, stdout: stream(stdout), stderr: stream(stderr), quiet: false, sources: () => undefined };
  expect([options.stdout, options.stderr].map((one) => paintFor(one, options)("x", "red") !== "x")).toEqual(expected);
});
