/** The exit code of each outcome, and that a reader who goes away early is no error. 0 ok, 1 ran and failed, 2 not run. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Ended, minimalProject, type Project, retainOk, startRetain } from "./program-process.ts";

let sound: Project;
/** By name: changes of a built project, of which each test takes a copy. */
const states: Readonly<Record<string, (project: Project) => void>> = {
  sound: () => undefined,
  "a failing test": (project) => project.edit("models/customers.yml", "min_value: 0", "min_value: 50"),
  "a test that only warns": (project) => project.edit("models/customers.yml", "min_value: 0", "min_value: 50, severity: warn"),
  "a failing model": (project) => project.edit("models/customers.sql", "sum(amount)", "sum(amout)"),
  "a failing model and a failing test": (project) => {
    project.edit("models/customers.yml", "min_value: 0", "min_value: 50");
    project.write({ "models/broken.yml": "models: [{name: broken, sql: select nope}]\n" });
  },
  "a model that skips another": (project) => {
    project.edit("models/customers.sql", "sum(amount)", "sum(amout)");
    project.write({ "models/below.yml": `models: [{name: below, sql: 'select * from {{ref "customers"}}'}]\n` });
  },
  "a model named without ref": (project) => project.write({ "models/raw.yml": "models: [{name: raw, sql: select * from customers}]\n" }),
  "an unknown ref": (project) => project.edit("models/customers.sql", "raw_orders", "raw_order"),
};

beforeAll(async () => {
  sound = await minimalProject();
  await retainOk(sound.directory, ["build"]);
});

const table: readonly (readonly [state: string, line: string, code: number, said: RegExp])[] = [
  ["sound", "build", 0, /^Build succeeded in [^:]+: 8 ok$/m],
  ["sound", "build --warn-error", 0, /^Build succeeded/m],
  ["sound", "seed", 0, /^Seed succeeded in [^:]+: 1 ok$/m],
  ["sound", "run", 0, /^Run succeeded in [^:]+: 1 ok$/m],
  ["sound", "test", 0, /^Test succeeded in [^:]+: 6 ok$/m],
  ["sound", "parse", 0, /^the project is sound: /m],
  ["sound", "build --select nothing_like_this", 0, /^warning\[RT0002\]: the selection "nothing_like_this" matches nothing$/m],
  ["sound", "build --select nothing_like_this --warn-error", 2, /^error\[RT0002\]: the selection "nothing_like_this" matches nothing$/m],

  ["a failing test", "build", 1, /^Build failed in /m],
  ["a failing test", "test", 1, /^Test failed in [^:]+: 5 ok, 1 failed$/m],
  ["a failing test", "run", 0, /^Run succeeded/m],
  ["a failing test", "build --test-failure-exit-code 42", 42, /^Build failed in /m],
  ["a failing test", "test --test-failure-exit-code 42", 42, /^Test failed in /m],
  ["a failing test", "build --quiet", 1, /^error\[RT0407\]: test "accepted_range customers\.revenue" failed: 1 failing row$/m],

  ["a test that only warns", "build", 0, /^Build succeeded in [^:]+: 7 ok, 1 warning$/m],
  ["a test that only warns", "build --warn-error", 1, /^warning\[RT0413\]: test "accepted_range customers\.revenue" warns: 1 failing row$/m],
  ["a test that only warns", "test --warn-error", 1, /RT0413/],
  ["a test that only warns", "build --test-failure-exit-code 42", 0, /^Build succeeded/m],

  ["a failing model", "build", 1, /^error\[RT0402\]: unknown column "amout"$/m],
  ["a failing model", "build --test-failure-exit-code 42", 1, /RT0402/],
  ["a failing model", "show customers", 1, /^error\[RT0402\]: unknown column "amout"$/m],
  ["a failing model and a failing test", "build --test-failure-exit-code 42", 1, /RT0407/],
  ["a model that skips another", "build", 1, /^ {2}skip {2}below: "customers" failed$/m],
  ["a model that skips another", "build --fail-fast", 1, /skip {2}below/],

  ["a model named without ref", "parse", 0, /^warning\[RT0213\]: "customers" is a model of this project but is named without ref$/m],
  ["a model named without ref", "parse --warn-error", 2, /^error\[RT0213\]: "customers" is a model/m],
  ["an unknown ref", "build", 2, /^error\[RT0203\]: unknown model "raw_order"$/m],
  ["an unknown ref", "parse", 2, /RT0203/],
  ["an unknown ref", "list", 2, /RT0203/],
  ["an unknown ref", "compile", 2, /RT0203/],
  ["an unknown ref", "show customers", 2, /RT0203/],
  ["an unknown ref", "debug", 2, /RT0203/],
  ["an unknown ref", "clean", 0, /^deleted target\/ and \.retain\/cache\/$/m],
];

test.each(table)("%s: retain %s ends with %i", async (state, line, code, said) => {
  const project = sound.copy();
  const change = states[state];
  if (!change) throw new Error(`there is no state "${state}"`);
  change(project);
  const ended = await project.run(...line.split(" "));
  expect(ended).toMatchObject({ code, signal: null });
  expect(`${ended.stderr}${ended.stdout}`).toMatch(said);
  expect(`${ended.stderr}${ended.stdout}`).not.toMatch(/^\s+at |RT0901/m);
});

