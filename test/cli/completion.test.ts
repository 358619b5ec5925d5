/** Completion: what is offered where, from a project that was parsed before and from one that was not, and in a real bash. */
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { answerShell } from "../../src/cli/completion/answer.ts";
import { completedMethods } from "../../src/cli/completion/criteria.ts";
import { reporterNames } from "../../src/cli/completion/project-names.ts";
import { scripts, shells } from "../../src/cli/completion/scripts.ts";
import { selectorMethods } from "../../src/graph/select/methods.ts";
import { reporters } from "../../src/reporters/registry.ts";
import { runIn } from "./in-process.ts";
import { mainFile, type Project, plainEnvironment, projectIn, retain, temporaryFolder } from "./program-process.ts";

let project: Project;

beforeAll(async () => {
  project = projectIn(temporaryFolder());
  project.write({
    "retain.yml":
      "name: shop\ndefault_target: dev\ntargets:\n  dev: {type: duckdb, path: dev.duckdb}\n  prod: {type: duckdb, path: prod.duckdb}\ndestinations: {files: {type: file, directory: out}}\n",
    "selectors.yml": "selectors:\n  - {name: nightly, definition: {tag: nightly}}\n  - {name: hourly, definition: orders}\n",
    "seeds/raw_orders.csv": "id,email\n1,a@example.com\n",
    "models/marts/shop.yml": [
      "sources: [{name: erp, tables: [{name: lines, columns: [{name: x}]}]}]",
      "groups: [{name: finance, owner: {email: a@example.com}}]",
      "models:",
      "  - {name: orders, config: {materialized: table, tags: [nightly, mart]}, columns: [{name: id, tests: [unique]}], sql: \"select * from {{ref 'raw_orders'}}\"}",
      '  - {name: order_lines, sql: "select 1 as x"}',
      '  - {name: customers, sql: "select 1 as x"}',
      "exports:",
      "  - {name: buyers, model: orders, primary_key: id, destination: files, audience: {name: x}, identifiers: {EMAIL: email}}",
      "exposures: [{name: board, type: dashboard, owner: {email: a@example.com}, depends_on: [\"ref('orders')\"]}]",
      "",
    ].join("\n"),
  });
  const parsed = await runIn(project.directory, ["parse"]);
  if (parsed.code !== 0) throw new Error(parsed.stderr);
});

/** The values that are offered for a line, whose last word is being typed. */
function offered(line: string, directory = project.directory): readonly string[] {
  return answerShell(line.split(" "), directory, {})
    .split("\n")
    .slice(0, -1)
    .map((row) => row.split("\t")[0] ?? "");
}

describe("what is offered", () => {
  test.each<[string, readonly string[]]>([
    ["ru", ["run", "run-operation"]],
    ["export r", ["run"]],
    ["nonsense ", []],
    ["build --fa", ["--fail-fast", "--favor-state"]],
    ["build -x", ["-x"]],
    ["-", ["--help", "--version"]],
    ["build -t ", ["dev", "prod"]],
    ["build --target=p", ["--target=prod"]],
    ["build --defer-target ", ["dev", "prod"]],
    ["clone --from p", ["prod"]],
    ["build --selector ", ["nightly", "hourly"]],
    ["build --indirect-selection c", ["cautious"]],
    ["build --reporter j", ["json", "junit"]],
    ["build --reporter json p", ["pretty"]],
    ["build --project-dir ", [":folders"]],
    ["build --threads ", []],
    ["build -s order", ["orders", "order_lines"]],
    ["build -s orders cust", ["customers"]],
    ["build -s orders --exclude cust", ["customers"]],
    ["build -s orders --threads 3 ", []],
    ["build -s +ord", ["+orders", "+order_lines"]],
    ["build -s 2+cust", ["2+customers"]],
    ["build -s @cust", ["@customers"]],
    ["build -s tag:", ["tag:mart", "tag:nightly"]],
    ["build -s tag:mart,+tag:n", ["tag:mart,+tag:nightly"]],
    ["build -s so", ["source:", "source_status:"]],
    ["build -s source:erp", ["source:erp", "source:erp.lines"]],
    ["build -s path:models", ["path:models", "path:models/marts", "path:models/marts/shop.yml"]],
    ["build -s config.materialized:t", ["config.materialized:table", "config.materialized:test"]],
    ["build -s resource_type:se", ["resource_type:seed"]],
    ["build -s group:", ["group:finance"]],
    ["build -s package:", ["package:this", "package:shop"]],
    ["build -s exposure:", ["exposure:buyers", "exposure:board"]],
    ["build -s test_name:", ["test_name:unique"]],
    ["build -s selector:n", ["selector:nightly"]],
    ["show cust", ["customers"]],
    ["show --limit 3 cust", ["customers"]],
    ["export plan ", ["buyers"]],
    ["explain RT0101", ["RT0101"]],
    ["completion ", [...shells]],
    ["format mod", [":files"]],
    ['export status ""', ["buyers"]],
  ])("retain %s", (line, expected) => {
    expect([...offered(line)].toSorted()).toEqual([...expected].toSorted());
  });

  test("with a word about each", () => {
    expect(answerShell(["expl"], project.directory, {})).toBe("explain\tsay more about an error code\n");
    expect(answerShell(["build", "-s", "customer"], project.directory, {})).toBe("customers\tmodel\n");
  });

  test("the project is the one that --project-dir or RETAIN_PROJECT_DIR names", () => {
    const elsewhere = temporaryFolder();
    expect(offered("build -t ", elsewhere)).toEqual([]);
    expect(offered(`build --project-dir ${project.directory} -t p`, elsewhere)).toEqual(["prod"]);
    expect(answerShell(["build", "-t", "p"], elsewhere, { RETAIN_PROJECT_DIR: project.directory })).toBe("prod\n");
  });

  test("before a project was parsed, names are those that its YAML declares, in the folders that it names", () => {
    const fresh = projectIn(temporaryFolder());
    fresh.write({
      "retain.yml": "name: shop\ntargets: {dev: {type: duckdb, path: x}}\npaths: {models: [sql]}\n",
      "sql/m.yml": "models: [{name: inline_one, sql: select 1}]\nsources: [{name: web, tables: [{name: visits}]}]\nunit_tests: [{name: adds_up}]\n",
      "snapshots/s.yml": "snapshots: [{name: history}]\n",
      "exports/e.yml": "exports: [{name: winback}]\n",
    });
    expect(offered("build -s inl", fresh.directory)).toEqual(["inline_one"]);
    expect(offered("build -s hist", fresh.directory)).toEqual(["history"]);
    expect(offered("build -s source:", fresh.directory)).toEqual(["source:web", "source:web.visits"]);
    expect(offered("list -s unit_test:", fresh.directory)).toEqual(["unit_test:adds_up"]);
    expect(offered("export plan ", fresh.directory)).toEqual(["winback"]);
  });

  test("what was never parsed and cannot be read has the names of its files; what is broken offers nothing and says nothing", () => {
    const fresh = projectIn(temporaryFolder());
    fresh.write({ "retain.yml": "name: [", "models/deep/first.sql": "select 1", "seeds/second.csv": "a\n", "target/manifest.json": "{" });
    expect(offered("build -s f", fresh.directory)).toEqual(["first", "file:", "fqn:"]);
    expect(offered("build -s sec", fresh.directory)).toEqual(["second"]);
    expect(offered("build -t ", fresh.directory)).toEqual([]);
  });
});

