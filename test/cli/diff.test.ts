/** `diff`: a table of edits against a git ref, and what is said of them; warehouses, keys, screens, exit codes and refusals. */
import { execFileSync } from "node:child_process";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import { runIn } from "./in-process.ts";
import { hashOf, type Project, plainEnvironment, projectIn, temporaryFolder } from "./program-process.ts";

const files = {
  ".gitignore": "target/\n.retain/\n*.duckdb\n",
  "shop/retain.yml": `name: shop
default_target: dev
targets:
  dev: {type: duckdb, path: dev.duckdb, schema: work}
  prod: {type: duckdb, path: prod.duckdb, schema: gold}
  ci: {type: duckdb, path: ":memory:"}
vars: {rate: 10}
`,
  "shop/seeds/raw.csv": "id,v,email\n1,a,ann@shop.example\n2,b,bob@shop.example\n3,c,cem@shop.example\n",
  "shop/seeds/raw.yml":
    "seeds: [{name: raw, columns: [{name: id, data_type: integer, tests: [unique]}, {name: v, data_type: varchar}, {name: email, data_type: varchar, pii: email}]}]\n",
  "shop/macros/m.yml": "macros: [{name: tenfold, arguments: [{name: column}]}]\n",
  "shop/macros/tenfold.hbs": "({{column}} * 10)\n",
  "shop/models/m.yml": `models:
  - name: stg
    description: Staged.
    sql: 'select id, v, email, {{> tenfold column="id"}} as n from {{ref "raw"}}'
    columns: [{name: id, tests: [unique]}, {name: v}, {name: n}]
  - {name: inner_part, config: {materialized: ephemeral}, sql: 'select * from {{ref "stg"}}'}
  - name: mart
    config: {materialized: table}
    sql: 'select id, v, n * {{var "rate"}} as total, email from {{ref "inner_part"}}'
    columns: [{name: id, tests: [unique]}, {name: v}, {name: total}]
  - {name: words, config: {materialized: table}, sql: 'select v, total from {{ref "mart"}}', columns: [{name: v}, {name: total}]}
  - {name: lonely, sql: 'select 1 as one, 2 as two'}
  - {name: files_in_place, sql: 'select * from {{source "lake" "visits"}}'}
sources: [{name: lake, tables: [{name: visits, location: data/visits.csv}]}]
exposures:
  - {name: board, type: dashboard, owner: {name: Ann}, depends_on: [ref('words')]}
`,
  "shop/data/visits.csv": "id,at\n1,2026-01-01\n",
};

function git(directory: string, ...parameters: readonly string[]): string {
  const author = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@b", GIT_CONFIG_NOSYSTEM: "1" };
  return execFileSync("git", parameters, { cwd: directory, env: plainEnvironment(author), encoding: "utf8" });
}

/** Committed as `main`, beside an empty branch and a broken one; built in prod and dev; the artifacts of prod are in `state/`. The project is a folder of the repository. */
let base: Project;
beforeAll(async () => {
  const root = projectIn(temporaryFolder());
  root.write(files);
  git(root.directory, "init", "-q", "-b", "main");
  git(root.directory, "add", "-A");
  git(root.directory, "commit", "-q", "-m", "one");
  git(root.directory, "checkout", "-q", "-b", "broken");
  root.write({ "shop/models/bad.yml": "models: [{name: bad, sql: 'select * from {{ref \"nobody\"}}'}]\n" });
  git(root.directory, "add", "-A");
  git(root.directory, "commit", "-q", "-m", "broken");
  git(root.directory, "checkout", "-q", "--orphan", "empty");
  git(root.directory, "rm", "-rqf", ".");
  git(root.directory, "commit", "-q", "--allow-empty", "-m", "empty");
  git(root.directory, "checkout", "-q", "main");
  base = projectIn(root.path("shop"));
  // Never committed: what sources read in place is not read from git.
  base.write({ "data/visits.csv": "id,at\n1,2026-01-01\n2,2026-01-02\n" });
  for (const target of ["prod", "dev"]) expect(await runIn(base.directory, ["build", "-q", "-t", target])).toMatchObject({ code: 0 });
  expect(await runIn(base.directory, ["build", "-q", "-t", "prod"])).toMatchObject({ code: 0 });
  renameSync(base.path("target"), base.path("state"));
}, 60_000);