const usage: readonly (readonly [line: string, message: string, help: string])[] = [
  ["biuld", "error[RT0001]: unknown command 'biuld'", "did you mean build?"],
  ["export lsit", "error[RT0001]: unknown command 'lsit'", "did you mean list?"],
  ["build --selct customers", "error[RT0001]: unknown option '--selct'", "did you mean --select?"],
  ["build --threads many", "error[RT0001]: option '--threads <number>' argument 'many' is invalid. It must be a whole number.", "`retain --help` lists"],
  ["show --limit -1 customers", "error[RT0001]: option '--limit <number>' argument '-1' is invalid. It must be a whole number.", "`retain --help` lists"],
  [
    "build --lock-timeout soon",
    "error[RT0001]: option '--lock-timeout <seconds>' argument 'soon' is invalid. It must be a number of seconds.",
    "`retain --help` lists",
  ],
  [
    "list --output xml",
    "error[RT0001]: option '--output <form>' argument 'xml' is invalid. Allowed choices are selector, name, path, json.",
    "`retain --help` lists",
  ],
  ["sample", "error[RT0001]: required option '--out <dir>' not specified", "`retain --help` lists"],
  ["build extra", "error[RT0001]: too many arguments for 'build'. Expected 0 arguments but got 1.", "`retain --help` lists"],
  ["show", "error[RT0001]: name a model, seed or test to show", "for example `retain show rfm_scores`"],
  ["explain RT0999", 'error[RT0001]: there is no error code "RT0999"', ""],
  ["schema projct", 'error[RT0001]: there is no schema "projct" (known: project, resources, selectors)', 'did you mean "project"?'],
  ["build --reporter prety", 'error[RT0006]: there is no reporter "prety" (known: pretty, concise, json, ndjson, github, junit)', 'did you mean "pretty"?'],
  ["build --target prod", 'error[RT0106]: there is no target "prod" (known: dev)', ""],
  ["build --vars [1]", "error[RT0005]: --vars is not a YAML mapping: it is [1]", "write --vars '{as_of: \"2026-06-30\"}', or --vars @file.yml"],
  ["build --vars {a", "error[RT0005]: --vars is not a YAML mapping: ", "write --vars"],
  ["build --select tga:nightly", 'error[RT0004]: "tga" is not a selector method (known: ', 'did you mean "tag"?'],
  ["build --select @customers+", 'error[RT0003]: cannot read the selection "@customers+": @ and a trailing + cannot be combined', ""],
  [
    "list --resource-type modle",
    "error[RT0001]: option '--resource-type <types...>' argument 'modle' is invalid. Allowed choices are model, ",
    'did you mean "model"?',
  ],
];

test.each(usage)("retain %s: exit 2 and a next step", async (line, message, help) => {
  const ended = await sound.run(...line.split(" "));
  expect(ended).toMatchObject({ code: 2, signal: null, stdout: "" });
  expect(ended.stderr.startsWith(message)).toBe(true);
  expect(ended.stderr).toContain(help === "" ? "" : `   = help: ${help}`);
  expect(ended.stderr).not.toMatch(/^\s+at |^error\[RT0901/m);
});

test.each([[[]], [["export"]], [["help", "biuld"]]])("%j alone says what there is, on stderr, and ends with 2", async (parameters) => {
  const ended = await sound.run(...parameters);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toMatch(/Usage: retain|unknown command/);
});

test.each(["--version", "-V", "--help", "-h", "help", "build --help", "export --help", "export run --help", "help build"])(
  "retain %s ends with 0, outside of a project too",
  async (line) => {
    const running = startRetain(line.split(" "), { cwd: "/" });
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(ended.stdout.trim()).not.toBe("");
  },
);

describe("a reader that has seen enough, as `| head -1` has", () => {
  /** Closes its end of stdout after the first text, or before any. */
  async function readLittle(project: Project, parameters: readonly string[], atOnce: boolean): Promise<Ended> {
    const running = startRetain(parameters, { cwd: project.directory });
    const { stdout } = running.child;
    if (atOnce) stdout?.destroy();
    else stdout?.once("data", () => stdout.destroy());
    return running.ended;
  }

  test.each([
    ["list", ["list"]],
    ["show", ["show", "raw_orders"]],
    ["explain", ["explain"]],
    ["schema", ["schema"]],
    ["--help", ["--help"]],
  ])("%s ends quietly", async (_, parameters) => {
    for (const atOnce of [true, false]) {
      const ended = await readLittle(sound, parameters, atOnce);
      expect(ended).toMatchObject({ code: 0, signal: null });
      expect(ended.stderr).not.toMatch(/EPIPE|^\s+at /m);
    }
  });

  test("a build goes on, publishes, and ends as it would have", async () => {
    const project = sound.copy();
    project.edit("seeds/raw_orders.csv", "3,b", "4,c,2026-02-13,7.00\n3,b");
    const ended = await readLittle(project, ["build", "--reporter", "ndjson"], true);
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(await project.rows("select count(*)::integer as n from customers")).toEqual([{ n: 3 }]);
  });

  test("a failing build still fails", async () => {
    const project = sound.copy();
    states["a failing model"]?.(project);
    expect(await readLittle(project, ["build"], true)).toMatchObject({ code: 1, signal: null });
  });
});

test("the exit codes do not depend on color or on the width of the terminal", async () => {
  const project = sound.copy();
  states["a failing test"]?.(project);
  for (const env of [{ FORCE_COLOR: "1", COLUMNS: "40" }, { NO_COLOR: "1" }] as Record<string, string>[]) {
    const ended = await startRetain(["build"], { cwd: project.directory, env }).ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr.includes("\u001b[")).toBe("FORCE_COLOR" in env);
  }
});
