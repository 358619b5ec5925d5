/** Macros: files in macros/ with declared arguments, as templates and as functions. */
import { describe, expect, test } from "vitest";
import { type Files, takeMark, temporaryProject } from "../fixtures/temporary-project.ts";

const declarations = `macros:
  - {name: cents, arguments: [{name: column, type: string}, {name: digits, type: number, default: 2}]}
  - {name: all_of, arguments: [{name: names, type: list}, {name: quote, type: boolean, default: false}]}
  - {name: rows_of, arguments: [{name: from, type: relation}]}
  - {name: anything, arguments: [{name: value}]}
  - {name: twice, arguments: [{name: column, type: string}]}
  - {name: loud, arguments: [{name: text, type: string}, {name: mark, type: string, default: "!"}]}
  - {name: numbers, arguments: [{name: up_to, type: number}]}
  - {name: throwing, arguments: []}
  - {name: nothing, arguments: []}
`;

const macros: Files = {
  "macros/macros.yml": declarations,
  "macros/cents.hbs": "round({{column}} / 100, {{digits}})\n",
  "macros/all_of.hbs": "{{#each names}}{{#unless @first}}, {{/unless}}{{#if ../quote}}{{literal this}}{{else}}{{this}}{{/if}}{{/each}}",
  "macros/rows_of.hbs": "(select * from {{from}})",
  "macros/anything.hbs": "{{literal value}}",
  "macros/twice.hbs": "{{> cents column=column}} + {{> cents column=column digits=0}}",
  "macros/functions.mjs": `export function loud(text, mark) { return text.toUpperCase() + mark; }
export const numbers = (upTo) => Array.from({ length: upTo }, (_, i) => i + 1);
export function throwing() { throw new Error("out of order"); }
export function nothing() { return undefined; }
`,
};

async function open(template: string, files: Files = {}) {
  return temporaryProject({
    ...macros,
    "models/m.yml": "models:\n  - {name: m}\n  - {name: other, sql: select 1}\n",
    "models/m.sql": template,
    ...files,
  }).open();
}

async function render(template: string, files: Files = {}): Promise<string> {
  const { compiled, said } = await open(template, files);
  const model = compiled?.nodes.get("model.shop.m");
  if (model?.kind !== "model") throw new Error(said.join("\n"));
  return model.sql.text;
}

test.each([
  ['{{> cents column="price"}}', "round(price / 100, 2)"],
  ['{{> cents column="price" digits=0}}', "round(price / 100, 0)"],
  ['{{> all_of names=(list "a" "b")}}', "a, b"],
  ['{{> all_of names=(list "a" "b") quote=true}}', "'a', 'b'"],
  ['{{> rows_of from=(ref "other")}}', '(select * from "main"."other")'],
  ['{{> rows_of from="x.y"}}', "(select * from x.y)"],
  ["{{> anything value=5}}", "5"],
  ["{{> anything value=null}}", "null"],
  ['{{> twice column="p"}}', "round(p / 100, 2) + round(p / 100, 0)"],
  ['{{loud "hi"}}', "HI!"],
  ['{{loud "hi" "?"}}', "HI?"],
  ['{{loud "hi" mark="?"}}', "HI?"],
  ['{{loud text="hi"}}', "HI!"],
  ['{{concat (loud "a") (loud "b")}}', "A!B!"],
  ["{{join (numbers 3)}}", "1, 2, 3"],
  ["{{#each (numbers 2) as |n|}}c{{n}} {{/each}}x", "c1 c2 x"],
  ['{{#each (list "a" "b") as |c|}}{{> cents column=c}}|{{/each}}x', "round(a / 100, 2)|round(b / 100, 2)|x"],
])("%s writes %s", async (template, expected) => {
  expect(await render(template)).toBe(expected);
});