test("the lists that are kept apart, so that nothing heavy is loaded, are those of the code", () => {
  const known = Object.keys(selectorMethods).filter((method) => !["metric", "semantic_model", "saved_query", "config"].includes(method));
  expect(completedMethods.filter((method) => !method.startsWith("config."))).toEqual(known.toSorted());
  expect([...reporterNames].toSorted()).toEqual(Object.keys(reporters).toSorted());
});

test.each([...shells])("the script for %s is printed, and asks the program itself", async (shell) => {
  const printed = await runIn(temporaryFolder(), ["completion", shell]);
  expect(printed).toEqual({ code: 0, stdout: scripts[shell], stderr: "" });
  expect(printed.stdout).toContain("__complete -- ");
});

test("without a word, the script is for the shell of the environment; an unknown one is told", async () => {
  expect((await runIn(temporaryFolder(), ["completion"], { SHELL: "/usr/bin/fish" })).stdout).toBe(scripts.fish);
  expect(await runIn(temporaryFolder(), ["completion"])).toMatchObject({ code: 2, stderr: expect.stringContaining("which shell?") });
  expect(await runIn(temporaryFolder(), ["completion", "zsch"])).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "zsh"?') });
});

test("the program answers as a process, whatever it is asked", async () => {
  expect(await retain(project.directory, ["__complete", "--", "build", "-s", "customer"])).toMatchObject({ code: 0, stdout: "customers\tmodel\n", stderr: "" });
  expect(await retain(temporaryFolder(), ["__complete"])).toMatchObject({ code: 0, stderr: "" });
});

const hasBash = process.platform !== "win32" && spawnSync("bash", ["--version"]).status === 0;

test.runIf(hasBash)("in bash: words, values after a colon and an equals sign, files, and one candidate that goes on", () => {
  const bin = join(temporaryFolder(), "bin");
  mkdirSync(bin);
  symlinkSync(mainFile, join(bin, "retain"));
  const lines = [
    "retain expl",
    "retain build -s customer",
    "retain build -s tag:ni",
    "retain build -s tag:mart,+tag:ni",
    "retain build --target=pr",
    "retain build -s ta",
    "retain build --project-dir mod",
    "retain format sel",
    "retain build -t ",
  ];
  const script = join(bin, "ask.sh");
  writeFileSync(
    script,
    `eval "$(retain completion bash)"\nfor COMP_LINE in "$@"; do\n  COMP_POINT=\${#COMP_LINE}\n  _retain_complete\n  (IFS=" "; echo "\${COMPREPLY[*]}")\ndone\ncomplete -p retain\n`,
  );
  const env = plainEnvironment({ PATH: `${bin}:${process.env["PATH"]}` });
  const ended = spawnSync("bash", ["--norc", "--noprofile", script, ...lines], { cwd: project.directory, env, encoding: "utf8" });
  expect(ended.stderr).toBe("");
  expect(ended.stdout.trimEnd().split("\n")).toEqual([
    "explain",
    "customers",
    "nightly",
    "nightly",
    "prod",
    "tag:",
    "models",
    "selectors.yml",
    "dev prod",
    "complete -F _retain_complete retain",
  ]);
});