/** A copy of the whole repository. */
function copy(): Project {
  return projectIn(projectIn(base.path("..")).copy().path("shop"));
}

const diff = (project: Project, ...parameters: readonly string[]) => runIn(project.directory, ["diff", ...parameters], {});

interface Found {
  readonly name: string;
  readonly status: string;
  readonly impact: string;
  readonly reasons: readonly string[];
  readonly columns: Readonly<Record<"added" | "removed" | "changed", readonly { readonly name: string }[]>> | null;
  readonly rows: Readonly<Record<string, unknown>> | null;
}

async function found(project: Project, ...parameters: readonly string[]): Promise<readonly Found[]> {
  const { code, stdout, stderr } = await diff(project, "--json", ...parameters);
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { readonly models: readonly Found[] }).models;
}

/** `mart: changed breaking SQL -email ~total +extra` */
function brief({ name, status, impact, reasons, columns }: Found): string {
  const signs = [
    ["removed", "-"],
    ["changed", "~"],
    ["added", "+"],
  ] as const;
  const said = columns ? signs.flatMap(([kind, sign]) => columns[kind].map((column) => `${sign}${column.name}`)) : [];
  return `${name}: ${[status, impact, ...reasons, ...said].join(" ")}`;
}

const yaml = "models/m.yml";

