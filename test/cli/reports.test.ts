/** Reports for systems that build and test, as real processes write them there. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readXml } from "../reporters/xml-reader.ts";
import { minimalProject, type Project, projectIn, retain, retainOk, temporaryFolder } from "./program-process.ts";

/** A project in a folder of a repository, in which one test fails. */
let failing: Project;
let repository: Project;
beforeAll(async () => {
  repository = projectIn(temporaryFolder());
  await retainOk(repository.directory, ["init", "--minimal", "warehouse"]);
  failing = projectIn(repository.path("warehouse"));
  failing.edit("models/customers.yml", "min_value: 0", "min_value: 50");
});

const github = (more: Readonly<Record<string, string>> = {}) => ({ GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: repository.directory, ...more });

test("github and junit share a run: marks in the repository's paths, a summary that is added to, a file for the other", async () => {
  repository.write({ "summary.md": "# before\n" });
  const ended = await retain(
    failing.directory,
    ["build", "--reporter", "github", "junit=target/reports/junit.xml"],
    github({ GITHUB_STEP_SUMMARY: repository.path("summary.md") }),
  );
  expect(ended).toMatchObject({ code: 1, stderr: "" });
  expect(ended.stdout).toContain("::error file=warehouse/models/customers.yml,line=7,endLine=7,col=34,endColumn=48,title=RT0407 Test failed::");
  expect(ended.stdout.trimEnd().split("\n").at(-1)).toMatch(/^Build failed in /);
  expect(repository.read("summary.md")).toMatch(/^# before\n### my_project \(dev\)\n\nBuild failed in /);
  const suites = readXml(failing.read("target/reports/junit.xml"));
  expect(suites.attributes).toMatchObject({ tests: "8", failures: "1", errors: "0", skipped: "1" });
  expect(suites.children.find(({ attributes }) => attributes["name"] === "customers")?.children[2]).toMatchObject({
    attributes: { name: "accepted_range customers.revenue", file: "warehouse/models/customers.yml", line: "7" },
    children: [{ name: "failure", attributes: { message: "1 failing row", type: "RT0407" } }],
  });
});

test("what keeps a project from running is marked, too", async () => {
  const project = await minimalProject();
  project.edit("models/customers.sql", "raw_orders", "raw_order");
  const ended = await retain(project.directory, ["build", "--reporter", "github"], github({ GITHUB_WORKSPACE: project.directory }));
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toContain("error[RT0203]");
  expect(ended.stderr).toContain(
    '\n::error file=models/customers.sql,line=6,endLine=6,col=6,endColumn=25,title=RT0203 Unknown model::unknown model "raw_order"%0Ahelp: did you mean "raw_orders"?\n',
  );
});

test("tests on what is published are told by their model; junit alone is one document", async () => {
  const project = await minimalProject();
  await retainOk(project.directory, ["build"]);
  const ended = await project.run("test", "--reporter", "junit");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(
    readXml(ended.stdout)
      .children.map(({ attributes }) => [attributes["name"], attributes["tests"]])
      .toSorted(),
  ).toEqual([
    ["customers", "3"],
    ["raw_orders", "3"],
  ]);
});

describe("what cannot be", () => {
  test.each([
    [["junit", "json"], "error[RT0001]: the reporters junit and json would both write to standard output", "--reporter json=target/report.json"],
    [["junit=target/a", "github", "json=target/../target/a"], "error[RT0001]: the reporters junit and json would both write to target/a", "of its own"],
    [["githbu"], 'error[RT0006]: there is no reporter "githbu" (known: ', 'did you mean "github"?'],
    [["junit=target/a/"], "error[RT0415]: cannot write target/a/: ", "check that the folder may be written"],
    [["junit=/nowhere/at/all.xml"], "error[RT0415]: cannot write /nowhere/at/all.xml: ", "check that the folder may be written"],
  ])("--reporter %j", async (names, message, help) => {
    mkdirSync(join(failing.directory, "target", "a"), { recursive: true });
    const ended = await failing.run("build", "--reporter", ...names);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr.startsWith(message)).toBe(true);
    expect(ended.stderr).toContain(help);
  });

  test("a summary that cannot be written is a warning: the build was what it was", async () => {
    const project = await minimalProject();
    const ended = await retain(project.directory, ["build", "--reporter", "github"], github({ GITHUB_STEP_SUMMARY: "/nowhere/summary.md" }));
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(/^warning\[RT0415\]: cannot write \/nowhere\/summary\.md: /);
  });
});
