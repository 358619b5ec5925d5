/** One model is one query: what would leave its brackets is refused, what only looks like it is not. */
import { describe, expect, test } from "vitest";
import { fillWindow, windowMarks } from "../../src/compile/batch-window.ts";
import { checkSingleQuery, queryEnd } from "../../src/compile/single-query.ts";
import { locate, plainText, TextBuilder } from "../../src/core/mapped-text.ts";

const place = { file: "m.sql", start: 0, end: 0 };
const problemOf = (sql: string) => checkSingleQuery(plainText(sql), place)?.message;

describe("a query", () => {
  test.each([
    "select (1 + (2))",
    "select ')' as a, \"(\" as b",
    "select 'it''s )' as a -- )",
    "select $$ ) ; $$ as a, $x$ ( $x$ as b",
    "select e'\\') ;' as a",
    "select 1 as a /* /* ) */ ; ) */",
    "select [1][1] as a",
  ])("%s is one", (sql) => {
    expect(problemOf(sql)).toBeUndefined();
  });

  test.each([
    ["select 1); drop table orders; create table x as (select 1", "this bracket closes none"],
    ["select 1; select 2", "a model or test is one query; a second statement cannot follow"],
    ["select (1", "this bracket is never closed"],
    ["select 1 /* */ )", "this bracket closes none"],
  ])("%s is refused", (sql, problem) => {
    expect(problemOf(sql)).toBe(problem);
  });
});

describe("the end of a query", () => {
  test.each([
    ["select 1", "select 1"],
    ["select 1;", "select 1"],
    ["select 1 ; ;\n", "select 1 "],
    ["select 1;\n-- the end", "select 1"],
    ["select 1; /* a ; */ ; -- b", "select 1"],
    ["select ';' as a", "select ';' as a"],
    ["select 1; select 2", "select 1; select 2"],
    ["select 1 -- no ; here", "select 1 -- no ; here"],
    ["select 1; 'x'", "select 1; 'x'"],
  ])("of %j", (sql, query) => {
    expect(sql.slice(0, queryEnd(sql))).toBe(query);
  });
});

test("SQL that is filled with the window of a batch keeps its places", () => {
  const source = { file: "models/a.sql", text: `select ${windowMarks.start} from` };
  const built = new TextBuilder().append(source.text, { source, start: 0, end: source.text.length, verbatim: true }).build();
  const filled = fillWindow(built, { start: "2026-01-01 00:00:00", end: "2026-01-02 00:00:00" });
  expect(filled.text).toBe("select 2026-01-01 00:00:00 from");
  expect(locate(filled, 0, 6)?.span).toStrictEqual({ file: "models/a.sql", start: 0, end: 6 });
});
