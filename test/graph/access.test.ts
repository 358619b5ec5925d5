/** Groups and access: who may read what, and where it is said. */
import { describe, expect, test } from "vitest";
import { takeMark, temporaryProject } from "../fixtures/temporary-project.ts";

const groups = "groups: [{name: finance, owner: {email: finance@example.com}}, {name: crm, owner: {name: CRM}, description: Who writes to people}]\n";
const models = (list: string, more = "") => ({ "models/m.yml": `${groups}models:\n${list}\n${more}` });
const secret = (config = "group: finance, access: private") =>
  `  - {name: secret, config: {${config}}, sql: select 1 as id, columns: [{name: id, tests: [unique]}]}`;

async function said(files: Readonly<Record<string, string>>) {
  const marked = Object.values(files).some((text) => text.includes("§")) ? takeMark(files) : { files, place: "" };
  const opened = await temporaryProject(marked.files).open();
  return { lines: opened.said.map((line) => (marked.place === "" ? line : line.replace(marked.place, "§"))), diagnostics: opened.diagnostics, opened };
}

describe("a private model", () => {
  test.each([
    ["a model of another group", `  - {name: reader, config: {group: crm}, sql: 'select * from {{§ref "secret"}}'}`, "", 'model "reader"'],
    ["a model of no group", `  - {name: reader, sql: 'select * from §{{ref "secret"}}'}`, "", 'model "reader"'],
    ["a model in JavaScript", "  - {name: js, refs: [§secret], columns: [{name: id, data_type: integer}]}", "", 'model "js"'],
    [
      "a test of another group",
      `  - {name: reader, config: {group: crm}, sql: select 1 as id, columns: [{name: id, tests: [{relationships: {to: §ref('secret'), field: id}}]}]}`,
      "",
      'test "relationships reader.id"',
    ],
    ["a snapshot", "", "snapshots: [{name: h, relation: §ref('secret'), config: {strategy: check, unique_key: id, check_cols: all}}]\n", 'snapshot "h"'],
    ["an exposure", "", "exposures: [{name: board, type: dashboard, owner: {name: x}, depends_on: [§ref('secret')]}]\n", 'exposure "board"'],
    ["a hook", `  - {name: reader, config: {post_hook: "select * from §{{ref 'secret'}}"}, sql: select 1 as id}`, "", 'model "reader"'],
    [
      "a foreign key",
      "  - {name: reader, config: {materialized: table, contract: {enforced: true}}, sql: select 1 as id, columns: [{name: id, data_type: integer, constraints: [{type: foreign_key, to: §ref('secret')}]}]}",
      "",
      'model "reader"',
    ],
  ])("may not be read by %s", async (_, list, more, reader) => {
    const files = models(`${secret()}\n${list.replace("{{§ref", "§{{ref")}`, more);
    const { lines } = await said({ ...files, "models/js.mjs": list.includes("js") ? "export default () => [];" : "export const n = 1;" });
    expect(lines).toContain(`RT0229 error § ${reader} may not read "secret", which is private to the group "finance"`);
    expect(lines.filter((line) => line.startsWith("RT0229"))).toHaveLength(1);
  });

  test("may not be read by a singular test without a group, and may by one of its own", async () => {
    const query = 'select * from {{ref "secret"}}\n';
    expect((await said({ ...models(secret()), "test/data/t.sql": query })).lines).toEqual([
      'RT0229 error test/data/t.sql:1:15 test "t" may not read "secret", which is private to the group "finance"',
    ]);
    expect((await said({ ...models(secret()), "test/data/t.sql": `-- config: {group: finance}\n${query}` })).lines).toEqual([]);
  });

  test("is read by its own group, by its own tests, and by a whole folder that is of the group", async () => {
    const list = `${secret()}\n  - {name: reader, group: finance, sql: 'select * from {{ref "secret"}}'}\n  - {name: deep, sql: 'select * from {{ref "secret"}}'}`;
    const settings = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nmodels: {+group: finance}\n';
    expect((await said({ ...models(list), "retain.yml": settings })).lines).toEqual([]);
  });

  test("says where it is private, and what to do", async () => {
    const { diagnostics, opened } = await said(models(`${secret()}\n  - {name: reader, sql: 'select * from {{ref "secret"}}'}`));
    expect(diagnostics[0]?.help).toBe('put the reader into the group "finance", or make the model protected');
    expect(diagnostics[0]?.notes?.map((note) => `${opened.place(note.span)} ${note.message}`)).toEqual(["models/m.yml:3:53 it is private here"]);
  });
});

test.each(["protected", "public"])("a %s model is read by everybody", async (access) => {
  const list = `${secret(`group: finance, access: ${access}`)}\n  - {name: reader, config: {group: crm}, sql: 'select * from {{ref "secret"}}'}`;
  expect((await said(models(list))).lines).toEqual([]);
});

test.each([
  ["{group: §financ}", 'RT0227 error § unknown group "financ"', 'did you mean "finance"?'],
  ["{access: §private}", 'RT0228 error § model "secret": it is private and in no group, so nobody could read it', "put it into a `group`"],
  [
    "{access: §public, materialized: ephemeral}",
    'RT0228 error § model "secret": it is public and ephemeral, so there is nothing to read',
    "materialize it as a view or a table",
  ],
  ["{access: §secret}", 'RT0104 error § model "secret": config.access: must be one of private, protected, public', undefined],
])("settings that make no sense are told: %s", async (config, line, help) => {
  const { lines, diagnostics } = await said(models(`  - {name: secret, config: ${config}, sql: select 1 as id}`));
  expect(lines).toEqual([line]);
  expect(diagnostics[0]?.help).toBe(help);
});

test.each([
  ["groups: [{name: g, owner: §{}}]\n", 'RT0104 error § group "g": owner: must have a name or an email'],
  ["groups: [{name: g, owner: {name: a}}, {name: §g, owner: {name: b}}]\n", 'RT0206 error § group "g" is declared twice'],
  ["groups: [{name: g, owner: {name: a, slack: '#team'}, §ower: 1}]\n", 'RT0103 error § unknown key "ower" in group "g"'],
])("groups that make no sense are told: %s", async (text, line) => {
  expect((await said({ "models/g.yml": text })).lines).toEqual([line]);
});
