/** Diagnostics as people see them: frames, marks and their alignment in every kind of line. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { fileSpan, type Span } from "../../src/core/span.ts";
import { renderDiagnostic, summarizeDiagnostics } from "../../src/reporters/diagnostic-text.ts";
import { displayWidth } from "../../src/reporters/display-width.ts";

/** A file whose span is written between « and ». */
function marked(text: string): { readonly sources: () => string; readonly span: Span } {
  const start = text.indexOf("«");
  const end = text.indexOf("»") - 1;
  return { sources: () => text.replace("«", "").replace("»", ""), span: { file: "models/a.sql", start, end } };
}

function frame(text: string, width?: number): string {
  const { sources, span } = marked(text);
  const diagnostic: Diagnostic = { code: "RT0401", severity: "error", message: "syntax error", span };
  return renderDiagnostic(diagnostic, { sources, color: false, ...(width !== undefined && { width }) })
    .split("\n")
    .slice(1)
    .join("\n");
}

describe("a code frame", () => {
  const cases: readonly (readonly [name: string, text: string, expected: string])[] = [
    ["marks a word", "select 1\nfrom «ordrs»\n", "  --> models/a.sql:2:6\n   |\n 2 | from ordrs\n   |      ^^^^^"],
    ["marks an empty span with one mark", "select «»1\n", "  --> models/a.sql:1:8\n   |\n 1 | select 1\n   |        ^"],
    ["widens the gutter for large numbers", `${"\n".repeat(99)}«x»`, "    --> models/a.sql:100:1\n     |\n 100 | x\n     | ^"],
    ["marks a span of several lines to the end of the first", "select «a,  \n  b\nfrom» c\n", "  --> models/a.sql:1:8\n   |\n 1 | select a,\n   |        ^^"],
    ["turns tabs into blanks", "select\n\ta,\t«b»\n", "  --> models/a.sql:2:5\n   |\n 2 |     a,  b\n   |         ^"],
    ["marks a tab by all of its columns", "«\t»a\n", "  --> models/a.sql:1:1\n   |\n 1 |     a\n   | ^^^^"],
    ["does not see the \\r of \\r\\n", "select 1\r\nfrom «b»\r\nwhere\r\n", "  --> models/a.sql:2:6\n   |\n 2 | from b\n   |      ^"],
    ["does not mark beyond \\r\\n", "select «a\r\n»from b\r\n", "  --> models/a.sql:1:8\n   |\n 1 | select a\n   |        ^"],
    ["takes a lone \\r as the end of a line", "select a\rfrom «b»\r", "  --> models/a.sql:2:6\n   |\n 2 | from b\n   |      ^"],
    [
      "counts wide characters as two",
      "select '고객' as «등급», b\n",
      "  --> models/a.sql:1:16\n   |\n 1 | select '고객' as 등급, b\n   |                  ^^^^",
    ],
    ["counts half-width kana as one", "'ｶﾅ' «x»\n", "  --> models/a.sql:1:6\n   |\n 1 | 'ｶﾅ' x\n   |      ^"],
    ["counts an emoji made of many as two", "'👩‍👩‍👧🇰🇷👍🏽' «x»\n", "  --> models/a.sql:1:20\n   |\n 1 | '👩‍👩‍👧🇰🇷👍🏽' x\n   |          ^"],
    ["counts combining marks as none", "'e\u0301\u1112\u1161\u11ab' «x»\n", "  --> models/a.sql:1:9\n   |\n 1 | 'e\u0301\u1112\u1161\u11ab' x\n   |       ^"],
    ["writes control characters as escapes", "'\u001b[31m' «x»\n", "  --> models/a.sql:1:9\n   |\n 1 | '\\x1b[31m' x\n   |            ^"],
    ["writes characters that turn the direction as escapes", "'\u202e' «x»\n", "  --> models/a.sql:1:5\n   |\n 1 | '\\u202e' x\n   |          ^"],
    ["marks the end of a file without a last line break", "select 1 +«»", "  --> models/a.sql:1:11\n   |\n 1 | select 1 +\n   |           ^"],
    ["shows what comes before a blank end", "select 1 +\n\n«»", "  --> models/a.sql:3:1\n   |\n 1 | select 1 +\n 3 |\n   | ^"],
    ["shows an empty file", " «»", "  --> models/a.sql:1:2\n   |\n 1 |\n   |  ^"],
  ];
  test.each(cases)("%s", (_name, text, expected) => {
    expect(frame(text)).toBe(expected);
  });

  test("takes a span beyond the end as the end", () => {
    const text = renderDiagnostic(
      { code: "RT0401", severity: "error", message: "", span: { file: "a.sql", start: 900, end: 950 } },
      { sources: () => "select 1", color: false },
    );
    expect(text).toContain("  --> a.sql:1:9\n   |\n 1 | select 1\n   |         ^");
  });
});

