/** What is wrong with a project is said at its place, with a next step, and everything at once. */
import { describe, expect, test } from "vitest";
import { type Files, minimalSettings, takeMark, temporaryProject } from "../fixtures/temporary-project.ts";

interface Case {
  readonly says: string;
  /** Small wrong project with one § where the problem is. */
  readonly files: Readonly<Record<string, string>>;
  readonly problem: string;
  readonly help?: string;
}

const yml = (text: string) => ({ "models/m.yml": text });

const cases: readonly Case[] = [
  { says: "YAML that is not closed", files: yml("models: [{name: a}\n§"), problem: "RT0102" },
  {
    says: "a quote inside of quotes, once however much comes after it",
    files: yml(`models:\n  - {name: a, sql: "select 'x"§y'"}\n  - {name: b, sql: select 1}\n`),
    problem: "RT0102",
  },
  { says: "a tab as indentation", files: yml("models:\n§\t- name: a\n"), problem: "RT0102" },
  { says: "a key that stands twice", files: yml("models:\n  - name: a\n    §name: b\n"), problem: "RT0102 this key stands twice in one mapping" },
  ...(
    [
      ["config: {tags: §5}", "config.tags: must be text or a list", undefined],
      ["config: {contract: §true}", "config.contract: must be a mapping", "known keys: enforced, alias_types"],
      [
        "config: {on_schema_change: §fial}",
        "config.on_schema_change: must be one of ignore, fail, append_new_columns, sync_all_columns, full_refresh",
        'did you mean "fail"?',
      ],
      ["columns: §{id: {data_type: integer}}", "columns: must be a list", "write a list: each item begins with `- `, or all of them stand in [ ]"],
      ["columns: [{name: id, tests: §unique}]", "columns[1].tests: must be a list", "write [unique]"],
    ] as const
  ).map(([text, problem, help]) => ({
    says: `the wrong kind of value: ${text.replace("§", "")}`,
    files: yml(`models: [{name: a, sql: select 1 as id, ${text}}]\n`),
    problem: `RT0104 model "a": ${problem}`,
    ...(help !== undefined && { help }),
  })),
  { says: "a file that is a list", files: yml("§- a\n"), problem: "RT0104 models/m.yml: must be a mapping such as `models: [...]`" },
  {
    says: "an unknown key of a file",
    files: yml("§model:\n  - {name: a, sql: select 1}\n"),
    problem: 'RT0103 unknown key "model" in models/m.yml',
    help: 'did you mean "models"?',
  },
  { says: "a list that is none", files: yml("models: §{name: a}\n"), problem: "RT0104 models: must be a list" },
  {
    says: "an unknown key of a model",
    files: yml("models: [{name: a, sql: select 1, §descripton: x}]\n"),
    problem: 'RT0103 unknown key "descripton" in model "a"',
    help: 'did you mean "description"?',
  },
  {
    says: "an unknown setting",
    files: yml("models: [{name: a, sql: select 1, config: {§materialised: table}}]\n"),
    problem: 'RT0103 unknown key "materialised" in model "a": config',
    help: 'did you mean "materialized"?',
  },
  {
    says: "an unknown key of a column",
    files: yml("models: [{name: a, sql: select 1, columns: [{name: x, §type: int}]}]\n"),
    problem: 'RT0103 unknown key "type" in model "a": columns[1]',
  },
  {
    says: "an unknown key of a source's table",
    files: yml("sources: [{name: s, tables: [{name: t, §locaton: x}]}]\n"),
    problem: 'RT0103 unknown key "locaton" in source "s": tables[1]',
    help: 'did you mean "location"?',
  },
  {
    says: "an unknown key where a value may be several things",
    files: yml(
      "exports: [{name: e, model: m, primary_key: id, destination: f, audience: {name: A}, identifiers: {EMAIL: [email, {column: email, §hashd: true}]}}]\n",
    ),
    problem: 'RT0103 unknown key "hashd" in export "e": identifiers.EMAIL[2]',
    help: 'did you mean "hashed"?',
  },
  {
    says: "a missing key where a value may be several things",
    files: yml("exports: [{name: e, model: m, primary_key: id, destination: f, audience: {name: A}, identifiers: {EMAIL: [email, §{hashed: true}]}}]\n"),
    problem: 'RT0104 export "e": identifiers.EMAIL[2].column: text is required here',
  },
  {
    says: "a color that is none",
    files: yml("models: [{name: a, sql: select 1, config: {docs: {node_color: §notacolor}}}]\n"),
    problem: 'RT0104 model "a": config.docs.node_color: must be a color: a name such as `gold`, or # and digits such as `#cd7f32`',
  },
  { says: "a name that is missing", files: yml("models: [§{sql: select 1}]\n"), problem: "RT0104 model 1: name: text is required here" },
  {
    says: "a name that is no name",
    files: yml("models: [{name: §a-b, sql: select 1}]\n"),
    problem: 'RT0104 model "a-b": name: must be letters, digits and underscores, not beginning with a digit',
  },
  { says: "a name that is a number", files: yml("models: [{name: §5, sql: select 1}]\n"), problem: "RT0104 model 1: name: must be text" },
  {
    says: "a value of the wrong kind",
    files: yml("models: [{name: a, sql: select 1, config: {enabled: §yes}}]\n"),
    problem: 'RT0104 model "a": config.enabled: must be true or false',
  },
  {
    says: "columns that are no list",
    files: yml("models: [{name: a, sql: select 1, columns: §{x: 1}}]\n"),
    problem: 'RT0104 model "a": columns: must be a list',
  },
  {
    says: "an unknown materialization",
    files: yml("models: [{name: a, sql: select 1, config: {materialized: §tabel}}]\n"),
    problem: 'RT0104 model "a": "tabel" is not a materialization (known: view, table, incremental, external, ephemeral, javascript)',
    help: 'did you mean "table"?',
  },
  {
    says: "a test that is neither a name nor a mapping",
    files: yml("models: [{name: a, sql: select 1, tests: [§5]}]\n"),
    problem: "RT0104 tests: a test is a name such as `unique`, or one name with its arguments such as `accepted_values: {values: [a, b]}`",
  },
  {
    says: "a test with two names",
    files: yml("models: [{name: a, sql: select 1, columns: [{name: x, tests: [§{unique: {}, not_null: {}}]}]}]\n"),
    problem: "RT0104",
  },
  {
    says: "an unknown severity",
    files: yml("models: [{name: a, sql: select 1, columns: [{name: x, tests: [{unique: {severity: §warning}}]}]}]\n"),
    problem: 'RT0104 test "unique": severity: must be one of error, warn',
  },
  {
    says: "an unknown setting of a test",
    files: yml("models: [{name: a, sql: select 1, columns: [{name: x, tests: [{unique: {config: {§severty: warn}}}]}]}]\n"),
    problem: 'RT0103 unknown key "severty" in test "unique"',
    help: 'did you mean "severity"?',
  },
  {
    says: "a test's setting of the wrong kind under config",
    files: yml("models: [{name: a, sql: select 1, columns: [{name: x, tests: [{unique: {config: {limit: §many}}}]}]}]\n"),
    problem: 'RT0104 test "unique": limit: must be a number',
  },
  {
    says: "an unknown test",
    files: yml("models: [{name: a, sql: select 1 as x, columns: [{name: x, tests: [§uniqe]}]}]\n"),
    problem: 'RT0211 unknown test "uniqe"',
    help: 'did you mean "unique"?',
  },
  {
    says: "an argument that a test does not have",
    files: yml("models: [{name: a, sql: select 1 as x, columns: [{name: x, tests: [{accepted_values: {value: §[1], values: [1]}}]}]}]\n"),
    problem: 'RT0212 test "accepted_values": has no argument "value"',
    help: 'did you mean "values"?',
  },
  {
    says: "an argument that a test lacks",
    files: yml("models: [{name: a, sql: select 1 as x, columns: [{name: x, tests: [§accepted_values]}]}]\n"),
    problem: 'RT0212 test "accepted_values": the argument "values" is missing',
    help: "the values",
  },
  {
    says: "an argument of the wrong type",
    files: yml("models: [{name: a, sql: select 1 as x, columns: [{name: x, tests: [{accepted_values: {values: §one}}]}]}]\n"),
    problem: 'RT0212 test "accepted_values": "values" must be a list, not the string "one"',
  },
  {
    says: "a column's test on a model",
    files: yml("models: [{name: a, sql: select 1 as x, tests: [§unique]}]\n"),
    problem: 'RT0212 test "unique": tests a column; write it under the column\'s `tests`',
  },
  {
    says: "a model's test on a column",
    files: yml("models: [{name: a, sql: select 1 as x, columns: [{name: x, tests: [{§row_count_between: {min: 1}}]}]}]\n"),
    problem: 'RT0212 test "row_count_between": tests a whole model; write it under the model\'s `tests`',
  },
  {
    says: "a test's unknown relation",
    files: yml("models: [{name: a, sql: select 1 as x, columns: [{name: x, tests: [{relationships: {to: §ref('b'), field: x}}]}]}]\n"),
    problem: 'RT0203 unknown model "b"',
  },
  {
    says: "a broken template of a test",
    files: yml('models: [{name: a, sql: select 1 as x, tests: [{expression_is_true: {expression: "x > {{§nowhere}}"}}]}]\n').valueOf() as Record<
      string,
      string
    >,
    problem: 'RT0301 "nowhere" is not defined here',
  },
  {
    says: "a broken config comment of a singular test",
    files: { "test/data/t.sql": "§-- config: {severity: loud}\nselect 1\n" },
    problem: 'RT0104 test "t": severity: must be one of error, warn',
  },
  {
    says: "an unknown setting of a singular test",
    files: { "test/data/t.sql": "§-- config: {where: x > 1}\nselect 1\n" },
    problem: 'RT0103 unknown key "where" in test "t"',
  },
  { says: "a config comment that is no YAML", files: { "test/data/t.sql": "§-- config: {severity\nselect 1\n" }, problem: "RT0102" },
  {
    says: "an unknown model",
    files: { ...yml("models: [{name: orders, sql: select 1}, {name: b}]\n"), "models/b.sql": 'select *\nfrom §{{ref "order"}}\n' },
    problem: 'RT0203 unknown model "order"',
    help: 'did you mean "orders"?',
  },
  {
    says: "an unknown model of a package",
    files: { ...yml("models: [{name: orders, sql: select 1}, {name: b}]\n"), "models/b.sql": 'select * from §{{ref "pkg" "orders"}}' },
    problem: 'RT0203 unknown model "pkg.orders"',
  },
  {
    says: "a model that is a source",
    files: { ...yml("models: [{name: b}]\nsources: [{name: shop, tables: [{name: orders}]}]\n"), "models/b.sql": 'select * from §{{ref "orders"}}' },
    problem: 'RT0203 unknown model "orders"',
    help: 'it is a source: {{source "shop" "orders"}}',
  },
  {
    says: "an unknown source",
    files: { ...yml("models: [{name: b}]\nsources: [{name: shop, tables: [{name: orders}]}]\n"), "models/b.sql": 'select * from §{{source "shop" "order"}}' },
    problem: 'RT0204 unknown source "shop.order"',
    help: 'did you mean "shop.orders"?',
  },
  {
    says: "a reference to something disabled",
    files: { ...yml("models: [{name: a, sql: select 1, config: {enabled: false}}, {name: b}]\n"), "models/b.sql": 'select * from §{{ref "a"}}' },
    problem: 'RT0214 model "a" is disabled',
  },
  {
    says: "an unknown reference of an exposure",
    files: yml("exposures: [{name: e, type: dashboard, owner: {name: x}, depends_on: [§ref('nope')]}]\n"),
    problem: 'RT0203 unknown model "nope"',
  },
  {
    says: "a reference of an exposure that is none",
    files: yml("exposures: [{name: e, type: dashboard, owner: {name: x}, depends_on: [§orders]}]\n"),
    problem: "RT0104 exposure \"e\": \"orders\" is neither ref('model') nor source('name', 'table')",
  },
  {
    says: "an unknown type of exposure",
    files: yml("exposures: [{name: e, type: §dashbord, owner: {name: x}}]\n"),
    problem: 'RT0104 exposure "e": type: must be one of dashboard, notebook, analysis, ml, application',
  },
  {
    says: "an unknown model of an export",
    files: {
      "exports/e.yml": "exports: [{name: e, model: §nope, primary_key: id, destination: files, audience: {name: A}, identifiers: {}}]\n",
      "retain.yml": `${minimalSettings}destinations: {files: {type: file}}\n`,
    },
    problem: 'RT0203 unknown model "nope"',
  },
  {
    says: "an unknown destination of an export",
    files: {
      ...yml("models: [{name: a, sql: select 1}]\n"),
      "exports/e.yml": "exports: [{name: e, model: a, primary_key: id, destination: §file, audience: {name: A}, identifiers: {}}]\n",
      "retain.yml": `${minimalSettings}destinations: {files: {type: file}}\n`,
    },
    problem: 'RT0603 export "e": there is no destination "file"',
    help: 'did you mean "files"?',
  },
  {
    says: "a source whose format cannot be told",
    files: yml("sources: [{name: s, tables: [{name: t, location: §data/x.dat}]}]\n"),
    problem: 'RT0104 source "s.t": the location\'s ending does not tell its format',
    help: "add `format: csv`, json, parquet or excel",
  },
  { says: "a source without tables", files: yml("sources: [{name: §s, tables: []}]\n"), problem: 'RT0104 source "s": has no tables' },
  {
    says: "a seed without a file",
    files: { "seeds/s.yml": "seeds: [{name: §s}]\n" },
    problem: 'RT0202 seed "s" has YAML but no CSV file',
    help: "put the data into seeds/s.csv, or remove the declaration",
  },
  {
    says: "a model without SQL",
    files: yml("models: [{name: §a}]\n"),
    problem: 'RT0202 model "a" has YAML but no SQL',
    help: "write its query to models/a.sql, or inline under `sql:` in models/m.yml",
  },
  {
    says: "SQL without YAML",
    files: { "models/x/a.sql": "§select 1" },
    problem: 'RT0202 model "a" has SQL but no YAML',
    help: "declare it in models/x/a.yml or any YAML file there: models: [{name: a}]",
  },
  { says: "a template that does not end", files: { ...yml("models: [{name: a}]\n"), "models/a.sql": "select 1\n  §{{#if true}}" }, problem: "RT0201" },
];