describe("against a git ref, what an edit means", () => {
  test.each<[string, (project: Project) => void, readonly string[]]>([
    ["nothing", () => undefined, []],
    ["a comment and another layout", (p) => p.edit(yaml, "select v, total from", "select v, /* word */  total\n      from"), []],
    ["a description and a tag", (p) => p.edit(yaml, "description: Staged.", "description: All.\n    config: {tags: [x]}"), []],
    ["a macro that writes the same", (p) => p.edit("macros/tenfold.hbs", "({{column}} * 10)", "({{column}} * 10)\n"), []],
    ["a column more", (p) => p.edit(yaml, "select v, total from", "select v, total, 1 as extra from"), ["words: changed additive SQL +extra"]],
    ["a column less", (p) => p.edit(yaml, "select v, total from", "select v from"), ["words: changed breaking SQL -total"]],
    ["a column renamed", (p) => p.edit(yaml, "select v, total from", "select v, total as sum from"), ["words: changed breaking SQL -total +sum"]],
    ["a type", (p) => p.edit(yaml, "select v, total from", "select v, cast(total as varchar) as total from"), ["words: changed breaking SQL ~total"]],
    ["other rows", (p) => p.edit(yaml, "select v, total from", "select v, total + 1 as total from"), ["words: changed compatible SQL"]],
    [
      "a macro",
      (p) => p.edit("macros/tenfold.hbs", "* 10", "* 10.5"),
      // Whoever reads the column has another type of it, too, without an edit.
      ["stg: changed breaking SQL ~n", "inner_part: changed breaking ~n", "mart: changed breaking ~total", "words: changed breaking ~total"],
    ],
    ["a variable", (p) => p.edit("retain.yml", "rate: 10", "rate: 11"), ["mart: changed compatible SQL"]],
    [
      "a materialization",
      (p) => p.edit(yaml, "words, config: {materialized: table}", "words, config: {materialized: view}"),
      ["words: changed compatible materialized"],
    ],
    [
      "a relation that is none any more",
      (p) => p.edit(yaml, "{name: lonely,", "{name: lonely, config: {materialized: ephemeral},"),
      [expect.stringMatching(/^lonely: changed breaking .*materialized/)] as never,
    ],
    [
      "another name of the relation",
      (p) => p.edit(yaml, "{name: lonely,", "{name: lonely, config: {alias: alone},"),
      [expect.stringMatching(/^lonely: changed breaking .*name or schema/)] as never,
    ],
    ["a hook", (p) => p.edit(yaml, "{name: lonely,", "{name: lonely, config: {post_hook: select 1},"), ["lonely: changed compatible hooks"]],
    ["rows of a seed", (p) => p.edit("seeds/raw.csv", "3,c", "3,d"), ["raw: changed compatible file"]],
    ["a column of a seed", (p) => p.write({ "seeds/raw.csv": "id,v,email,more\n1,a,ann@shop.example,x\n" }), ["raw: changed additive file +more"]],
    ["a model more", (p) => p.write({ "models/more.yml": "models: [{name: more, sql: 'select 1 as one'}]\n" }), ["more: added additive"]],
    ["a model less", (p) => p.edit(yaml, "  - {name: lonely, sql: 'select 1 as one, 2 as two'}\n", ""), ["lonely: removed breaking"]],
  ])("%s", async (_, edit, expected) => {
    const project = copy();
    edit(project);
    expect((await found(project, "--git", "main")).map(brief)).toEqual(expected);
  });

  test("leaves the working tree, the index and the temporary folder as they were, from any folder and with any name of a commit", async () => {
    const project = copy();
    project.edit(yaml, "select v, total from", "select v from");
    git(project.directory, "add", "-A");
    project.edit(yaml, "select v from", "select v, 3 as three from");
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("retain-git-"));
    const state = () => [
      git(project.directory, "status", "--porcelain"),
      hashOf(project.path("../.git/index")),
      git(project.directory, "rev-parse", "HEAD"),
      left(),
    ];
    const before = state();
    for (const ref of ["main", "HEAD", "@{0}", git(project.directory, "rev-parse", "HEAD").trim()])
      expect((await found(project, "--git", ref)).map(brief)).toEqual(["words: changed breaking SQL -total +three"]);
    const inside = await runIn(project.path("models"), ["diff", "--git", "main"]);
    expect(inside.stdout.split("\n")[0]).toMatch(/^retain diff: main \([0-9a-f]{7}\) -> the working tree$/);
    expect(state()).toEqual(before);
  });

  test("of a selection only what it holds, and of what was removed nothing", async () => {
    const project = copy();
    project.edit(yaml, "  - {name: lonely, sql: 'select 1 as one, 2 as two'}\n", "");
    project.edit(yaml, "select id, v, n *", "select id, v, 1 + n *");
    project.edit(yaml, "select v, total from", "select v from");
    expect((await found(project, "--git", "main", "-s", "mart")).map(brief)).toEqual(["mart: changed compatible SQL"]);
    expect((await found(project, "--git", "main", "words")).map(brief)).toEqual(["words: changed breaking SQL -total"]);
  });
});