describe("a very long line", () => {
  const long = (before: number, span: string, after: number) => `${"b".repeat(before)}«${span}»${"a".repeat(after)}`;
  const cases: readonly (readonly [name: string, text: string, width: number, line: RegExp, mark: string])[] = [
    ["begins with the line where that shows the span", long(10, "span", 500), 60, /^ 1 \| b{10}spana+…$/, "span"],
    ["is cut on both sides of the span", long(500, "span", 500), 60, /^ 1 \| …b+spana+…$/, "span"],
    ["is cut before a span at its end", long(500, "span", 0), 60, /^ 1 \| …b+span$/, "span"],
    ["shows as much of a long span as fits", long(500, "s".repeat(500), 5), 60, /^ 1 \| …b*s+…$/, "s+"],
    ["is cut by columns, not characters", long(0, "고".repeat(90), 90), 60, /^ 1 \| 고+…$/, "고+"],
    ["can be megabytes long", long(3_000_000, "span", 3_000_000), 160, /^ 1 \| …b+spana+…$/, "span"],
    ["may end after the span by a few characters", long(500, "span", 3), 60, /^ 1 \| …b+spanaaa$/, "span"],
  ];
  test.each(cases)("%s", (_name, text, width, line, span) => {
    const [, , code = "", mark = ""] = frame(text, width).split("\n");
    expect(code).toMatch(line);
    expect(displayWidth(code)).toBeLessThanOrEqual(width);
    const found = new RegExp(span, "u").exec(code);
    expect(mark.indexOf("^")).toBe(displayWidth(code.slice(0, found?.index)));
    expect(mark.trimEnd().length - mark.indexOf("^")).toBe(displayWidth(found?.[0] ?? ""));
  });
});

describe("a diagnostic", () => {
  test("has headline, place, frame and help", () => {
    const { sources, span } = marked('select *\n\n\nfrom «{{ref "order"}}»\n');
    const diagnostic: Diagnostic = { code: "RT0203", severity: "error", message: 'unknown model "order"', span, help: 'did you mean "orders"?' };
    expect(renderDiagnostic(diagnostic, { sources, color: false })).toBe(
      [
        'error[RT0203]: unknown model "order"',
        "  --> models/a.sql:4:6",
        "   |",
        ' 4 | from {{ref "order"}}',
        "   |      ^^^^^^^^^^^^^^^",
        '   = help: did you mean "orders"?',
      ].join("\n"),
    );
  });

  test("shows each note at its own place, all in one gutter", () => {
    const files: Readonly<Record<string, string>> = { "a.yml": "models:\n  - name: a\n", "b.yml": `${"\n".repeat(11)}  - name: a\n` };
    const diagnostic: Diagnostic = {
      code: "RT0206",
      severity: "error",
      message: 'model "a" is declared twice',
      span: { file: "b.yml", start: 21, end: 22 },
      notes: [{ message: "first declared here", span: { file: "a.yml", start: 18, end: 19 } }, { message: "names are compared without case" }],
      help: "rename or remove one of them",
    };
    expect(renderDiagnostic(diagnostic, { sources: (file) => files[file], color: false })).toBe(
      [
        'error[RT0206]: model "a" is declared twice',
        "   --> b.yml:12:11",
        "    |",
        " 12 |   - name: a",
        "    |           ^",
        "    = note: first declared here",
        "   --> a.yml:2:11",
        "    |",
        "  2 |   - name: a",
        "    |           ^",
        "    = note: names are compared without case",
        "    = help: rename or remove one of them",
      ].join("\n"),
    );
  });

  test("without place is its headline", () => {
    expect(renderDiagnostic({ code: "RT0002", severity: "warning", message: "nothing" }, { sources: () => undefined, color: false })).toBe(
      "warning[RT0002]: nothing",
    );
  });

  test.each([
    ["whose text is not at hand", { file: "gone.sql", start: 4, end: 9 }],
    ["that is meant as a whole", fileSpan("gone.sql")],
  ])("names a file %s without a frame", (_name, span) => {
    const sources = (file: string) => (span.end === 0 ? `text of ${file}` : undefined);
    expect(renderDiagnostic({ code: "RT0101", severity: "error", message: "bad", span }, { sources, color: false })).toBe("error[RT0101]: bad\n  --> gone.sql");
  });

  test("keeps the lines of a long message together and its control characters out", () => {
    const diagnostic: Diagnostic = { code: "RT0405", severity: "error", message: "Binder Error:\r\n\tno \u0007bell\n", help: "one\ntwo" };
    expect(renderDiagnostic(diagnostic, { sources: () => undefined, color: false })).toBe(
      "error[RT0405]: Binder Error:\n       no \\x07bell\n   = help: one\n           two",
    );
  });

  test("is painted only when asked, whatever the environment says", () => {
    const { sources, span } = marked("from «a»\n");
    const diagnostic: Diagnostic = { code: "RT0401", severity: "warning", message: "hm", span };
    const painted = renderDiagnostic(diagnostic, { sources, color: true });
    expect(painted.split("\n")[0]).toBe("\u001b[1m\u001b[33mwarning[RT0401]\u001b[39m\u001b[22m\u001b[1m: hm\u001b[22m");
    expect(stripVTControlCharacters(painted)).toBe(renderDiagnostic(diagnostic, { sources, color: false }));
  });
});

test.each([
  [["error", "error", "warning"], "2 errors, 1 warning"],
  [["warning", "warning"], "2 warnings"],
  [["error", "info"], "1 error"],
  [["info"], "no problems"],
  [[], "no problems"],
] as const)("%j are %s", (severities, expected) => {
  expect(summarizeDiagnostics(severities.map((severity) => ({ code: "RT0001", severity, message: "" })))).toBe(expected);
});