describe("one problem", () => {
  test.each(cases)("$says", async ({ files, problem, help }) => {
    const marked = takeMark(files);
    const { said, diagnostics } = await temporaryProject(marked.files).open();
    expect(said).toHaveLength(1);
    const [code, ...message] = problem.split(" ");
    expect(said[0]?.startsWith(`${code} error ${marked.place} ${message.join(" ")}`), `${said[0]} at ${marked.place}`).toBe(true);
    if (message.length > 0) expect(diagnostics[0]?.message).toBe(message.join(" "));
    if (help) expect(diagnostics[0]?.help).toBe(help);
  });
});

describe("two places", () => {
  const twice: readonly (readonly [string, Files, string, string])[] = [
    ["two models in one file", yml("models:\n  - {name: a, sql: select 1}\n  - {name: a, sql: select 2}\n"), "models/m.yml:3:12", "models/m.yml:2:12"],
    [
      "two models in two files",
      { "models/a.yml": "models: [{name: a, sql: select 1}]\n", "models/b.yml": "models: [{name: a, sql: select 1}]\n" },
      "models/b.yml:1:17",
      "models/a.yml:1:17",
    ],
    ["a model and a seed", { ...yml("models: [{name: a, sql: select 1}]\n"), "seeds/a.csv": "x\n1\n" }, "seeds/a.csv:1:1", "models/m.yml:1:17"],
    ["two seeds", { "seeds/x/a.csv": "x\n1\n", "seeds/y/a.csv": "x\n1\n" }, "seeds/y/a.csv:1:1", "seeds/x/a.csv:1:1"],
    [
      "two tables of a source",
      yml("sources:\n  - {name: s, tables: [{name: t}]}\n  - {name: s, tables: [{name: t}]}\n"),
      "models/m.yml:3:31",
      "models/m.yml:2:31",
    ],
    ["two exposures", yml("exposures:\n  - {name: e, type: ml, owner: {}}\n  - {name: e, type: ml, owner: {}}\n"), "models/m.yml:3:12", "models/m.yml:2:12"],
    ["two singular tests", { "test/data/x/t.sql": "select 1", "test/data/y/t.sql": "select 1" }, "test/data/y/t.sql:1:1", "test/data/x/t.sql:1:1"],
    [
      "the same test twice",
      yml("models:\n  - name: a\n    sql: select 1 as x\n    columns: [{name: x, tests: [unique, unique]}]\n"),
      "models/m.yml:4:41",
      "models/m.yml:4:33",
    ],
    ["inline SQL and a file", { ...yml("models:\n  - name: a\n    sql: select 1\n"), "models/a.sql": "select 2" }, "models/m.yml:3:5", "models/a.sql:1:1"],
  ];
  test.each(twice)("of %s are both named, once", async (_, files, second, first) => {
    const { diagnostics, place } = await temporaryProject(files).open();
    expect(diagnostics.map((d) => `${d.code} ${place(d.span)} ${place(d.notes?.[0]?.span)}`)).toEqual([`RT0206 ${second} ${first}`]);
  });

  test("of a column are both named, whatever its case", async () => {
    const { said, diagnostics, place } = await temporaryProject(
      yml("models:\n  - name: a\n    sql: select 1 as x\n    columns: [{name: x}, {name: X}]\n"),
    ).open();
    expect(said).toEqual(['RT0217 error models/m.yml:4:33 column "X" of model "a" is declared twice']);
    expect(place(diagnostics[0]?.notes?.[0]?.span)).toBe("models/m.yml:4:22");
  });

  test("that write one relation are both named", async () => {
    const { said, diagnostics, place } = await temporaryProject(
      yml("models:\n  - {name: a, sql: select 1}\n  - {name: b, sql: select 1, config: {alias: A}}\n"),
    ).open();
    expect(said).toEqual(["RT0215 error models/m.yml:3:12 two nodes would both write main.a"]);
    expect(place(diagnostics[0]?.notes?.[0]?.span)).toBe("models/m.yml:2:12");
  });
});

