/** An error that the database raises inside compiled SQL is shown where the analyst wrote the wrong word. */
import { describe, expect, test } from "vitest";
import { takeMark, temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run } from "../fixtures/warehouse.ts";

/** A parent with two columns, and whatever macros the cases need. */
const base = {
  "models/parent.yml": "models:\n  - {name: parent, sql: \"select 1 as id, 'a' as name\"}\n  - {name: orders, description: 주문}\n",
  "models/orders.sql": 'select * from {{ref "parent"}}\n',
  "macros/macros.yml": `macros:
  - {name: cents, arguments: [{name: column, type: string}]}
  - {name: doubled, arguments: [{name: column, type: string}]}
  - {name: broken, arguments: []}
  - {name: outer, arguments: []}
  - {name: filter_text, arguments: [{name: text, type: string}]}
  - {name: columns_of, arguments: [{name: names, type: list}]}
  - {name: parent_rows, arguments: [{name: from, type: relation}]}
`,
  "macros/cents.hbs": "({{column}} / 100.0)\n",
  "macros/doubled.hbs": '({{> cents column=column}} + {{> cents column="id"}})\n',
  "macros/broken.hbs": "1 +\n  nowhere\n",
  "macros/outer.hbs": "{{> broken}}\n",
  "macros/filter_text.mjs": "export const filter_text = (text) => `${text} > 0`;\n",
  "macros/columns_of.hbs": "{{#each names}}{{this}}{{#unless @last}}, {{/unless}}{{/each}}\n",
  "macros/parent_rows.hbs": "select * from {{from}}\n",
} as const;

async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const project = temporaryProject(files);
  return (await run(project, await emptyWarehouse(), { select: ["+orders"] })).problems;
}

const inSqlFile: readonly (readonly [string, string])[] = [
  ["plain SQL", 'select §nope from {{ref "parent"}}'],
  ["plain SQL without any expression", "select §nope from (select 1 as id)"],
  ["the last line of several", 'select\n  id,\n  name,\n  §nope\nfrom {{ref "parent"}}'],
  ["after an expression on the same line", 'select p.id from {{ref "parent"}} as p where §p.nope > 1'],
  ["after Korean text", "select '구매 이력' as 제목, §nope from {{ref \"parent\"}}"],
  ["after Korean identifiers and an emoji", 'select id as "주문번호 🛒", §nope from {{ref "parent"}}'],
  ["after a comment", '-- 설명: nope\n/* nope\n nope */ select §nope from {{ref "parent"}}'],
  ["after a template comment", '{{! nope }}select {{!-- }} nope --}} §nope from {{ref "parent"}}'],
  ["after a template comment on its own line", '{{! nope }}\nselect\n  §nope\nfrom {{ref "parent"}}'],
  ["inside {{#each}}", 'select {{#each (list "id" "name")}}{{this}}, §nope, {{/each}} 1 from {{ref "parent"}}'],
  ["an item of {{#each}}", 'select {{#each (list "id" "name")}}{{this}}, {{/each}} §nope from {{ref "parent"}}'],
  ["inside {{#each}} over several lines", 'select\n  {{#each (range 3) as |n|}}\n  id + {{n}} as c{{n}},\n  {{/each}}\n  §nope\nfrom {{ref "parent"}}'],
  [
    "inside the body of {{#each}} over several lines",
    'select\n  {{#each (range 1) as |n|}}\n  §nope + {{n}} as c{{n}},\n  {{/each}}\n  id\nfrom {{ref "parent"}}',
  ],
  ["inside {{#if}}", 'select {{#if true}}§nope{{/if}} from {{ref "parent"}}'],
  ["inside {{else}}", 'select {{#if false}}id{{else}}§nope{{/if}} from {{ref "parent"}}'],
  ["inside {{else if}}", 'select {{#if false}}id{{else if (eq 1 1)}}§nope{{else}}name{{/if}} from {{ref "parent"}}'],
  ["inside {{#unless}}", 'select {{#unless false}}§nope{{/unless}} from {{ref "parent"}}'],
  ["inside nested blocks", 'select {{#each (list 1)}}{{#if this}}\n  {{#with (list 5)}} §nope{{/with}}{{/if}}{{/each}} from {{ref "parent"}}'],
  ["after white space control on both sides", 'select id {{~#if true~}}   , §nope   {{~/if}} from {{ref "parent"}}'],
  ["after white space control of an expression", 'select id, {{~ literal 1 ~}}   , §nope from {{ref "parent"}}'],
  ["after an escaped expression", "select '\\{{x}}' as a, §nope from {{ref \"parent\"}}"],
  ["after an escaped backslash", "select 'a\\\\{{literal 1}}' as a, §nope from {{ref \"parent\"}}"],
  ["after text that repeats itself around expressions", 'select {{ident "id"}}, {{ident "id"}}, {{ident "id"}}, §nope from {{ref "parent"}}'],
  ["as the argument of a macro", 'select id, {{> cents column="§nope"}} from {{ref "parent"}}'],
  ["within a longer argument of a macro", 'select {{> cents column="id + §nope * 2"}} from {{ref "parent"}}'],
  ["as the argument of a macro that passes it on", 'select {{> doubled column="§nope"}} from {{ref "parent"}}'],
  ["after a macro on its own line", 'select\n  {{> cents column="id"}}\n  , §nope\nfrom {{ref "parent"}}'],
  ["after a macro in a line", 'select {{> cents column="id"}}, §nope from {{ref "parent"}}'],
  ["after a macro whose text ends the line", 'select §nope, {{> cents column="id"}}\nfrom {{ref "parent"}}'],
  ["a function that does not exist", 'select id from {{ref "parent"}} where §no_such_function(id) = 1'],
  ["a word where the syntax breaks", 'select id from {{ref "parent"}} where id = 1 and §order by'],
  ["the last word of a query that ends too early", 'select id\nfrom {{ref "parent"}}\n§where\n\n'],
  ["a last sign of a query that ends too early", 'select id from {{ref "parent"}} where id §='],
  ["a name whose quotes are never closed", 'select id from {{ref "parent"}} as §"x'],
  ["an unknown relation", "select id from §nowhere_at_all"],
  ["in front of common table expressions of its own", 'with own as (select §nope from {{ref "parent"}}) select * from own'],
];