describe("the lines around a macro", () => {
  test.each([
    ['select\n  {{> cents column="a"}}\n  , b', "select\n  round(a / 100, 2)\n  , b"],
    ['select\n  {{> cents column="a"}}\nfrom x', "select\n  round(a / 100, 2)\nfrom x"],
    ['select\r\n  {{> cents column="a"}}\r\nfrom x', "select\r\n  round(a / 100, 2)\r\nfrom x"],
    ['select {{> cents column="a"}}\nfrom x', "select round(a / 100, 2)\nfrom x"],
    ['select a, -- {{> cents column="a"}}\n  b', "select a, -- round(a / 100, 2)\n  b"],
    ['select\n\t{{> cents column="a"}} \n,{{> cents column="b"}}', "select\n\tround(a / 100, 2)\n,round(b / 100, 2)"],
    ['{{> cents column="a"}}\n{{> cents column="b"}}\n', "round(a / 100, 2)\nround(b / 100, 2)"],
    ['select\n  {{#each (list "a" "b") as |c|}}\n  {{> cents column=c}},\n  {{/each}}\n  1', "select\n  round(a / 100, 2),\n  round(b / 100, 2),\n  1"],
    [
      'select\n  {{#each (list "a" "b") as |c|}}\n  {{> cents column=c}}\n  ,\n  {{/each}}\n  1',
      "select\n  round(a / 100, 2)\n  ,\n  round(b / 100, 2)\n  ,\n  1",
    ],
  ])("%j becomes %j", async (template, expected) => {
    expect(await render(template)).toBe(expected);
  });
});

describe("arguments", () => {
  test.each([
    ["select §{{> cents}}", 'macro "cents": the argument "column" is missing'],
    ['select {{> cents column="a" §digit=1}}', 'macro "cents": has no argument "digit"', 'did you mean "digits"?'],
    ['select {{> cents column="a" §zzz=1}}', 'macro "cents": has no argument "zzz"', "it takes column, digits"],
    ["select {{> cents §column=5}}", 'macro "cents": "column" must be a string, not a number'],
    ['select {{> cents column="a" §digits="x"}}', 'macro "cents": "digits" must be a number, not a string'],
    ['select {{> all_of §names="a"}}', 'macro "all_of": "names" must be a list, not a string'],
    ["{{#each (list 1) as |n|}}{{> cents §column=n}}{{/each}}", 'macro "cents": "column" must be text, not the number 1'],
    ['select §{{> cents "a"}}', 'macro "cents": takes its arguments by name', "write {{> cents column=… digits=…}}"],
    ["select {{#if false}}§{{> cents}}{{/if}} 1", 'macro "cents": the argument "column" is missing'],
    ['select {{§loud "a" "b" "c"}}', 'macro "loud": takes 2 arguments, not 3'],
    ['select {{loud "a" §text="b"}}', 'macro "loud": "text" is given twice'],
    ["select {{§loud mark='?'}}", 'macro "loud": the argument "text" is missing'],
    ["select §{{loud 5}}", 'macro "loud": "text" must be text, not the number 5'],
  ])("%s: %s", async (template, message, help?: string) => {
    const { files, place } = takeMark({ "models/m.sql": template });
    const { said, diagnostics } = await open(files["models/m.sql"] ?? "");
    expect(said).toEqual([`RT0209 error ${place} ${message}`]);
    if (help) expect(diagnostics[0]?.help).toBe(help);
  });

  test("of a call with two mistakes are both told", async () => {
    const { diagnostics } = await open("select {{> cents digit=1}}");
    expect(diagnostics.map((d) => d.message)).toEqual(['macro "cents": has no argument "digit"', 'macro "cents": the argument "column" is missing']);
  });

  test("wrong ones in a macro that nobody calls are told at their place too", async () => {
    const { said } = await open("select 1", { "macros/twice.hbs": "{{> cents colum=column}}" });
    expect(said).toEqual(['RT0209 error macros/twice.hbs:1:11 macro "cents": has no argument "colum"']);
  });

  test("are all that a macro sees of its caller", async () => {
    const { said, diagnostics, place } = await open('{{#each (list 1) as |outer|}}{{> cents column="a"}}{{/each}}', {
      "macros/cents.hbs": "{{column}} {{digits}} {{outer}}",
    });
    expect(said).toEqual(['RT0301 error macros/cents.hbs:1:25 "outer" is not defined here']);
    expect(diagnostics[0]?.notes?.map((note) => `${note.message} ${place(note.span)}`)).toEqual(["called from here models/m.sql:1:30"]);
  });
});

