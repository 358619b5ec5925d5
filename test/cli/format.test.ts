/** `retain format` on files: the whole shipped project stays the same to the database; --check, --diff, standard input, bad input. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { duckdbDialect } from "../../src/adapters/duckdb/dialect.ts";
import { openProject } from "../../src/project.ts";
import { runIn } from "./in-process.ts";
import { hashTree, type Project, projectIn, repository, temporaryFolder } from "./program-process.ts";

const invocation = { invocationId: "11111111-2222-4333-8444-555555555555", startedAt: "2026-07-01T00:00:00.000Z" };

/** The compiled SQL of every model and test. */
async function compiledSql(directory: string): Promise<ReadonlyMap<string, string>> {
  const { value } = await openProject({ cwd: directory, environment: {}, dialect: duckdbDialect, invocation });
  const nodes = [...(value.compiled?.nodes ?? [])];
  return new Map(nodes.flatMap(([id, node]) => ("sql" in node ? [[id, node.sql.text] as const] : [])));
}

test("the shipped project is laid out, and lint finds nothing", async () => {
  expect(await runIn(repository, ["format", "--check"])).toMatchObject({ code: 0, stdout: "" });
  expect(await runIn(repository, ["lint"])).toMatchObject({ code: 0, stdout: "no problems found\n" });
});