describe("warehouses", () => {
  /** Built in dev with other rows: one is new, one is gone, one is changed. */
  async function changed(): Promise<Project> {
    const project = copy();
    project.write({ "seeds/raw.csv": "id,v,email\n1,a,ann@shop.example\n2,x,eve@shop.example\n4,d,dan@shop.example\n" });
    expect(await runIn(project.directory, ["build", "-q"])).toMatchObject({ code: 0 });
    return project;
  }

  test("of two targets: rows by the key that tests say, without a key whole, nothing personal", async () => {
    const project = await changed();
    const before = [hashOf(project.path("prod.duckdb")), hashOf(project.path("dev.duckdb"))];
    const models = await found(project, "--against", "prod");
    expect([hashOf(project.path("prod.duckdb")), hashOf(project.path("dev.duckdb"))]).toEqual(before);
    expect(models.map(brief)).toEqual(["raw", "stg", "mart", "words"].map((name) => `${name}: changed compatible`));
    expect(models.find(({ name }) => name === "mart")?.rows).toMatchObject({
      before: 3,
      after: 3,
      added: 1,
      removed: 1,
      changed: 1,
      key: { columns: ["id"], origin: "unique test" },
      columns: [
        { name: "v", changed: 1 },
        { name: "email", changed: 1 },
      ],
      masked: true,
    });
    expect(models.find(({ name }) => name === "words")?.rows).toMatchObject({
      added: 2,
      removed: 2,
      changed: 0,
      key: null,
      no_key: expect.stringContaining("--key"),
    });
    expect(JSON.stringify(models)).not.toContain("shop.example");
  });

  test("in a file, which is compared like the target that it belongs to", async () => {
    const project = await changed();
    expect(await found(project, "--against", "prod.duckdb")).toEqual(await found(project, "--against", "prod"));
  });

  test("of an earlier run, together with what was edited since; of a git ref with --against", async () => {
    const project = await changed();
    project.edit(yaml, "select v, total from", "select v, total, 1 as extra from");
    for (const flags of [
      ["--state", "state"],
      ["--git", "main", "--against", "prod"],
    ]) {
      const models = await found(project, ...flags);
      expect(models.map(brief)).toEqual([
        "raw: changed compatible file",
        "stg: changed compatible",
        "mart: changed compatible",
        "words: changed additive SQL +extra",
      ]);
      expect(models.at(-1)?.rows).toMatchObject({ before: 3, after: 3, added: 2, removed: 2 });
    }
  });

  test("with --key, --no-rows and --limit", async () => {
    const project = await changed();
    const [words] = await found(project, "--against", "prod", "--key", "v", "words");
    expect(words?.rows).toMatchObject({ added: 2, removed: 2, key: { columns: ["v"], origin: "--key" } });
    expect(await found(project, "--against", "prod", "--no-rows")).toEqual([]);
    const [none] = await found(project, "--against", "prod", "--limit", "0", "mart");
    expect(none?.rows).toMatchObject({ changed: 1, samples: [] });
    const typo = await diff(project, "--against", "prod", "--key", "zip");
    expect(typo).toMatchObject({ code: 2, stdout: "" });
    expect(typo.stderr).toContain("error[RT0496]: nothing can be compared: --key zip: no relation that is compared has that column\n");
  });

  test("that do not have the same: added, removed, of another type; views that fail are said and the rest is compared", async () => {
    const project = copy();
    project.write({ "models/more.yml": "models: [{name: more, sql: 'select 1 as one'}]\n" });
    project.edit(yaml, "{name: lonely, sql", "{name: lonely, config: {materialized: table}, sql");
    expect(await runIn(project.directory, ["run", "-q", "-s", "more", "lonely"])).toMatchObject({ code: 0 });
    expect((await found(project, "--against", "prod")).map(brief)).toEqual(["lonely: changed compatible a table, was a view", "more: added additive"]);
    expect((await found(project, "--against", "dev", "-t", "prod")).map(brief)).toEqual([
      "lonely: changed compatible a view, was a table",
      "more: removed breaking",
    ]);
    await runSql(project.path("prod.duckdb"), "drop table gold.raw");
    const { code, stdout, stderr } = await diff(project, "--against", "prod", "raw", "stg", "mart");
    expect([code, stdout]).toEqual([0, expect.stringContaining("rows could not be compared")]);
    expect(stdout).toContain("1 added, 1 changed; 1 the same");
    expect(stderr).toMatch(/^warning\[RT0495\]: the rows of "stg" cannot be compared: .*raw/);
  });
});