describe("what goes wrong in a macro", () => {
  test("calling itself is an error that shows the way round", async () => {
    const declared = `${declarations}  - {name: ping, arguments: []}\n  - {name: pong, arguments: []}\n`;
    const { said } = await open("select {{> ping}}", { "macros/macros.yml": declared, "macros/ping.hbs": "{{> pong}}", "macros/pong.hbs": "{{> ping}}" });
    expect(said).toEqual(["RT0307 error macros/pong.hbs:1:1 these macros call each other without end: ping -> pong -> ping"]);
  });

  test("a function that throws is told with its words at the call", async () => {
    expect((await open("select {{throwing}}")).said).toEqual(['RT0305 error models/m.sql:1:8 macro "throwing" failed: out of order']);
    expect((await open("select {{literal (throwing)}}")).said).toEqual(['RT0305 error models/m.sql:1:18 macro "throwing" failed: out of order']);
  });

  test("a function that returns nothing is told at the call", async () => {
    expect((await open("select {{nothing}}")).said).toEqual(["RT0306 error models/m.sql:1:8 undefined cannot be written into SQL"]);
  });

  test("a template called as a function, and the other way round, is told how to call it", async () => {
    const helpOf = async (template: string) => (await open(template)).diagnostics.map((d) => `${d.code} ${d.help}`);
    expect(await helpOf('select {{cents "a"}}')).toContain("RT0208 it is a template; call it as {{> cents …}}");
    expect(await helpOf('select {{> loud text="a"}}')).toContain("RT0208 it is a function; call it as {{loud …}}");
  });

  test("a function that returns a promise is refused at the call", async () => {
    const files = {
      "macros/functions.mjs": `${macros["macros/functions.mjs"]}export async function later() { return "x"; }\n`,
      "macros/macros.yml": `${declarations}  - {name: later}\n`,
    };
    const { said } = await open("select {{later}}", files);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^RT030[56] error models\/m.sql:1:8 /);
  });
});

describe("files and declarations", () => {
  const saidBy = async (files: Files) => (await temporaryProject({ "models/m.yml": "models: [{name: m, sql: select 1}]\n", ...files }).open()).said;

  test("each need the other", async () => {
    expect(await saidBy({ "macros/a.hbs": "1" })).toEqual(['RT0210 error macros/a.hbs:1:1 macro "a" has a file but no declaration']);
    expect(await saidBy({ "macros/a.mjs": "export const b = () => 1;\nexport const data = 5;\n" })).toEqual([
      'RT0210 error macros/a.mjs:1:1 macro "b" has a file but no declaration',
    ]);
    expect(await saidBy({ "macros/m.yml": "macros: [{name: a}]\n" })).toEqual(['RT0210 error macros/m.yml:1:17 macro "a" has a declaration but no file']);
  });

  test("twice are an error that names both places", async () => {
    const files = { "macros/m.yml": "macros:\n  - {name: a}\n  - {name: a}\n", "macros/a.hbs": "1", "macros/b.mjs": "export const a = () => 1;\n" };
    const { diagnostics, place } = await temporaryProject(files).open();
    expect(diagnostics.map((d) => `${d.code} ${place(d.span)} ${d.message}, ${place(d.notes?.[0]?.span)}`)).toEqual([
      'RT0206 macros/b.mjs:1:1 macro "a" is declared twice, macros/a.hbs:1:1',
      'RT0206 macros/m.yml:3:12 macro "a" is declared twice, macros/m.yml:2:12',
    ]);
  });

  test("a .mjs file that cannot be loaded is told with its words", async () => {
    const said = await saidBy({ "macros/bad.mjs": "export const = 5;\n" });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^RT0107 error macros\/bad.mjs cannot read macros\/bad.mjs: /);
  });
});

test("a model depends on what the macros that it calls depend on", async () => {
  const { graph } = await open("select * from {{> rows}}", { "macros/macros.yml": `${declarations}  - {name: rows}\n`, "macros/rows.hbs": '{{ref "other"}}' });
  expect(graph?.dag.parents.get("model.shop.m")).toEqual(["model.shop.other"]);
});
