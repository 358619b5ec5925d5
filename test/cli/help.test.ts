/** The help: it loads next to nothing, and leaves no command, argument or option without a word about it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { mainFile, minimalProject, type Project, projectIn, retain, startProcess, temporaryFolder } from "./program-process.ts";

/** Writes one line for each module that Node resolves, whether imported or required. */
const recorder = `import { appendFileSync } from "node:fs";
import module from "node:module";
const log = process.env["MODULE_LOG"];
if (log !== undefined) {
  const hooks = \`
    import { appendFileSync } from "node:fs";
    export async function resolve(specifier, context, next) {
      const found = await next(specifier, context);
      appendFileSync(\${JSON.stringify(log)}, found.url + "\\\\n");
      return found;
    }\`;
  module.register("data:text/javascript," + encodeURIComponent(hooks));
  process.on("exit", () => appendFileSync(log, Object.keys(module._cache).map((file) => file + "\\n").join("")));
}
`;

let hooks: Project;
beforeAll(() => {
  hooks = projectIn(temporaryFolder());
  hooks.write({ "record-modules.mjs": recorder });
});

/** The packages that a command loads, sorted. */
async function packagesOf(cwd: string, parameters: readonly string[]): Promise<readonly string[]> {
  const log = join(temporaryFolder(), "modules.txt");
  const hook = pathToFileURL(hooks.path("record-modules.mjs")).href;
  const ended = await startProcess(process.execPath, ["--import", hook, mainFile, ...parameters], { cwd, env: { MODULE_LOG: log } }).ended;
  expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/error/i) });
  const modules = readFileSync(log, "utf8").replaceAll("\\", "/").split("\n");
  expect(modules.some((file) => file.endsWith("/dist/cli/main.js"))).toBe(true);
  const packages = modules.flatMap((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(packages)].toSorted();
}

describe("what is loaded", () => {
  test("by --version: no package at all", async () => {
    expect(await packagesOf("/", ["--version"])).toEqual([]);
  });

  test.each([["--help"], ["build --help"], ["help export"]])("by %s: the reader of the command line alone", async (line) => {
    expect(await packagesOf("/", line.split(" "))).toEqual(["commander"]);
  });

  test("by commands that open no database: not the database, and no parser that is not needed", async () => {
    const project = await minimalProject();
    expect(await packagesOf(project.directory, ["list"])).toEqual(["commander", "zod"]);
    expect(await packagesOf(project.directory, ["__complete", "--", "build", "-t", "p"])).toEqual(["yaml"]);
    // What is not loaded above is seen by the same hook when it is.
    expect(await packagesOf(project.directory, ["build"])).toEqual(expect.arrayContaining(["@duckdb/node-api"]));
  });

  test("by a build: no more than its database and its parsers", async () => {
    const project = await minimalProject();
    expect(await packagesOf(project.directory, ["build"])).not.toContain("kysely");
    expect(await packagesOf(project.directory, ["export", "status"])).toContain("kysely");
  });
});

interface Item {
  readonly section: string;
  readonly term: string;
  readonly description: string;
}

/** The entries of a help page. A description that does not fit goes on in deeper indented lines. */
function itemsOf(help: string): readonly Item[] {
  let section = "";
  return help.split("\n").flatMap((line): readonly Item[] => {
    const heading = /^(\w+):$/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    const item = /^ {2}(\S.*?)(?: {2,}(\S.*))?$/.exec(line);
    return heading === undefined && item ? [{ section, term: item[1] ?? "", description: item[2] ?? "" }] : [];
  });
}

async function helpOf(...parameters: readonly string[]): Promise<string> {
  const ended = await retain("/", [...parameters, "--help"]);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return ended.stdout;
}

const commandsIn = (help: string): readonly string[] =>
  itemsOf(help)
    .filter(({ section }) => section === "Commands")
    .map(({ term }) => term.split(/[ |]/, 1)[0] ?? "")
    .filter((name) => name !== "help");

describe("what it says", () => {
  test("every command, argument and option has a description", async () => {
    const main = await helpOf();
    const commands = commandsIn(main);
    expect(commands).toEqual(
      expect.arrayContaining([
        "init",
        "debug",
        "parse",
        "list",
        "compile",
        "show",
        "seed",
        "run",
        "test",
        "build",
        "export",
        "explain",
        "schema",
        "clean",
        "sample",
      ]),
    );
    const pages: (readonly [string, string])[] = [["", main]];
    for (const name of commands) pages.push([name, await helpOf(name)]);
    for (const [name, page] of [...pages])
      if (name === "export") for (const action of commandsIn(page)) pages.push([`export ${action}`, await helpOf("export", action)]);
    expect(pages.length).toBeGreaterThan(18);
    for (const [name, page] of pages) {
      const items = itemsOf(page);
      expect(items.length).toBeGreaterThan(0);
      expect([name, items.filter(({ description }) => description.length < 4)]).toEqual([name, []]);
      expect(page.startsWith(`Usage: retain ${name}`.trimEnd())).toBe(true);
    }
  });

  test("what goes together has the same options everywhere", async () => {
    const terms = async (...parameters: string[]) => itemsOf(await helpOf(...parameters)).map(({ term }) => term);
    const shared = [
      "-t, --target <name>",
      "--vars <yaml>",
      "--project-dir <dir>",
      "-q, --quiet",
      "--json",
      "--debug",
      "--color",
      "--no-color",
      "--warn-error",
      "--lock-timeout <seconds>",
    ];
    expect(await terms("debug")).toEqual(expect.arrayContaining(shared));
    expect(await terms("export", "run")).toEqual(expect.arrayContaining([...shared, "--dry-run"]));
    const build = await terms("build");
    expect(build).toEqual(
      expect.arrayContaining([
        ...shared,
        "-s, --select <criteria...>",
        "--exclude <criteria...>",
        "--threads <number>",
        "-x, --fail-fast",
        "--dry-run",
        "--test-failure-exit-code <number>",
      ]),
    );
    expect(await terms("test")).toEqual(build);
  });

  test("the exit codes and the way to more", async () => {
    const help = await helpOf();
    expect(help).toContain("\nExit codes: 0 ok; 1 it ran and something failed; 2 nothing was run; 130/143 interrupted.\n");
    expect(help).toContain("retain explain RT0203");
  });
});
