/** The programmatic API as programs use it: the built package, several projects and runs at once, and mistakes as values. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { type Files, type Project as Folder, projectIn, queryFile, repository, retain, startProcess, temporaryFolder } from "../cli/program-process.ts";

const { openProject } = (await import(pathToFileURL(join(repository, "dist", "index.js")).href)) as typeof import("../../src/index.ts");

const shop: Files = {
  "retain.yml": "name: shop\ntargets:\n  dev: {type: duckdb, path: warehouse.duckdb}\n  other: {type: duckdb, path: other.duckdb}\nvars: {floor: 0}\n",
  "seeds/raw_orders.csv": "order_id,amount\n1,10\n2,20\n3,-5\n",
  "models/shop.yml": [
    "seeds: [{name: raw_orders, columns: [{name: order_id, data_type: integer}, {name: amount, data_type: integer}]}]",
    "models:",
    "  - name: orders",
    "    sql: \"select *, {{literal run.invocation_id}} as built_by from {{ref 'raw_orders'}} where amount > {{var 'floor'}}\"",
    "    config: {materialized: table}",
    "    columns: [{name: order_id, tests: [unique]}]",
    "  - name: total",
    "    sql: \"select sum(amount) as amount from {{ref 'orders'}}\"",
    "",
  ].join("\n"),
};

function folderWith(files: Files): Folder {
  const folder = projectIn(temporaryFolder());
  folder.write(files);
  return folder;
}

async function opened(folder: Folder, options: Parameters<typeof openProject>[0] = {}) {
  const result = await openProject({ projectDir: folder.directory, environment: {}, ...options });
  if (!result.ok) throw new Error(result.problems.map(({ text }) => text).join("\n"));
  return result.project;
}

describe("a project", () => {
  test("is opened, compiled, planned and run; the command line goes on from there", async () => {
    const folder = folderWith(shop);
    const project = await opened(folder);
    expect(project).toMatchObject({ name: "shop", directory: folder.directory, target: "dev" });
    expect(project.nodes.find(({ name }) => name === "total")).toMatchObject({ file: "models/shop.yml", dependsOn: ["model.shop.orders"] });

    const compiled = await project.compile({ select: "total" });
    expect(compiled.ok && compiled.nodes).toEqual([
      { uniqueId: "model.shop.total", name: "total", kind: "model", sql: 'select sum(amount) as amount from "main"."orders"' },
    ]);
    const planned = await project.plan({ select: ["orders+"] });
    expect(planned.ok && planned.stages.map(({ name, tests }) => [name, tests.length])).toEqual([
      ["orders", 1],
      ["total", 0],
    ]);
    expect(existsSync(folder.warehouse)).toBe(false);
    expect(existsSync(folder.path("target"))).toBe(false);

    const events: string[] = [];
    const report = await project.run({ onEvent: ({ type }) => events.push(type) });
    expect(report).toMatchObject({ status: "ok", ok: true, problems: [] });
    expect(events[0]).toBe("run_started");
    expect(events.at(-1)).toBe("run_finished");
    expect(await folder.rows("select amount::integer as amount from total")).toEqual([{ amount: 30 }]);
    expect(JSON.parse(folder.read("target/run_results.json"))).toMatchObject({ metadata: { invocation_id: report.result?.invocationId } });
    expect((await retain(folder.directory, ["retry"])).stderr).toContain("nothing to retry");
  });

  test("stays as it was read, and each run has an id and a time of its own", async () => {
    const folder = folderWith(shop);
    const project = await opened(folder, { vars: { floor: 15 } });
    folder.edit("models/shop.yml", "sum(amount)", "count(*)");
    const [first, second] = [await project.run(), await project.run()];
    expect(await folder.rows("select amount::integer as amount from total")).toEqual([{ amount: 20 }]);
    expect(await folder.rows("select distinct built_by from orders")).toEqual([{ built_by: second.result?.invocationId }]);
    expect(first.result?.invocationId).not.toBe(second.result?.invocationId);
    expect((await (await opened(folder)).run()).ok).toBe(true);
    expect(await folder.rows("select amount::integer as amount from total")).toEqual([{ amount: 2 }]);
  });
});

describe("mistakes are values", () => {
  const broken = 'models: [{name: total, sql: "select * from {{ref \'oders\'}}"}, {name: orders, sql: "select 1 as x"}]\n';

  test("of the project: all of them, each with its place and its text", async () => {
    const folder = folderWith({ "retain.yml": shop["retain.yml"] ?? "", "models/m.yml": broken });
    const result = await openProject({ projectDir: folder.directory, environment: {} });
    expect(result.ok).toBe(false);
    expect(result.problems).toEqual([expect.objectContaining({ code: "RT0203", severity: "error", file: "models/m.yml", line: 1, column: 44 })]);
    expect(result.problems[0]?.help).toContain('"orders"');
    expect(result.problems[0]?.text).toMatch(/^error\[RT0203\].*\n.*--> models\/m\.yml:1:44\n/);
  });

  test.each<[string, Parameters<typeof openProject>[0], string, boolean]>([
    ["no project", { cwd: temporaryFolder() }, "RT0101", false],
    ["no such target", { target: "prod" }, "RT0106", false],
    ["a variable that nobody reads is a warning", { vars: { flor: 1 } }, "RT0027", true],
    ["and with warnError an error", { vars: { flor: 1 }, warnError: true }, "RT0027", false],
  ])("of the call: %s", async (_, options, code, ok) => {
    const folder = folderWith(shop);
    const where = options?.cwd === undefined ? { projectDir: folder.directory } : {};
    const result = await openProject({ ...where, environment: {}, ...options });
    expect([result.ok, result.problems.map((problem) => problem.code)]).toEqual([ok, [code]]);
  });

  test("of a call: an option that there is not, or of another kind, opens, compiles and runs nothing", async () => {
    const folder = folderWith(shop);
    const project = await opened(folder);
    const messages = ({ problems }: { readonly problems: readonly { readonly message: string; readonly help: string | undefined }[] }) =>
      problems.map(({ message, help }) => `${message}${help === undefined ? "" : `; ${help}`}`);
    const wrong = (options: object) => options as never;
    expect(messages(await project.run(wrong({ slect: "total" })))).toEqual(['run: there is no option "slect"; did you mean "select"?']);
    expect(messages(await project.run(wrong({ command: "biuld", threads: -1, select: 5 })))).toHaveLength(3);
    expect(messages(await project.run(wrong({ signal: "now", onEvent: 3 })))).toHaveLength(2);
    expect(messages(await project.plan(wrong({ failfast: true })))[0]).toMatch(/^plan: there is no option "failfast"; /);
    expect(messages(await project.compile(wrong({ fullRefresh: true })))[0]).toMatch(/^compile: there is no option "fullRefresh"; /);
    expect(messages(await openProject(wrong({ projectDir: folder.directory, tarjet: "dev" })))).toEqual([
      'openProject: there is no option "tarjet"; did you mean "target"?',
    ]);
    expect(existsSync(folder.warehouse)).toBe(false);
    expect(await openProject({ projectDir: folder.directory, environment: process.env })).toMatchObject({ ok: true });
  });

  test("of a run: options, selections, a failed test, SQL that the database refuses", async () => {
    const folder = folderWith({ ...shop, "seeds/raw_orders.csv": "order_id,amount\n1,10\n1,20\n" });
    const project = await opened(folder);
    expect(await project.run({ sample: "half" })).toMatchObject({ status: "not run", result: undefined, problems: [{ code: "RT0001" }] });
    expect(await project.run({ empty: true, sample: "5" })).toMatchObject({ status: "not run", problems: [{ code: "RT0001" }] });
    expect(await project.run({ selector: "nightly" })).toMatchObject({ status: "not run", problems: [{ severity: "error" }] });
    expect(await project.plan({ select: "state:new" })).toMatchObject({ ok: false, problems: [{ severity: "error" }] });
    expect(await project.run()).toMatchObject({ status: "tests failed", ok: false });
    folder.edit("models/shop.yml", "sum(amount)", "sum(amuont)");
    const report = await (await opened(folder)).run({ command: "run" });
    expect(report.status).toBe("failed");
    expect(report.problems).toEqual([expect.objectContaining({ file: "models/shop.yml", line: 8, column: 22 })]);
  });

  test("secrets of the environment stand in no problem and no event", async () => {
    const folder = folderWith({
      "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: w.duckdb, settings: {memory_limit: "${LIMIT}"}}}\n',
      "models/m.yml": 'models: [{name: m, config: {materialized: table}, sql: "select error(\'{{env \\"API_TOKEN\\"}}\') as x"}]\n',
    });
    const said: string[] = [];
    const project = await opened(folder, { environment: { LIMIT: "1GB", API_TOKEN: "s3cret-s3cret" } });
    const report = await project.run({ onEvent: (event) => said.push(JSON.stringify(event)) });
    expect(report.status).toBe("failed");
    expect(said.join() + JSON.stringify(report)).not.toContain("s3cret-s3cret");
  });
});

describe("at once", () => {
  test("two projects, and two targets of one project", async () => {
    const folders = [folderWith(shop), folderWith(shop)] as const;
    const projects = await Promise.all([opened(folders[0]), opened(folders[1], { vars: { floor: 15 } }), opened(folders[0], { target: "other" })]);
    const reports = await Promise.all(projects.map((project) => project.run()));
    expect(reports.map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
    const amount = "select amount::integer as amount from total";
    expect(await Promise.all([...folders.map(({ warehouse }) => warehouse), folders[0].path("other.duckdb")].map((file) => queryFile(file, amount)))).toEqual([
      [{ amount: 30 }],
      [{ amount: 20 }],
      [{ amount: 30 }],
    ]);
  });

  test("two runs of one warehouse: the second waits, or is refused, or stops waiting when it is told to", async () => {
    const folder = folderWith({
      ...shop,
      "models/slow.yml":
        'models: [{name: slow, config: {materialized: table}, sql: "select count(*) as n from range(30000) a, range(30000) b where a.range % 7 = b.range % 5"}]\n',
    });
    const project = await opened(folder);
    const slow = new AbortController();
    let long: ReturnType<typeof project.run> | undefined;
    await new Promise<void>((begun) => {
      long = project.run({ select: "slow", signal: slow.signal, onEvent: ({ type }) => type === "node_started" && begun() });
    });
    const refused = await project.run({ select: "orders", lockTimeoutSeconds: 0 });
    expect(refused).toMatchObject({ status: "not run", result: undefined, problems: [{ code: "RT0501" }] });
    const impatient = new AbortController();
    const waiting = project.run({ select: "orders", signal: impatient.signal, lockTimeoutSeconds: 600 });
    impatient.abort();
    expect(await waiting).toMatchObject({ status: "interrupted", result: undefined });
    const patient = project.run({ select: "raw_orders+", lockTimeoutSeconds: 600 });
    slow.abort();
    expect(await long).toMatchObject({ status: "interrupted", ok: false, result: { interrupted: true } });
    expect((await patient).status).toBe("ok");
  });

  test("a listener that throws stops the run, which is written down before the error is thrown", async () => {
    const folder = folderWith(shop);
    const project = await opened(folder);
    const fault = new Error("the listener is broken");
    const run = project.run({
      threads: 1,
      onEvent: ({ type }) => {
        if (type === "node_finished") throw fault;
      },
    });
    await expect(run).rejects.toBe(fault);
    expect(JSON.parse(folder.read("target/run_results.json")).results.map(({ status }: { status: string }) => status)).toContain("skipped");
    expect((await project.run()).status).toBe("ok");
  });
});

describe("a program of somebody else", () => {
  const home = temporaryFolder();
  mkdirSync(join(home, "node_modules"));
  symlinkSync(repository, join(home, "node_modules", "retain"), "junction");
  writeFileSync(join(home, "package.json"), '{"type": "module"}');

  test("in JavaScript: nothing is written to its console, and its environment and exit code are its own", async () => {
    const folder = folderWith({ ...shop, "seeds/raw_orders.csv": "order_id,amount\n1,10\n1,20\n", ".env": "ONLY_HERE=1\n" });
    const program = `
      import { openProject } from "retain";
      const before = JSON.stringify(process.env);
      const { project } = await openProject({ projectDir: process.argv[2] });
      const reports = [await project.run(), await (await openProject({ projectDir: process.argv[2], target: "nowhere" }))];
      process.stdout.write(JSON.stringify({ status: reports[0].status, ok: reports[1].ok, same: before === JSON.stringify(process.env), code: process.exitCode ?? null }));
    `;
    writeFileSync(join(home, "program.js"), program);
    const running = startProcess(process.execPath, ["program.js", folder.directory], { cwd: home });
    running.child.stdin?.end();
    expect(await running.ended).toEqual({ code: 0, signal: null, stderr: "", stdout: '{"status":"tests failed","ok":false,"same":true,"code":null}' });
  });

  test("in strict TypeScript: the declarations compile, with all that they import, and tell results from problems", async () => {
    writeFileSync(
      join(home, "program.ts"),
      [
        'import { openProject, type Problem, type RunEvent, type RunReport } from "retain";',
        "export async function nightly(signal: AbortSignal): Promise<RunReport | readonly Problem[]> {",
        '  const opened = await openProject({ projectDir: "warehouse", target: "prod", vars: { as_of: "2026-06-30" } });',
        "  if (!opened.ok) return opened.problems;",
        "  const { project } = opened;",
        '  const compiled = await project.compile({ select: ["marts", "tag:nightly"], exclude: "stg_orders" });',
        "  const sql: readonly string[] = compiled.ok ? compiled.nodes.map((node) => node.sql) : [];",
        '  const planned = await project.plan({ command: "build", changed: true });',
        "  const failed: string[] = planned.ok ? [] : planned.problems.map(({ file, line }) => `${file ?? sql.length}:${line ?? 0}`);",
        "  const onEvent = (event: RunEvent): void => {",
        '    if (event.type === "node_finished" && event.result.status === "fail") failed.push(event.result.uniqueId);',
        "  };",
        '  return project.run({ command: "build", threads: 4, failFast: true, signal, onEvent });',
        "}",
        "// @ts-expect-error: a command that there is not",
        'export const wrong = async () => { const o = await openProject(); if (o.ok) await o.project.run({ command: "deploy" }); };',
        "",
      ].join("\n"),
    );
    const [, documented = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(repository, "src", "docs", "reference", "programs.md"), "utf8")) ?? [];
    writeFileSync(join(home, "documented.ts"), documented);
    const types = JSON.stringify(join(repository, "node_modules", "@types"));
    writeFileSync(
      join(home, "tsconfig.json"),
      `{"compilerOptions": {"strict": true, "exactOptionalPropertyTypes": true, "noUncheckedIndexedAccess": true, "module": "nodenext", "target": "es2023", "noEmit": true, "skipLibCheck": false, "types": ["node"], "typeRoots": [${types}]}, "files": ["program.ts", "documented.ts"]}`,
    );
    const running = startProcess(process.execPath, [join(repository, "node_modules", "typescript", "bin", "tsc"), "-p", "."], { cwd: home });
    running.child.stdin?.end();
    expect(await running.ended).toMatchObject({ code: 0, stdout: "" });
    expect(documented).toContain("openProject(");
  });
});