describe("screens", () => {
  test("text and Markdown for people", async () => {
    const project = copy();
    project.write({ "models/more.yml": "models: [{name: more, sql: 'select 1 as one'}]\n" });
    project.write({ "seeds/raw.csv": "id,v,email\n1,a|`b`,ann@shop.example\n2,b,eve@shop.example\n4,d,dan@shop.example\n" });
    project.edit(yaml, "select v, total from", "select v, 5 as five from");
    project.edit(yaml, "{name: v}, {name: total}]}", "{name: v}, {name: five}]}");
    expect(await runIn(project.directory, ["build", "-q"])).toMatchObject({ code: 0 });
    const { stdout } = await diff(project, "--git", "main", "--against", "prod", "--limit", "1");
    expect(stdout.replace(/\([0-9a-f]{7}\)/, "(1234567)")).toBe(`retain diff: main (1234567), target "prod" -> the working tree

  added    more   additive    view, 1 column

  changed  raw    compatible  seed, changed: file
           rows: 3 -> 3 by id (unique test): 1 added, 1 removed, 2 changed
             differs: v in 1, email in 1
             - id=3
             + id=4
             ~ id=1: v a -> a|\`b\`
           read by 4 models, exposure board

  changed  stg    compatible  view
           rows: 3 -> 3 by id (unique test): 1 added, 1 removed, 2 changed
             differs: v in 1, email in 1
             - id=3
             + id=4
             ~ id=1: v a -> a|\`b\`
           read by 3 models, exposure board

  changed  mart   compatible  table
           rows: 3 -> 3 by id (unique test): 1 added, 1 removed, 2 changed
             differs: v in 1, email in 1
             - id=3
             + id=4
             ~ id=1: v a -> a|\`b\`
           read by 1 model, exposure board

  changed  words  breaking    table, changed: SQL, declared types
           + five INTEGER
           - total INTEGER
           rows: 3 -> 3: 2 added, 2 removed
           compared as whole rows, because no test or constraint says what tells its rows apart; --key does
             - v=a
             + v=a|\`b\`
           read by exposure board

1 added, 4 changed (1 breaking); 3 the same
`);
    const markdown = (await diff(project, "--git", "main", "--against", "prod", "--limit", "1", "--output", "markdown", "mart", "words", "more")).stdout;
    expect(markdown.replace(/\([0-9a-f]{7}\)/, "(1234567)")).toBe(`### retain diff: \`main (1234567), target "prod"\` → \`the working tree\`

1 added, 2 changed (1 breaking)

| model | change | columns | rows | read by |
| --- | --- | --- | --- | --- |
| \`words\` **breaking** | SQL, declared types | − \`total\`<br>+ \`five\` INTEGER | 3 → 3: +2 −2 | exposure board |
| \`more\` | added view | 1 |  |  |
| \`mart\` | data (compatible) |  | 3 → 3: +1 −1 \\~2 | 1 model, exposure board |

<details><summary>rows of <code>words</code></summary>

Compared as whole rows, because no test or constraint says what tells its rows apart; --key does.

|  | v | times |
| --- | --- | --- |
| removed | a | 1 |
| added | a\\|\\\`b\\\` | 1 |

</details>

<details><summary>rows of <code>mart</code></summary>

Compared by \`id\` (unique test).

| column | rows that differ |
| --- | ---: |
| \`v\` | 1 |
| \`email\` | 1 |

|  | id | column | before | after |
| --- | --- | --- | --- | --- |
| removed | 3 |  |  |  |
| added | 4 |  |  |  |
| changed | 1 | \`v\` | a | a\\|\\\`b\\\` |

Personal data is masked.

</details>
`);
  });

  test("a comment is never longer than a platform takes", async () => {
    const project = copy();
    const many = Array.from({ length: 160 }, (_, i) => `  - {name: model_${i}_${"x".repeat(60)}, sql: 'select 1 as one'}\n`).join("");
    project.write({ "models/many.yml": `models:\n${many}` });
    const { stdout } = await diff(project, "--git", "main", "--output", "markdown");
    expect(stdout).toContain("and 60 more models\n");
    expect(stdout.length).toBeLessThan(60_000);
  });

  test("nothing that differs", async () => {
    const { stdout } = await diff(copy(), "--against", "prod");
    expect(stdout).toBe('retain diff: target "prod" -> target "dev"\n\nno difference in 6 compared\n');
  });
});