describe("an error inside the SQL file of a model points at the wrong word", () => {
  test.each(inSqlFile)("%s", async (_, sql) => {
    const { files, place } = takeMark({ ...base, "models/orders.sql": sql });
    expect((await problemsOf(files)).map((problem) => problem.slice(7))).toEqual([place]);
  });

  test.each(inSqlFile)("%s, with CRLF line ends", async (_, sql) => {
    const { files, place } = takeMark({ ...base, "models/orders.sql": sql.replaceAll("\n", "\r\n") });
    expect((await problemsOf(files)).map((problem) => problem.slice(7))).toEqual([place]);
  });
});

describe("an error inside inline SQL points into the YAML", () => {
  const ways: readonly (readonly [string, string])[] = [
    ["plain", '    sql: select §nope from {{ref "parent"}}\n'],
    ["plain over several lines", '    sql: select id,\n      name,\n      §nope\n      from {{ref "parent"}}\n'],
    ["plain over several lines with a blank line", '    sql: select id,\n\n      name,\n\n\n      §nope\n      from {{ref "parent"}}\n'],
    ["in single quotes", "    sql: 'select ''it''''s'' as a, §nope from {{ref \"parent\"}}'\n"],
    ["in single quotes over several lines", "    sql: 'select id,\n      §nope\n      from {{ref \"parent\"}}'\n"],
    ["in double quotes", '    sql: "select 1 as \\"a b\\", §nope from {{ref \'parent\'}}"\n'],
    ["in double quotes with escapes", "    sql: \"select '\\t\\u00e9\\n' as a,\\n  §nope from {{ref 'parent'}}\"\n"],
    ["in double quotes over several lines", "    sql: \"select id,\n      §nope\n      from {{ref 'parent'}}\"\n"],
    ["in double quotes with an escaped line end", "    sql: \"select id, \\\n      §nope \\\n      from {{ref 'parent'}}\"\n"],
    ["in a literal block", '    sql: |\n      select id,\n        §nope\n      from {{ref "parent"}}\n'],
    ["in a literal block without its last line end", '    sql: |-\n      select id,\n        §nope\n      from {{ref "parent"}}\n'],
    ["in a literal block that keeps its line ends", '    sql: |+\n      select §nope\n      from {{ref "parent"}}\n\n\n'],
    ["in a literal block with an indentation of its own", '    sql: |2\n        select id,\n          §nope\n        from {{ref "parent"}}\n'],
    ["in a literal block with blank lines", '    sql: |\n\n      select id,\n\n\n        §nope\n\n      from {{ref "parent"}}\n'],
    ["in a literal block with a comment behind the bar", '    sql: | # how nope\n      select id,\n        §nope\n      from {{ref "parent"}}\n'],
    ["in a folded block", '    sql: >\n      select id,\n      §nope\n      from {{ref "parent"}}\n'],
    ["in a folded block without its last line end", '    sql: >-\n      select id,\n      name, §nope\n      from {{ref "parent"}}\n'],
    ["in a folded block with more indented lines", '    sql: >\n      select id,\n        name,\n          §nope\n      from {{ref "parent"}}\n'],
    ["in a folded block with blank lines", '    sql: >\n      select id,\n\n      name,\n\n\n      §nope\n      from {{ref "parent"}}\n'],
    ["after Korean text in a block", "    sql: |\n      -- 고객별 주문\n      select '이름' as 이름, §nope from {{ref \"parent\"}}\n"],
    [
      "inside {{#each}} in a block",
      '    sql: |\n      select\n      {{#each (list "id" "name")}}\n        {{this}},\n      {{/each}}\n        §nope\n      from {{ref "parent"}}\n',
    ],
  ];
  const yaml = (sql: string) => `models:\n  - {name: parent, sql: "select 1 as id, 'a' as name"}\n  - name: orders\n${sql}    description: after the SQL\n`;
  const { "models/orders.sql": _, ...others } = base;

  test.each(ways)("%s", async (_, sql) => {
    const { files, place } = takeMark({ ...others, "models/parent.yml": yaml(sql) });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });

  test.each(ways)("%s, with CRLF line ends", async (_, sql) => {
    const { files, place } = takeMark({ ...others, "models/parent.yml": yaml(sql).replaceAll("\n", "\r\n") });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });

  test("in flow style", async () => {
    const { files, place } = takeMark({
      ...others,
      "models/parent.yml": "models: [{name: parent, sql: select 1 as id}, {name: orders, sql: \"select §nope from {{ref 'parent'}}\", tags: [a]}]\n",
    });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });
});

