/** Templates: what every helper, block and macro writes into SQL, and what they refuse. */
import { describe, expect, test } from "vitest";
import { blockHelpers, helpers } from "../../src/compile/helpers.ts";
import { type Files, takeMark, temporaryProject } from "../fixtures/temporary-project.ts";

const settings = `name: shop
targets: {dev: {type: duckdb, path: ":memory:", schema: mart, threads: 3}}
vars: {day: "2026-06-30", none: null, zero: 0, no: false, empty: "", blank: [], names: [a, b, c], prices: {apple: 1, pear: 2.5}, deep: {list: [{k: 7}, {k: 8}]}, people: [{name: kim, age: 3}, {name: lee, age: 4}]}
`;

/** Opens a project with the template as the SQL of the model m. */
async function open(template: string, files: Files = {}) {
  const project = temporaryProject({
    "retain.yml": settings,
    "models/m.yml": "models:\n  - {name: m}\n  - {name: other, config: {schema: Other, alias: 'the other'}, sql: select 1}\n",
    "models/m.sql": template,
    "models/sources.yml": "sources: [{name: web, schema: raw, tables: [{name: visits}]}]\n",
    ...files,
  });
  return project.open({ environment: { HOME_TOWN: "Seoul" } });
}

async function render(template: string, files: Files = {}): Promise<string> {
  const { compiled, said } = await open(template, files);
  const model = compiled?.nodes.get("model.shop.m");
  if (model?.kind !== "model") throw new Error(said.join("\n"));
  return model.sql.text;
}

/** `CODE line:column message` of the problems in m.sql, the place of other files in full. */
async function problemsOf(template: string, files: Files = {}): Promise<readonly string[]> {
  const { said } = await open(template, files);
  return said.map((text) => text.replace(" error", "").replace("models/m.sql:", ""));
}

