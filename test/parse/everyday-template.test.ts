import { readFileSync } from "node:fs";
import fc from "fast-check";
import Handlebars from "handlebars";
import { describe, expect, test } from "vitest";
import { lineStarts } from "../../src/core/span.ts";
import { Offsets, parseEverydayTemplate } from "../../src/parse/everyday-template.ts";
import { shippedFiles } from "../fixtures/shipped-files.ts";

/** Whether the quick parser took the text; if so, it must have made Handlebars' own tree. */
function agrees(text: string): boolean {
  const quick = parseEverydayTemplate(text, lineStarts(text));
  if (quick === undefined) return false;
  expect(plain(quick), JSON.stringify(text)).toEqual(Handlebars.parse(text));
  return true;
}

/** With places as Handlebars writes them. */
function plain(node: unknown): unknown {
  if (node instanceof Offsets) return { source: undefined, start: node.start, end: node.end };
  if (Array.isArray(node)) return node.map(plain);
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, plain(value)]));
}

describe("everyday templates are parsed by the quick parser", () => {
  test.each([
    'select * from {{ref "orders"}}',
    "{{ ref 'orders' }}",
    'select 1\nfrom {{source "shop" "orders"}} as o\r\nwhere a > {{literal (var "as_of")}}\n',
    "{{this}} {{target.schema}} {{run.started_at}}",
    '{{concat "a" 1 -2.5 true false (list "x" (range 3))}}',
    '{{cents column="amount" digits=2 of=(ref "x") exact=true}}{{f "a" b=c.d}}',
    'select\n    {{> cents_to_money column="amount"}}\nfrom x',
    "select\n    {{> a x=1}},\n    {{> b}}\n\n{{> c}}",
    "{{> a}}",
    "  {{> a}}\n",
    "{{> a}}{{> b}}\n",
    "a {{> b}} c",
    "\r\n\t{{> b}}\t\r\nx",
    "{{ref\n  'orders'\n}}",
    "{ not a call } }} {",
    "{{#if a}}x{{/if}}",
    'select 1\n{{#if (var "a")}}\nwhere true\n{{else}}\nwhere false\n{{/if}}\n',
    "  {{#if a}}  \n  x\n  {{else if (eq b 1)}}\r\n  y\r\n  {{else if c}}\n{{else}}\n  z\n  {{/if}}  \n",
    "{{#if a}}{{else}}{{/if}}{{#if b}}{{else if c}}{{/if}}",
    "{{#each (list 1 2) as |value i|}}{{value}}{{#unless @last}}, {{/unless}}{{/each}}",
    "{{#each values key=1 as | a |}}\n  {{a.b}} {{this.c}}\n{{else}}\n  none\n{{/each}}",
    "{{~#each x ~}} a {{~ else ~}} b {{~/each~}} c",
    "a {{~b~}} c {{~> d ~}} e",
    "{{! a comment }}",
    "a\n  {{! on its line }}\nb {{!-- with {{braces}} --}} c\n{{~!-- x --~}}\nd {{!}} {{!----}} {{!--- -}} {{!a--}}",
    "{{#with a}}{{#with b}}\n{{/with}}\n{{/with}}\n",
    "{{#if a}}\n{{> b}}\n{{/if}}\n{{@index}}",
    "고객 {{ref \"orders\"}} 😀 {{var 'x'}}",
  ])("%j", (text) => {
    expect(agrees(text)).toBe(true);
  });
});

describe("the rest is left to Handlebars", () => {
  test.each([
    "",
    "{{else}}",
    "{{#if a}}x",
    "x{{/if}}",
    "{{#if a}}x{{/each}}",
    "{{#if a}}{{else}}{{else}}{{/if}}",
    "{{^}}",
    "{{#if a}}{{^}}{{/if}}",
    "{{^a}}{{/a}}",
    "{{{{raw}}}} {{{{/raw}}}}",
    "{{* a}}",
    "{{#* inline 'a'}}{{/inline}}",
    "{{! a comment",
    "{{!-- a comment }}",
    "{{@}}",
    "{{#each a as |this|}}{{/each}}",
    "{{#each a as ||}}{{/each}}",
    "{{#each as |a|}}{{/each}} {{elsewhere.else}}",
    "{{{a}}}",
    "{{&a}}",
    "\\{{a}}",
    "{{../a}}",
    "{{a/b}}",
    "{{a.[b c]}}",
    "{{a null}}",
    "{{a b=null}}",
    "{{a b = 1}}",
    "{{a b=1 c}}",
    "{{a",
    "{{a}",
    "{{a)}}",
    "{{a (b}}",
    "{{}}",
    "{{'a'}}",
    "{{> 'a'}}",
    "{{> (a)}}",
    "{{#> a}}{{/a}}",
    "{{a as |b|}}",
    "{{a.this}}",
    "{{a 1b}}",
    '{{a"b"}}',
    '{{a "b"c}}',
  ])("%j", (text) => {
    expect(parseEverydayTemplate(text, lineStarts(text))).toBeUndefined();
  });
});