describe("cycles", () => {
  test("print their path, from the one that reads to the one that is read, and every ref on it", async () => {
    const files = {
      ...yml("models: [{name: a}, {name: b}, {name: c}, {name: ok, sql: select 1}]\n"),
      "models/a.sql": 'select * from {{ref "b"}} join {{ref "ok"}} using (x)',
      "models/b.sql": 'select *\nfrom {{ref "c"}}',
      "models/c.sql": 'select * from {{ref "a"}}',
    };
    const { diagnostics, said, place } = await temporaryProject(files).open();
    expect(said).toEqual(["RT0205 error models/a.sql:1:15 these models depend on each other in a circle: a -> b -> c -> a"]);
    expect(diagnostics[0]?.notes?.map((note) => `${place(note.span)} ${note.message}`)).toEqual([
      'models/b.sql:2:6 "b" reads "c" here',
      'models/c.sql:1:15 "c" reads "a" here',
    ]);
  });

  test("of a model with itself are cycles", async () => {
    const { said } = await temporaryProject({ ...yml("models: [{name: a}]\n"), "models/a.sql": 'select * from {{ref "a"}}' }).open();
    expect(said).toEqual(["RT0205 error models/a.sql:1:15 these models depend on each other in a circle: a -> a"]);
  });

  test("are all told, each once", async () => {
    const model = (name: string, parent: string) => `  - {name: ${name}, sql: 'select * from {{ref "${parent}"}}'}\n`;
    const { said } = await temporaryProject(yml(`models:\n${model("a", "b")}${model("b", "a")}${model("c", "d")}${model("d", "c")}${model("e", "a")}`)).open();
    expect(said.map((text) => text.slice(0, 6))).toEqual(["RT0205", "RT0205"]);
    expect(said.join()).toContain("a -> b -> a");
    expect(said.join()).toContain("c -> d -> c");
  });

  test("are no cycles through a test", async () => {
    const files = yml(
      "models:\n  - {name: a, sql: select 1 as x, columns: [{name: x, tests: [{relationships: {to: ref('b'), field: x}}]}]}\n  - {name: b, sql: 'select * from {{ref \"a\"}}'}\n",
    );
    expect((await temporaryProject(files).open()).said).toEqual([]);
  });
});