describe("helpers", () => {
  /** Every row is a template and what it writes. */
  const rows: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    ref: [
      ['{{ref "other"}}', '"Other"."the other"'],
      ['{{ref "shop" "other"}}', '"Other"."the other"'],
      ["{{ref 'other'}}", '"Other"."the other"'],
    ],
    source: [['{{source "web" "visits"}}', '"raw"."visits"']],
    var: [
      ['{{var "day"}}', "2026-06-30"],
      ['{{var "zero"}}', "0"],
      ['{{var "missing" "fallback"}}', "fallback"],
      ['{{var "day" "fallback"}}', "2026-06-30"],
      ['{{literal (var "none" "fallback")}}', "null"],
    ],
    env: [
      ['{{env "HOME_TOWN"}}', "Seoul"],
      ['{{env "NOT_SET" "Busan"}}', "Busan"],
    ],
    is_incremental: [
      ["{{#if (is_incremental)}}new{{else}}all{{/if}}", "all"],
      ["{{#if is_incremental}}new{{else}}all{{/if}}", "all"],
    ],
    literal: [
      ['{{literal "it\'s"}}', "'it''s'"],
      ["{{literal 5}}", "5"],
      ["{{literal true}}", "true"],
      ["{{literal null}}", "null"],
      ['{{literal ""}}', "''"],
    ],
    ident: [
      ['{{ident "my col"}}', '"my col"'],
      ["{{ident 'a\"b'}}", '"a""b"'],
    ],
    list: [
      ['{{join (list "a" 1 true)}}', "a, 1, true"],
      ["{{#each (list)}}x{{else}}none{{/each}}", "none"],
    ],
    range: [
      ["{{join (range 4)}}", "0, 1, 2, 3"],
      ["{{join (range 2 5)}}", "2, 3, 4"],
      ["{{join (range 0 10 3)}}", "0, 3, 6, 9"],
      ["{{join (range 3 0 -1)}}", "3, 2, 1"],
      ["[{{join (range 5 2)}}]", "[]"],
    ],
    concat: [['{{concat "a" 1 (ref "other") true}}', 'a1"Other"."the other"true']],
    join: [
      ['{{join (var "names")}}', "a, b, c"],
      ['{{join (var "names") " or "}}', "a or b or c"],
    ],
    eq: [["{{eq 1 1}} {{eq 1 '1'}} {{eq (ref \"other\") (ref \"other\")}} {{eq null (var 'none')}}", "true false true true"]],
    ne: [["{{ne 1 1}} {{ne 'a' 'b'}}", "false true"]],
    lt: [["{{lt 1 2}} {{lt 2 2}} {{lt 'a' 'b'}}", "true false true"]],
    lte: [["{{lte 2 2}} {{lte 3 2}}", "true false"]],
    le: [["{{le 2 2}} {{le 3 2}}", "true false"]],
    gt: [["{{gt 10 9}} {{gt 'a' 'b'}}", "true false"]],
    gte: [["{{gte 2 2}} {{gte 1 2}}", "true false"]],
    ge: [["{{ge 2 2}} {{ge 1 2}}", "true false"]],
    and: [["{{and true 1 'x'}} {{and true 0}} {{and true (list)}}", "true false false"]],
    or: [["{{or false 0 'x'}} {{or false null ''}}", "true false"]],
    not: [["{{not false}} {{not 'x'}} {{not (var 'blank')}}", "true false true"]],
    lookup: [['{{lookup (var "prices") "pear"}} {{lookup (var "names") 1}} {{lookup (lookup (lookup (var "deep") "list") 1) "k"}}', "2.5 b 8"]],
  };

  test("are all shown here", () => {
    expect(Object.keys(rows).toSorted()).toEqual(Object.keys(helpers).toSorted());
  });

  test.each(Object.values(rows).flat())("%s writes %s", async (template, expected) => {
    expect(await render(template)).toBe(expected);
  });

  test.each([
    ['{{var "missing"}}', 'RT0302 1:1 the variable "missing" is not set and has no default'],
    ["{{var 5}}", "RT0304 1:1 var: expects text, not the number 5"],
    ['{{var "a" "b" "c"}}', "RT0304 1:1 var: takes 1 or 2 arguments, not 3"],
    ['{{var "none"}}', "RT0306 1:1 null cannot be written into SQL"],
    ['{{var "names"}}', "RT0306 1:1 a list cannot be written into SQL"],
    ['{{var "prices"}}', "RT0306 1:1 a mapping cannot be written into SQL"],
    ['{{env "NOT_SET"}}', "RT0303 1:1 the environment variable NOT_SET is not set and has no default"],
    ["{{literal (list 1)}}", "RT0304 1:1 literal: cannot use a list"],
    ["{{literal 1 2}}", "RT0304 1:1 literal: takes 1 argument, not 2"],
    ["{{ident 5}}", "RT0304 1:1 ident: expects text, not the number 5"],
    ['select {{join "abc"}}', 'RT0304 1:8 join: expects a list, not the string "abc"'],
    ['{{join (list (list 1)) ","}}', "RT0304 1:1 join: cannot use a list"],
    ["{{join (range 1.5)}}", "RT0304 1:8 range: expects whole numbers, not the number 1.5"],
    ["{{join (range 0 5 0)}}", "RT0304 1:8 range: the step must not be 0"],
    ["{{join (range 1000000000)}}", "RT0304 1:8 range: 1000000000 numbers are more than a template should write"],
    ["{{join (range)}}", "RT0304 1:8 range: takes 1 or 3 arguments, not 0"],
    ["{{lt 1 'a'}}", 'RT0304 1:1 lt: compares two numbers or two texts, not the number 1 with the string "a"'],
    ["{{eq 1}}", "RT0304 1:1 eq: takes 2 arguments, not 1"],
    ['{{lookup (var "prices") "plum"}}', 'RT0304 1:1 lookup: there is no "plum" in a mapping'],
    ['{{lookup (var "names") 9}}', "RT0304 1:1 lookup: there is no 9 in a list"],
    ["{{concat null}}", "RT0304 1:1 concat: cannot use null"],
    ['{{var "a" default=""}}', "RT0304 1:1 var: takes no named arguments"],
    ["{{literal 1 as=2}}", "RT0304 1:1 literal: takes no named arguments"],
    ['{{ref "other" x=1}}', "RT0207 1:1 ref takes literal strings here"],
    ['{{ref (var "day")}}', "RT0207 1:1 ref takes literal strings here"],
    ["{{ref other}}", "RT0207 1:1 ref takes literal strings here"],
    ["{{ref}}", "RT0207 1:1 ref takes literal strings here"],
    ['{{ref "a" "b" "c"}}', "RT0207 1:1 ref takes literal strings here"],
    ['{{source "web"}}', "RT0207 1:1 source takes literal strings here"],
    ["{{#each 5}}x{{/each}}", "RT0304 1:9 #each: needs a list or a mapping, not the number 5"],
    ["{{#if 1 2}}x{{/if}}", "RT0304 1:4 #if: takes one value"],
    ["{{#if}}x{{/if}}", "RT0304 1:4 #if: takes one value"],
  ])("%s is an error", async (template, problem) => {
    expect(await problemsOf(template)).toEqual([problem]);
  });

  test("every problem of every model is told, not just the first", async () => {
    const said = await problemsOf('{{var "x"}} {{var "y"}}\n{{nowhere}}', { "models/n.yml": "models: [{name: n, sql: '{{var \"z\"}}'}]\n" });
    expect(said.map((text) => text.slice(0, 6))).toEqual(["RT0302", "RT0302", "RT0301", "RT0302"]);
  });
});