describe("exit codes and refusals", () => {
  test("differences exit with 0; --fail-on any and --fail-on breaking with 1", async () => {
    const project = copy();
    const codes = async () => [
      (await diff(project, "--git", "main")).code,
      (await diff(project, "--git", "main", "--fail-on", "breaking")).code,
      (await diff(project, "--git", "main", "--fail-on", "any")).code,
    ];
    expect(await codes()).toEqual([0, 0, 0]);
    project.edit(yaml, "select v, total from", "select v, total, 1 as extra from");
    expect(await codes()).toEqual([0, 0, 1]);
    project.edit(yaml, "select v, total, 1 as extra from", "select v from");
    expect(await codes()).toEqual([0, 1, 1]);
  });

  test.each<[string, readonly string[], readonly RegExp[], Readonly<Record<string, string>>?]>([
    ["nothing to compare with", [], [/^error\[RT0496\]: nothing can be compared: nothing is named$/, /--git REF, a target or file with --against/]],
    ["an unknown ref", ["--git", "mian"], [/^error\[RT0513\]: git ref "mian": there is no such commit$/, /did you mean "main"\?/]],
    ["a ref that looks like an option", ["--git", "--all"], [/git ref "--all": there is no such commit/, /git fetch/]],
    ["a blob", ["--git", "main:shop/retain.yml"], [/git ref "main:shop\/retain.yml"/, /help/]],
    ["a ref without the project", ["--git", "empty"], [/git ref "empty": it has no shop\/retain\.yml/, /the same folder/]],
    [
      "a ref whose project is broken",
      ["--git", "broken"],
      [/^error\[RT0203\]: unknown model "nobody"$/, /^ +--> models\/bad\.yml:1:42$/, /the project at "broken" has errors/, /files that are named above/],
    ],
    ["no git", ["--git", "main"], [/^error\[RT0512\]: .*there is no program called git$/, /on a machine with git/], { PATH: "/nowhere" }],
    ["an unknown target", ["--against", "prdo"], [/^error\[RT0106\]: there is no target "prdo"/, /did you mean "prod"\?/]],
    ["a file that is not there", ["--against", "other/x.duckdb"], [/there is no file other\/x\.duckdb/, /seen from the project/]],
    ["itself", ["--against", "dev"], [/target "dev" is what this target has already/, /--target/]],
    ["its own file", ["--against", "dev.duckdb"], [/dev\.duckdb is what this target has already/, /--target/]],
    ["a target in memory", ["--against", "ci"], [/^error\[RT0506\]: diff cannot read from another warehouse: target "ci" was in memory$/, /--against NAME/]],
  ])("%s", async (_, flags, expected, environment) => {
    const { code, stdout, stderr } = await runIn(base.directory, ["diff", ...flags], environment ?? {});
    expect([code, stdout]).toEqual([2, ""]);
    const lines = stderr.split("\n").filter((line) => /^(error|warning|info)\[|^ +-->|^ +=/.test(line));
    expect(lines).toEqual(expect.arrayContaining(expected.map((line) => expect.stringMatching(line))));
  });

  test("a folder in no repository, and a warehouse that is not built", async () => {
    const project = projectIn(temporaryFolder());
    for (const [path, text] of Object.entries(files)) if (path.startsWith("shop/")) project.write({ [path.slice(5)]: text });
    const nowhere = await runIn(project.directory, ["diff", "--git", "main"], { GIT_CEILING_DIRECTORIES: project.path("..") });
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringMatching(/^error\[RT0512\]: .*not a git repository/)]);
    const unbuilt = copy();
    rmSync(unbuilt.path("dev.duckdb"));
    expect(await diff(unbuilt, "--against", "prod")).toMatchObject({ code: 2, stderr: expect.stringContaining("error[RT0505]") });
    const noted = await diff(unbuilt, "--state", "state");
    expect([noted.code, noted.stdout]).toEqual([0, expect.stringContaining("note: warehouses were not compared: nothing is built here yet")]);
  });
});

async function runSql(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}
