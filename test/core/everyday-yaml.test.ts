import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAnyYaml } from "../../src/core/any-yaml.ts";
import { readEverydayYaml } from "../../src/core/everyday-yaml.ts";
import { readYaml, type YamlPath } from "../../src/core/yaml.ts";
import { shippedFiles } from "../fixtures/shipped-files.ts";

/** Every path of a value, and some that lead nowhere. */
function* pathsOf(value: unknown, path: YamlPath = []): Generator<YamlPath> {
  yield path;
  yield [...path, "nowhere"];
  yield [...path, 99];
  if (value === null || typeof value !== "object") return;
  for (const [key, item] of Object.entries(value)) yield* pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** Everything that a file is asked for. */
function answersOf(yaml: ReturnType<typeof readYaml>) {
  const places = [...pathsOf(yaml.value)].map((path) => [path, yaml.spanOf(path), yaml.keySpanOf(path)]);
  return { value: yaml.value, diagnostics: yaml.diagnostics, places };
}

/** Whether the quick reader took the text; if so, it must have said what the whole parser says. */
function agrees(text: string): boolean {
  if (readEverydayYaml(text) === undefined) return false;
  expect(answersOf(readYaml("f.yml", text)), JSON.stringify(text)).toStrictEqual(answersOf(readAnyYaml("f.yml", text)));
  return true;
}

const everyday = {
  "a mapping": "a: 1\nb: two\nc: three words\n",
  "no line end at the end": "a: 1\nb: two",
  "Windows line ends": "models:\r\n  - name: a\r\n    description: >-\r\n      folded\r\n      text\r\n\r\n  - name: b\r\n",
  "a list at the column of its key": "tests:\n- unique\n- not_null\nname: x\n",
  "a list below its key": "tests:\n    - unique\n    - not_null\nname: x\n",
  "lists in lists": "a:\n  - - 1\n    - 2\n  - - x: 1\n      y: 2\n  -\n    - 3\n",
  "mappings in lists": "models:\n  - name: a\n    columns:\n      - name: id\n        tests: [unique]\n\n  - name: b\n",
  "flow collections": "a: [1, two, 'three', \"four\", [5], {six: 7, eight: [9]}]\nb: {}\nc: []\nd: [x, ]\n",
  "flow collections over lines": "a: [\n    1,\n    2\n  ]\nb: {x: 1,\n    y: 2}\n",
  "flow collections that begin below their keys": "a: {\n    b:\n      [\n        x,\n      ],\n    c:\n      { d: 1 },\n  }\n",
  "pairs in a list": "a: [b, c: 1, d: {e: 2}, f:\n      g h , 'i']\nj: [k: [l: m]]\n",
  "fractions with many digits": "a: 0.3333333333333333\nb: [-12.1234567890123456789, 1e0000000000000001]\nc: abs(x - 0.6666666666666666) < 1\n",
  "quoted texts": "a: 'it''s'\nb: \"say \\\"hi\\\" \\u00e9\\n\"\nc: ''\nd: \"a: b # c\"\n",
  "kept lines": "sql: |\n  select 1\n    as a\n\n  from x\nb: |-\n  x\n",
  "folded lines": "a: >\n  one\n  two\n\n  three\nb: >-\n  x\n",
  "kept lines at the end": "a:\n  - b: |\n      x\n\n\n",
  "texts over lines": "a: one\n  two\n\n  three\nb:\n  four\n  five\n",
  comments: "# head\na: 1 # one\n\n# between\nb:\n  # first\n  - x # why\n  # last\n# foot\n",
  "numbers and other plain values": "a: [0, -1, +2, 1.5, .5, 1e3, -0, 12.]\nb: [true, False, null, ~, NULL]\nc: [2026-06-30, 1.2.3, -a, 1_000, truely]\n",
  "marks inside texts": "a: b:c\nb: x#y\nc: it's\nd: a, b\ne: http://x/y?z=1&w=2\nf: a - b\n",
  "templates inside quotes": "a: \"{{ref 'x'}}\"\nb: '{{var \"y\"}}'\nc: ref('x')\n",
  "other letters": 'a: 고객 유지율\nb: [né, "😀"]\nc: |\n  한글\n',
};

const leftToTheParser = {
  "anchors and aliases": "a: &x 1\nb: *x\n",
  tags: "a: !!str 1\n",
  "two documents": "a: 1\n---\nb: 2\n",
  "a document marker": "---\na: 1\n",
  "an empty file": "",
  "only a comment": "# nothing\n",
  "a text alone": "just text\n",
  "empty values": "a:\nb: 1\n",
  "empty items": "a:\n  -\n  - 1\n",
  "keys that are no words": "1: a\n'b': 2\n",
  "keys with a meaning of their own": "true: 1\n",
  "a key twice": "a: 1\na: 2\n",
  "a key twice in a line": "a: {b: 1, b: 2}\n",
  "a prototype": "__proto__: {a: 1}\n",
  "wrong indentation": "a:\n   b: 1\n  c: 2\n",
  "a list after a value": "a: 1\n- b\n",
  tabs: "a:\tb\n",
  "an open bracket": "a: [1, 2\nb: 3\n",
  "an open quote": "a: 'x\nb: 1\n",
  "text behind a quote": "a: 'x' y\n",
  "two colons": "a: b: c\n",
  "numbers in other notations": "a: 0x1f\n",
  infinity: "a: .inf\n",
  "numbers that JavaScript rounds": "a: 12345678901234567890\n",
  "an indented fold": "a: >\n  x\n    y\n  z\n",
  "an explicit indentation": "a: |2\n    x\n",
  "escapes that JSON has not": 'a: "\\x41"\n',
  "pairs in a list over lines": "a: [b: 1\n  c: 2]\n",
  "a long number in a comment": "a: -0 # 12345678901234567890\n",
};

describe("everyday YAML is read by the quick reader", () => {
  test.each(Object.entries(everyday))("%s", (_, text) => {
    expect(agrees(text)).toBe(true);
  });
});

describe("the rest is left to the whole parser", () => {
  test.each(Object.entries(leftToTheParser))("%s", (_, text) => {
    expect(readEverydayYaml(text)).toBeUndefined();
  });
});

const plainWords = fc.constantFrom("a", "name", "x y", "true", "null", "1", "-2", "3.50", "2026-01-01", "it's", "é", "b:c", "d#e", "ref('x')");
const words = fc.oneof(
  { weight: 12, arbitrary: plainWords },
  { weight: 1, arbitrary: fc.constantFrom("a: b", "a #b", "#c", "- d", "[e", "f]", "{g", ", h", "'", '"', "") },
);

/** A value as lines that are not indented yet, in one of the ways in which people write it. */
const lines = fc.letrec<{ root: readonly string[]; node: readonly string[]; flow: string }>((tie) => ({
  root: tie("node").map((node) => under("root:", node)),
  flow: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    words.map((word) => word || "x"),
    words.map((word) => `'${word.replaceAll("'", "''")}'`),
    words.map((word) => JSON.stringify(word)),
    fc.array(tie("flow"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc
      .array(fc.tuple(fc.constantFrom("", "k: ", "key:\n      "), tie("flow")), { maxLength: 3 })
      .map((items) => `[${items.map((item) => item.join("")).join(", ")}]`),
    fc
      .array(fc.tuple(fc.constantFrom("k", "key", "z-1"), tie("flow")), { maxLength: 2 })
      .map((pairs) => `{${pairs.map((pair) => pair.join(": ")).join(", ")}}`),
  ),
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("flow").map((text) => [text]),
    fc
      .tuple(fc.constantFrom("|", ">", "|-", ">-", "|+"), fc.array(words, { minLength: 1, maxLength: 4 }))
      .map(([mark, body]) => [mark, ...body.map((line) => `  ${line}`)]),
    fc
      .array(fc.tuple(tie("node"), fc.boolean()), { minLength: 1, maxLength: 3 })
      .map((items) =>
        items.flatMap(([item, isCompact]) =>
          isCompact && !/^[|>]/.test(item[0] ?? "") ? item.map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`)) : under("-", item),
        ),
      ),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom("a", "name", "b.c", "d-e", "f_1", "g"), tie("node")), { minLength: 1, maxLength: 4, selector: ([key]) => key })
      .map((pairs) => pairs.flatMap(([key, item]) => under(`${key}:`, item))),
  ),
}));

function under(head: string, item: readonly string[]): readonly string[] {
  const [first = "", ...rest] = item;
  const isBlock = /^(?:- |-$|[\w.-]+:(?: |$))/.test(first);
  return isBlock ? [head, ...item.map((line) => `  ${line}`)] : [`${head} ${first}`, ...rest.map((line) => `  ${line}`)];
}

/** Comments, blank lines and blanks where they may stand, and then changes that break things. */
const changes = fc.array(
  fc.tuple(
    fc.nat(),
    fc.constantFrom(
      "",
      "\n",
      "\n\n",
      " ",
      "  ",
      " # c\n",
      "\n# c\n",
      "\n  # c\n",
      ":",
      ": ",
      "-",
      "- ",
      "'",
      '"',
      "[",
      "]",
      "{",
      "}",
      ",",
      "#",
      "|",
      ">",
      "\\",
      "&",
      "1",
      "\r\n",
    ),
    fc.nat(2),
  ),
  { maxLength: 2 },
);
const endings = fc.constantFrom("\n", "", "\n\n", "  \n", "\n# end\n", "\n  # end\n");

function change(text: string, edits: readonly (readonly [number, string, number])[]): string {
  return edits.reduce((edited, [where, added, removed]) => {
    const at = where % (edited.length + 1);
    return edited.slice(0, at) + added + edited.slice(at + removed);
  }, text);
}

test("of the shipped files the quick reader takes nearly all, and reads them as the whole parser does", () => {
  const files = shippedFiles(["yml"]);
  const taken = files.filter((path) => agrees(readFileSync(path, "utf8")));
  // A few have anchors, which are the whole parser's.
  expect(taken.length / files.length).toBeGreaterThan(0.9);
});

describe("whatever the quick reader takes, it reads as the whole parser does", () => {
  test("documents in many styles, and the same with mistakes", () => {
    let taken = 0;
    fc.assert(
      fc.property(lines.root, endings, changes, fc.boolean(), (node, ending, edits, isWindows) => {
        const text = change(node.join("\n") + ending, edits);
        if (agrees(isWindows ? text.replaceAll(/\r?\n/g, "\r\n") : text)) taken++;
      }),
      { numRuns: 2000 },
    );
    // Otherwise nothing would have been shown.
    expect(taken).toBeGreaterThan(300);
  });
});