describe("names", () => {
  test.each([
    ["{{this}}", '"mart"."m"'],
    ["{{this.schema}}.{{this.name}}", "mart.m"],
    ["{{target.name}} {{target.schema}} {{target.type}} {{target.threads}}", "dev mart duckdb 3"],
    ["{{run.started_at}}", "2026-07-01T00:00:00.000Z"],
  ])("%s is %s", async (template, expected) => {
    expect(await render(template)).toBe(expected);
  });

  test.each([
    ["select {{nowhere}}", 'RT0301 1:10 "nowhere" is not defined here', undefined],
    ["select {{day}}", 'RT0301 1:10 "day" is not defined here', 'write {{var "day"}}'],
    ["select {{targt.name}}", 'RT0301 1:10 "targt.name" is not defined here', undefined],
    ["select {{target.nam}}", 'RT0301 1:10 "target.nam" is not defined here', undefined],
    ["select {{thiss}}", 'RT0301 1:10 "thiss" is not defined here', undefined],
    ["select {{this.constructor}}", 'RT0301 1:10 "this.constructor" is not defined here', undefined],
    ["select {{target.constructor.name}}", 'RT0301 1:10 "target.constructor.name" is not defined here', undefined],
    ["select {{__proto__}}", 'RT0301 1:10 "__proto__" is not defined here', undefined],
    ["select {{@index}}", 'RT0301 1:10 "@index" is not defined here', undefined],
    ["select {{../x}}", 'RT0301 1:10 "../x" is not defined here', undefined],
    ["{{#if nowhere}}x{{/if}}", 'RT0301 1:7 "nowhere" is not defined here', undefined],
    ["{{literal nowhere}}", 'RT0301 1:11 "nowhere" is not defined here', undefined],
    ["{{#if true}}\n  {{nowhere}}{{/if}}", 'RT0301 2:5 "nowhere" is not defined here', undefined],
  ])("%s is an error at its place", async (template, problem, help) => {
    const { said, diagnostics } = await open(template);
    expect(said.map((text) => text.replace(" error models/m.sql:", " "))).toEqual([problem]);
    if (help) expect(diagnostics[0]?.help).toBe(help);
  });

  test("in a branch that is not taken are not looked up", async () => {
    expect(await render("{{#if false}}{{nowhere}}{{else}}1{{/if}}")).toBe("1");
  });
});