test("a query that ends too early is told in words about the query, not about what stands around it", async () => {
  const said = async (sql: string) => (await run(temporaryProject({ ...base, "models/orders.sql": sql }), await emptyWarehouse())).resultOf("orders").message;
  expect(await said('select id from {{ref "parent"}} where\n')).toBe('the query ends too early: something is missing after "where"');
  expect(await said('select id from {{ref "parent"}} as "x\n')).toBe("unterminated quoted identifier");
});

describe("an error in what a model is made of", () => {
  test("inside a macro points into the macro's file and tells who called it", async () => {
    const { files, place } = takeMark({
      ...base,
      "models/orders.sql": 'select\n  {{> outer}}\nfrom {{ref "parent"}}',
      "macros/broken.hbs": "1 +\n  §nowhere\n",
    });
    const ran = await run(temporaryProject(files), await emptyWarehouse());
    expect(ran.problems).toEqual([`RT0402 ${place}`]);
    const [diagnostic] = ran.resultOf("orders").diagnostics;
    expect(diagnostic?.notes?.map((note) => `${note.message} ${ran.project.place(note.span)}`)).toEqual([
      "called from here macros/outer.hbs:1:1",
      "called from here models/orders.sql:2:3",
    ]);
  });

  test("inside the text of a function macro points at its call", async () => {
    const { files, place } = takeMark({ ...base, "models/orders.sql": 'select id from {{ref "parent"}} where\n  §{{filter_text "nope"}}' });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });

  test("inside an ephemeral model points into its own file", async () => {
    const { files, place } = takeMark({
      ...base,
      "models/parent.yml": "models:\n  - {name: parent, sql: select 1 as id}\n  - {name: between, config: {materialized: ephemeral}}\n  - {name: orders}\n",
      "models/between.sql": '-- a comment first\nselect id,\n  §nope\nfrom {{ref "parent"}}\n',
      "models/orders.sql": 'select * from {{ref "between"}}',
    });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });

  test("inside an ephemeral model of an ephemeral model points into its own file", async () => {
    const { files, place } = takeMark({
      ...base,
      "models/parent.yml":
        "models:\n  - {name: parent, sql: select 1 as id}\n  - {name: inner_one, config: {materialized: ephemeral}}\n  - {name: outer_one, config: {materialized: ephemeral}}\n  - {name: orders}\n",
      "models/inner_one.sql": 'select id, §nope from {{ref "parent"}}',
      "models/outer_one.sql": 'with recursive r as (select 1 as id) select * from {{ref "inner_one"}} join r using (id)',
      "models/orders.sql": 'with o as (select * from {{ref "outer_one"}}) select * from o',
    });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });

  test("after an ephemeral model points into the reading model", async () => {
    const { files, place } = takeMark({
      ...base,
      "models/parent.yml": "models:\n  - {name: parent, sql: select 1 as id}\n  - {name: between, config: {materialized: ephemeral}}\n  - {name: orders}\n",
      "models/between.sql": 'select id from {{ref "parent"}} -- the end',
      "models/orders.sql": 'with x as (select 1 as one)\nselect id, §nope from {{ref "between"}}',
    });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });
});