test("every shipped model and test, without its indents: laid out as before once for good, and DuckDB reads each as before", async () => {
  const project = projectIn(temporaryFolder());
  for (const part of ["retain.yml", "models", "macros", "seeds", "exports", "test/data"])
    cpSync(join(repository, part), project.path(part), { recursive: true });
  const shipped = hashTree(project.directory);
  for (const file of Object.keys(shipped).filter((name) => name.endsWith(".sql"))) {
    writeFileSync(project.path(file), readFileSync(project.path(file), "utf8").replaceAll(/\n +(?![ {])/g, "\n"));
  }
  const before = await compiledSql(project.directory);
  const first = await runIn(project.directory, ["format", "--json"]);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  const { changed, left_alone, files } = JSON.parse(first.stdout) as { changed: string[]; left_alone: unknown[]; files: number };
  expect(left_alone).toEqual([]);
  expect(changed.length).toBeGreaterThan(20);
  expect(await runIn(project.directory, ["format", "--check"])).toEqual({ code: 0, stdout: "", stderr: `0 of ${files} files would change\n` });
  expect(hashTree(project.directory)).toMatchObject(shipped);

  const after = await compiledSql(project.directory);
  expect([...after.keys()]).toEqual([...before.keys()]);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  // The tree without the places of its parts.
  const treeOf = async (sql: string) => {
    const tree = JSON.parse(String((await (await connection.run("select json_serialize_sql($1::varchar)", [sql])).getRowsJson())[0]?.[0])) as {
      error: boolean;
    };
    expect(tree.error).toBe(false);
    return JSON.stringify(tree, (key, value: unknown) => (key === "query_location" ? undefined : value));
  };
  let different = 0;
  for (const [id, sql] of before) {
    const other = after.get(id) ?? "";
    if (other === sql) continue;
    different++;
    expect([id, await treeOf(other)]).toEqual([id, await treeOf(sql)]);
  }
  expect(different).toBeGreaterThan(20);
  connection.closeSync();
  instance.closeSync();
});

function small(): Project {
  const project = projectIn(temporaryFolder());
  project.write({
    "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n',
    "models/m.yml": "models: [{name: a}, {name: b}, {name: c}]\n",
    "models/a.sql": "SELECT 1 AS id,\n2 as b\n",
    "models/sub/b.sql": 'select * from {{ref "a"}}\n',
    "models/sub/c.sql": "select 1 as\n  id\n",
    "test/data/t.sql": 'select id from {{ref "a"}}\n  where id > 1\n',
  });
  return project;
}

describe("files", () => {
  test("--check lists and --diff prints what would change, exit 1, and neither writes", async () => {
    const project = small();
    const before = hashTree(project.directory);
    expect(await runIn(project.directory, ["format", "--check"])).toEqual({
      code: 1,
      stdout: "would change models/a.sql\nwould change models/sub/c.sql\nwould change test/data/t.sql\n",
      stderr: "3 of 4 files would change\n",
    });
    expect(await runIn(project.directory, ["format", "--diff", "models/a.sql"])).toEqual({
      code: 1,
      stdout: "--- a/models/a.sql\n+++ b/models/a.sql\n@@ -1,2 +1,1 @@\n-SELECT 1 AS id,\n-2 as b\n+select 1 as id, 2 as b\n",
      stderr: "1 of 1 file would change\n",
    });
    expect(hashTree(project.directory)).toEqual(before);
  });

  test("writes what changes, from any folder of the project, and then has nothing to do", async () => {
    const project = small();
    expect(await runIn(project.path("models", "sub"), ["format", ".", "../a.sql"])).toEqual({
      code: 0,
      stdout: "changed models/a.sql\nchanged models/sub/c.sql\n",
      stderr: "2 of 3 files changed\n",
    });
    expect(project.read("models/a.sql")).toBe("select 1 as id, 2 as b\n");
    expect(await runIn(project.directory, ["format", "models"])).toEqual({ code: 0, stdout: "", stderr: "0 of 3 files changed\n" });
    expect(await runIn(project.directory, ["format", "models", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("SQL that does not parse is left alone and named; --warn-error makes that a failure", async () => {
    const project = small();
    project.write({ "models/a.sql": "select 1  as id frm,\n nothing from from" });
    const ended = await runIn(project.directory, ["format"]);
    expect(ended).toMatchObject({ code: 0, stdout: "changed models/sub/c.sql\nchanged test/data/t.sql\n" });
    expect(ended.stderr).toBe(
      'warning[RT0028]: left as it is: its SQL is not right: syntax error at or near "frm"\n  --> models/a.sql\n2 of 4 files changed, 1 file left alone\n',
    );
    expect(project.read("models/a.sql")).toBe("select 1  as id frm,\n nothing from from");
    expect((await runIn(project.directory, ["format", "--warn-error"])).code).toBe(1);
    project.write({ "models/sub/c.sql": "select (1" });
    expect((await runIn(project.directory, ["format", "models/sub"])).stderr).toContain(
      "warning[RT0028]: left as it is: its SQL cannot be read, from line 1 column 10 on\n  --> models/sub/c.sql\n",
    );
  });

  test("a project with errors is formatted all the same, by its words", async () => {
    const project = small();
    project.write({ "models/sub/b.sql": 'select *\nfrom {{ref "nope"}}\n' });
    expect(await runIn(project.directory, ["format", "models/sub"])).toEqual({
      code: 0,
      stdout: "changed models/sub/b.sql\nchanged models/sub/c.sql\n",
      stderr: "the project has errors, which `retain parse` shows: files are compared by their words, not by the database\n2 of 2 files changed\n",
    });
  });

  test("a template that cannot be read is shown with its place, the others are formatted, and it is exit 2", async () => {
    const project = small();
    project.write({ "models/sub/b.sql": 'select {{#if x}} 1\nfrom {{ref "nope"}}\n' });
    const ended = await runIn(project.directory, ["format", "models/sub"]);
    expect(ended).toMatchObject({ code: 2, stdout: "changed models/sub/c.sql\n" });
    expect(ended.stderr).toContain("error[RT0201]: the block {{#if}} is never closed\n  --> models/sub/b.sql:1:8\n   |\n 1 | select {{#if x}} 1\n");
    expect(ended.stderr).toMatch(/\n1 of 2 files changed, 1 file left alone\n$/);
    const alone = await runIn(project.directory, ["format", "models/sub/b.sql", "--json"]);
    expect([alone.code, JSON.parse(alone.stdout)]).toEqual([
      2,
      { changed: [], left_alone: [{ file: "models/sub/b.sql", problem: "the block {{#if}} is never closed" }], files: 1 },
    ]);
  });

  test.each([
    [["models/nothing.sql"], "error[RT0029]: the project has no SQL file at models/nothing.sql"],
    [["retain.yml", "../.."], "error[RT0029]: the project has no SQL file at retain.yml"],
    [["-", "models/a.sql"], "error[RT0001]: standard input is formatted alone"],
  ])("%j is exit 2", async (words, said) => {
    const ended = await runIn(small().directory, ["format", ...words]);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toContain(said);
  });
});

describe("standard input", () => {
  const format = (input: string, ...parameters: readonly string[]) => runIn("/", ["format", "-", ...parameters], {}, input);

  test("comes out laid out, without a project", async () => {
    expect(await format('SELECT a\n,b from {{ref "x"}}')).toEqual({ code: 0, stdout: 'select a, b from {{ref "x"}}\n', stderr: "" });
    expect(await format("")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("--check and --diff answer without it", async () => {
    expect(await format("select 1\n", "--check")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await format("SELECT 1\n", "--check")).toEqual({ code: 1, stdout: "", stderr: "" });
    expect((await format("SELECT 1\n", "--diff")).stdout).toBe("--- a/stdin\n+++ b/stdin\n@@ -1,1 +1,1 @@\n-SELECT 1\n+select 1\n");
  });

  test("what cannot be read is an error and prints nothing", async () => {
    expect(await format("select (")).toEqual({
      code: 1,
      stdout: "",
      stderr: "error[RT0028]: left as it is: its SQL cannot be read, from line 1 column 9 on\n",
    });
    for (const parameters of [[], ["--check"], ["--diff"]]) {
      const broken = await format("SELECT {{/if}} 1", ...parameters);
      expect(broken).toMatchObject({ code: 2, stdout: "" });
      expect(broken.stderr).toContain("\n  --> stdin:1:8\n   |\n 1 | SELECT {{/if}} 1\n   |        ^\n");
    }
  });
});