describe("unknown helpers", () => {
  test.each([
    ["{{litral 1}}", 'RT0208 1:3 unknown helper "litral"', 'did you mean "literal"?'],
    ["select {{#if false}}{{litral 1}}{{/if}} 1", 'RT0208 1:23 unknown helper "litral"', 'did you mean "literal"?'],
    ["{{literal (cncat 1)}}", 'RT0208 1:12 unknown helper "cncat"', 'did you mean "concat"?'],
    ["select 1 {{> nothing}}", 'RT0208 1:10 unknown macro "nothing"', "write it to macros/nothing.hbs and declare it under `macros:`"],
    ["{{#if false}}{{> nothing}}{{/if}}select 1", 'RT0208 1:14 unknown macro "nothing"', undefined],
    ["{{#eech (list 1)}}{{/eech}}select 1", 'RT0208 1:4 unknown block "eech"', 'did you mean "each"?'],
  ])("%s is an error, also in a branch that is not taken", async (template, problem, help) => {
    const { said, diagnostics } = await open(template);
    expect(said.map((text) => text.replace(" error models/m.sql:", " "))).toContain(problem);
    expect(new Set(diagnostics.map((d) => `${d.code} ${d.span?.start}`)).size).toBe(1);
    if (help) expect(diagnostics[0]?.help).toBe(help);
  });

  test("an unknown block in a branch that is not taken is an error too", async () => {
    expect(await problemsOf("{{#if false}}{{#eech (list 1)}}{{/eech}}{{/if}}select 1")).toEqual(['RT0208 1:17 unknown block "eech"']);
  });
});

describe("blocks", () => {
  test("are all shown here", () => {
    expect(Object.keys(blockHelpers).toSorted()).toEqual(["each", "if", "unless", "with"]);
  });

  test.each([
    ["{{#if true}}a{{/if}}b", "ab"],
    ["{{#if false}}a{{else}}b{{/if}}", "b"],
    ["{{#if false}}a{{else if true}}b{{else}}c{{/if}}", "b"],
    ["{{#if false}}a{{else if 0}}b{{else if ''}}c{{else}}d{{/if}}", "d"],
    ["{{#if (var 'blank')}}a{{else}}b{{/if}}", "b"],
    ["{{#if '0'}}a{{else}}b{{/if}}", "a"],
    ["{{^if true}}a{{else}}b{{/if}}", "b"],
    ["{{#unless false}}a{{else}}b{{/unless}}", "a"],
    ["{{#unless 1}}a{{else}}b{{/unless}}", "b"],
    ["{{#each (var 'names')}}{{this}}{{@index}} {{/each}}x", "a0 b1 c2 x"],
    ["{{#each (var 'names')}}{{#unless @first}}, {{/unless}}{{.}}{{#if @last}}|{{/if}}{{/each}}x", "a, b, c|x"],
    ["{{#each (var 'names') as |name i|}}{{name}}={{i}} {{/each}}x", "a=0 b=1 c=2 x"],
    ["{{#each (var 'prices')}}{{@key}}:{{this}} {{/each}}x", "apple:1 pear:2.5 x"],
    ["{{#each (var 'prices') as |price fruit|}}{{fruit}}:{{price}} {{/each}}x", "apple:1 pear:2.5 x"],
    ["{{#each (var 'people')}}{{name}}{{age}} {{this.name}} {{/each}}x", "kim3 kim lee4 lee x"],
    ["{{#each (var 'people') as |p|}}{{p.name}} {{/each}}x", "kim lee x"],
    ["{{#each (var 'people') as |p|}}{{#each (var 'names') as |n|}}{{p.name}}{{n}} {{/each}}{{/each}}x", "kima kimb kimc leea leeb leec x"],
    ["{{#each (var 'people')}}{{#each (list 1 2)}}{{../name}}{{this}} {{/each}}{{/each}}x", "kim1 kim2 lee1 lee2 x"],
    ["{{#each (var 'people')}}{{#if true}}{{name}}{{/if}} {{/each}}x", "kim lee x"],
    ["{{#each (list 5 6)}}{{#each (list 'a')}}{{../this}}{{this}} {{/each}}{{/each}}x", "5a 6a x"],
    ["{{#each (var 'blank')}}x{{else}}none{{/each}}", "none"],
    ["{{#each (list (list 1 2) (list 3))}}{{#each this}}{{this}}{{/each}}|{{/each}}x", "12|3|x"],
    ["{{#with (var 'deep')}}{{#each list}}{{k}} {{/each}}{{/with}}x", "7 8 x"],
    ["{{#with (var 'prices') as |p|}}{{p.apple}} {{pear}}{{/with}}", "1 2.5"],
    ["{{#with (var 'no')}}a{{else}}b{{/with}}", "b"],
    ["{{#each (var 'names')}}{{target.name}} {{/each}}x", "dev dev dev x"],
  ])("%s writes %s", async (template, expected) => {
    expect(await render(template)).toBe(expected);
  });
});