describe("all at once", () => {
  test("problems of several files and kinds are told together, in the order of the files", async () => {
    const { said } = await temporaryProject({
      "models/a.yml": 'models:\n  - {name: a, sql: select 1, nope: 1}\n  - {name: b}\n  - {name: c, sql: \'{{ref "zzz"}} {{ref "yyy"}}\'}\n',
      "models/b.yml": "model: []\n",
      "models/d.sql": "select 1",
      "seeds/s.csv": "x,x\n1,2\n",
      "macros/m.hbs": "1",
      "test/data/t.sql": "select {{#if}}",
    }).open();
    const codes = said.map((text) =>
      text
        .split(" ", 3)
        .filter((_, i) => i !== 1)
        .join(" "),
    );
    expect(codes.map((text) => text.replace(/:\d+:\d+$/, "")).toSorted()).toEqual(
      [
        "RT0103 models/a.yml",
        "RT0103 models/b.yml",
        "RT0202 models/a.yml",
        "RT0202 models/d.sql",
        "RT0216 seeds/s.csv",
        "RT0210 macros/m.hbs",
        "RT0201 test/data/t.sql",
        "RT0203 models/a.yml",
        "RT0203 models/a.yml",
      ].toSorted(),
    );
  });

  test("a YAML file that cannot be read makes no resource of other files look half", async () => {
    const { said } = await temporaryProject({
      "models/a.yml": "models: [{name: a}\n",
      "models/a.sql": "select 1",
      "models/b.yml": "models: [{name: b, sql: 'select * from {{ref \"a\"}}'}]\n",
    }).open();
    expect(said.map((text) => text.split(":")[0])).toEqual(["RT0102 error models/a.yml"]);
  });

  test("one bad model hides no other problem, and a ref to it is no second one", async () => {
    const { said } = await temporaryProject(
      yml("models:\n  - {name: a, sqll: select 1}\n  - {name: b, sql: 'select * from {{ref \"a\"}}'}\n  - {name: c, colums: []}\n"),
    ).open();
    expect(said.map((text) => text.split(" ")[0])).toEqual(["RT0103", "RT0103"]);
  });

  test("several unknown keys of one model are each told", async () => {
    const { said } = await temporaryProject(yml("models: [{name: a, sql: select 1, x: 1, y: 2, config: {z: 3}}]\n")).open();
    expect(said.map((text) => /unknown key "(\w)"/.exec(text)?.[1]).toSorted()).toEqual(["x", "y", "z"]);
  });
});