test("of the shipped templates the quick parser takes nearly all, and parses them as Handlebars does", () => {
  const files = shippedFiles(["sql", "hbs"]);
  const taken = files.filter((path) => agrees(readFileSync(path, "utf8")));
  expect(taken.length / files.length).toBeGreaterThan(0.95);
});

const parts = fc.constantFrom(
  "{{",
  "}}",
  "{{> ",
  "{{ref ",
  "{{a.b",
  "(",
  ")",
  '"x"',
  '"\\"',
  "'y'",
  " ",
  " ",
  "\n",
  "\r\n",
  "\n  ",
  "\t",
  "1",
  "-2.5",
  "true",
  "null",
  "this",
  "k=",
  "k=1",
  "b",
  "else",
  "a-b",
  "é",
  "select",
  ".",
  "=",
  "~",
  "#if ",
  "/if",
  "else",
  " as |a b|",
  "!",
  "--",
  "\\",
  "@",
  "[",
  "|",
  "\u2028",
);
const calls = fc.constantFrom(
  '{{ref "x"}}',
  "{{> m}}",
  '{{> m a=1 b="x"}}',
  "{{f (g 1) h=(i)}}",
  "{{this}}",
  "{{ a.b }}",
  "\n",
  "\r\n",
  " ",
  "  ",
  "\t",
  "text",
  "\nfrom x\n",
  "é😀",
);

/** Blocks in blocks, with everything that may stand in and around them. */
const blocks = fc.letrec<{ body: string; tag: string; block: string }>((tie) => ({
  body: fc.array(fc.oneof({ depthSize: "small", withCrossShrink: true }, calls, tie("tag"), tie("block")), { maxLength: 4 }).map((items) => items.join("")),
  tag: fc.constantFrom("{{! c }}", "{{!-- {{c}} --}}", "{{~a}}", "{{b ~}}", "{{~> m~}}", "{{@last}}", "{{~! c ~}}", "{{this.a}}"),
  block: fc
    .record({
      name: fc.constantFrom("if", "each", "with"),
      given: fc.constantFrom(" a", ' (eq b "c")', " a k=1", " a as |x|", " a as |x i|", ""),
      body: tie("body"),
      branches: fc.array(fc.tuple(fc.constantFrom(" if b", " if (c) as |y|", " unless d", "if", ""), tie("body")), { maxLength: 2 }),
      marks: fc.array(fc.constantFrom("", "", "", "~"), { minLength: 8, maxLength: 8 }),
      spaces: fc.array(fc.constantFrom("", "", "\n", "  ", "\n  ", "\r\n"), { minLength: 3, maxLength: 3 }),
    })
    .map(({ name, given, body, branches, marks: [a, b, c, d, e, f, g, h], spaces: [x, y, z] }) => {
      const others = branches.map(([word, inside], i) => `{{${i ? c : e}${word === "" ? "else" : `else${word}`}${i ? d : f}}}${y}${inside}`);
      return `{{${a}#${name}${given}${b}}}${x}${body}${others.join("")}{{${g}/${name}${h}}}${z}`;
    }),
}));

describe("whatever the quick parser takes, it parses as Handlebars does", () => {
  test.each([
    ["calls and text", calls, 100, 1500],
    ["blocks", blocks.body, 60, 600],
    ["any parts of calls", fc.oneof({ weight: 1, arbitrary: parts }, { weight: 2, arbitrary: calls }), 10, 1500],
  ] as const)("%s", (_, piece, least, numRuns) => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        if (agrees(pieces.join(""))) taken++;
      }),
      { numRuns },
    );
    // Otherwise nothing would have been shown.
    expect(taken).toBeGreaterThan(least * 3);
  });
});