describe("text", () => {
  test.each([
    ["a {{~literal 1~}} b", "a1b"],
    ["a {{~literal 1}} b", "a1 b"],
    ["a\n  {{~#if true~}}\n  b\n  {{~/if~}}\n c", "abc"],
    ["{{! a comment }}a{{!-- with }} in it --}}b", "ab"],
    ["a\n{{! alone on its line }}\nb", "a\nb"],
    ["a\n{{#if true}}\nb\n{{/if}}\nc", "a\nb\nc"],
    ["a\n  {{#if true}}\n  b\n  {{else}}\n  x\n  {{/if}}\nc", "a\n  b\nc"],
    ["'\\{{x}}'", "'{{x}}'"],
    ["'\\\\{{literal 1}}'", "'\\1'"],
    ["{ x } }} {", "{ x } }} {"],
    ["select '<&>\"'", "select '<&>\"'"],
    ["{{{literal '<'}}}", "'<'"],
    ["{{&literal '<'}}", "'<'"],
    ["\n\n select 1 ;\n;\n ", "select 1"],
    ["한글 {{literal '값'}} 🛒", "한글 '값' 🛒"],
  ])("%j writes %j", async (template, expected) => {
    expect(await render(template)).toBe(expected);
  });

  test.each([
    ["select 1\n{{#if true}}", "RT0201 2:1 the block {{#if}} is never closed"],
    ["select 1\nfrom {{#if true}} x {{/each}}", "RT0201 2:9 the block {{#if}} is closed by {{/each}}"],
    ["select {{literal 1", undefined],
    ["select {{ref('other')}}", undefined],
    ["select {{ 1 + 2 }}", undefined],
    ["{{#> layout}}x{{/layout}}", undefined],
    ["{{#*inline 'x'}}y{{/inline}}", undefined],
    ["{{> (lookup this 'x')}}", undefined],
  ])("%s is a syntax error at its place", async (template, problem) => {
    const said = await problemsOf(template);
    expect(said[0]).toMatch(/^RT0201 /);
    expect(said.every((text) => text.startsWith("RT0201"))).toBe(true);
    if (problem) expect(said).toEqual([problem]);
  });

  test("that looks like Jinja is told so", async () => {
    const { diagnostics } = await open("select * from {{ ref('other') }}");
    expect(diagnostics[0]?.help).toContain("this looks like Jinja");
  });

  test("without any SQL is an error", async () => {
    for (const template of ["", " \n", "-- nothing", "/* nothing */ ;", "{{#if false}}select 1{{/if}}"]) {
      expect(await problemsOf(template)).toEqual([expect.stringMatching(/^RT0308 1:1 "m" renders to no SQL at all$/)]);
    }
  });

  test("that names a model without ref is a warning at the name", async () => {
    for (const sql of [
      "-- from other\nselect 'from other' as a\nfrom §other",
      "select * from §other where a > 1",
      "select * from §other as o join x using (a)",
      "select * from x\njoin §other\n  using (a)",
      "select * from x, (select * from §other)",
      'select * from "§other" limit 5',
      "select * from Other.§other o",
      "SELECT * FROM §other ORDER BY 1",
    ]) {
      const { files, place } = takeMark({ "models/m.sql": sql });
      const { said } = await open(files["models/m.sql"] ?? "");
      expect(said).toEqual([`RT0213 warning ${place} "other" is a model of this project but is named without ref`]);
    }
  });

  test.each([
    "with other as (select 1) select * from other",
    "with a as (select 1), other as materialized (select 1) select * from other",
    'with a as (select 1), "other" as not materialized (select 1) select * from other',
    "with recursive other (a, b) as (select 1, 2) select * from other",
    "select * from elsewhere.other",
    "select * from other('x')",
    "select * from other.thing",
    "select other from others",
    "select extract(year from other_date) from x",
    'select * from {{ref "other"}}',
  ])("that does not name a model without ref gets no warning: %s", async (sql) => {
    expect((await open(sql)).said).toEqual([]);
  });
});