describe("an error in a test of data", () => {
  const yaml = (tests: string, columns = "[]") => `models:\n  - name: orders\n    sql: select 1 as id\n    columns: ${columns}\n    tests:\n${tests}`;

  test("an expression points at the word in the YAML", async () => {
    const { files, place } = takeMark({ "models/m.yml": yaml('      - expression_is_true: {expression: "id > 0 and §nope < 3"}\n') });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });

  test("a where condition points at the word in the YAML", async () => {
    const { files, place } = takeMark({
      "models/m.yml": yaml(
        "      - expression_is_true:\n          expression: id > 0\n          config:\n            where: |\n              id > 0\n              and §nope = 1\n",
      ),
    });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });

  test("a column that is not there points at its name", async () => {
    const { files, place } = takeMark({ "models/m.yml": yaml("      []\n", "[{name: §nope, tests: [not_null]}]") });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });

  test("a singular test points into its file", async () => {
    const { files, place } = takeMark({
      "models/m.yml": yaml("      []\n"),
      "test/data/broken.sql": '-- config: {severity: warn}\nselect *\nfrom {{ref "orders"}}\nwhere §nope > 1\n',
    });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });

  test("a generic test of the project points into the macro's file", async () => {
    const { files, place } = takeMark({
      "models/m.yml": yaml("      - positive\n"),
      "macros/m.yml": "macros: [{name: positive, kind: test}]\n",
      "macros/positive.hbs": "select *\nfrom {{model}}\nwhere §nope <= 0\n",
    });
    expect(await problemsOf(files)).toEqual([`RT0402 ${place}`]);
  });
});

describe("an error that SQL raises itself is shown at its call", () => {
  test.each([
    ["with its own text", "select\n  1 as id,\n  §error('boom!') as x"],
    ["with a text that is put together", "select §error('row ' || 5) as x"],
    ["among several", "select case when 1 = 2 then error('one') else §error('it''s two') end as x"],
    ["in a condition", "select 1 as x where case when §error('no') is null then true end"],
  ])("%s", async (_, sql) => {
    const { files, place } = takeMark({ "models/orders.yml": "models: [{name: orders, config: {materialized: table}}]\n", "models/orders.sql": sql });
    expect(await problemsOf(files)).toEqual([`RT0405 ${place}`]);
  });

  test("several calls that say the same are told apart by nobody: the node is shown", async () => {
    const files = {
      "models/orders.yml": "models: [{name: orders, config: {materialized: table}}]\n",
      "models/orders.sql": "select error('a') as x, error('a') as y",
    };
    expect(await problemsOf(files)).toEqual(["RT0405 models/orders.yml:1:17"]);
  });
});
