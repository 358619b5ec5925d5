/** Several processes at one warehouse: readers beside each other, writers in turn, and everybody told who is waited for. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Ended, minimalProject, type Project, type Running, retain, startRetain } from "./program-process.ts";

const endless = 10_000_000_000_000;
const audience = `models:
  - name: audience_buyers
    config: {materialized: table}
    sql: select distinct customer_id, true as consent from {{ref "raw_orders"}}
    columns: [{name: customer_id, tests: [unique, not_null]}]
  - name: slow
    config: {materialized: table}
    sql: select count(*) as n from range({{var "size" 3}}) as r where r.range % 7 = 9
`;

let built: Project;
let servers: Server[] = [];

beforeAll(async () => {
  built = await minimalProject();
  built.write({
    "retain.yml": `${built.read("retain.yml")}
destinations:
  hook: {type: webhook, url: "\${HOOK_URL:-http://127.0.0.1:1/}", secret: a-secret-of-many-letters}
`,
    "models/audience.yml": audience,
    "exports/buyers.yml": `exports:
  - name: buyers
    model: audience_buyers
    primary_key: customer_id
    destination: hook
    audience: {name: Buyers}
    mode: mirror
    identifiers: {EXTERN_ID: customer_id}
    consent: {column: consent}
    guards: {min_size: 1}
`,
  });
  expect(await built.run("build")).toMatchObject({ code: 0 });
});

afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

/** Notes lie among the temporary files, which each test has for itself here. */
function isolated(project: Project) {
  mkdirSync(project.path("tmp"));
  const env = { TMPDIR: project.path("tmp"), TEMP: project.path("tmp"), TMP: project.path("tmp") };
  return {
    run: (...parameters: readonly string[]): Promise<Ended> => retain(project.directory, parameters, env),
    start: (...parameters: readonly string[]): Running => startRetain(parameters, { cwd: project.directory, env }),
    notes: () => readdirSync(project.path("tmp")).filter((name) => name.startsWith("retain-")),
  };
}

const since = String.raw`since \d\d:\d\d:\d\d`;

describe("who holds the warehouse", () => {
  test("is told with its command, its process and since when; nothing is left of it afterwards", async () => {
    const project = built.copy();
    const { run, start, notes } = isolated(project);
    const first = start("build", "--select", "slow", "--vars", `{size: ${endless}}`, "--reporter", "ndjson");
    await first.until(/"type":"node_started","unique_id":"model\.my_project\.slow"/);
    const holder = String.raw`(retain build \(PID ${first.child.pid}, ${since}\))`;
    for (const [command, what] of [
      ["build", "a writer"],
      ["test", "a reader"],
      ["show customers", "a reader"],
    ] as const) {
      const ended = await run(...command.split(" "), "--lock-timeout", "0");
      expect(ended, what).toMatchObject({ code: 2, stdout: "" });
      expect(ended.stderr).toMatch(new RegExp(String.raw`^error\[RT0501\]: .*warehouse\.duckdb is held by ${holder}\n   = help: `));
    }
    const patient = start("build", "--select", "customers", "--lock-timeout", "60");
    await patient.until(new RegExp(`^waiting for .*warehouse\\.duckdb: it is held by ${holder}\n`));
    expect(await first.kill("SIGINT")).toMatchObject({ code: 130 });
    const done = await patient.ended;
    expect(done).toMatchObject({ code: 0 });
    expect(done.stderr).toMatch(/warehouse\.duckdb is free now\n/);
    expect(notes()).toEqual([]);
  });

  test("is not told from the note of a process that was killed", async () => {
    const project = built.copy();
    const { run, start, notes } = isolated(project);
    const first = start("build", "--select", "slow", "--vars", `{size: ${endless}}`, "--reporter", "ndjson");
    await first.until(/"type":"node_started","unique_id":"model\.my_project\.slow"/);
    await first.kill("SIGKILL");
    expect(notes()).toHaveLength(1);
    const second = start("build", "--select", "slow", "--vars", `{size: ${endless}}`, "--reporter", "ndjson");
    await second.until(/"type":"node_started","unique_id":"model\.my_project\.slow"/);
    const ended = await run("show", "customers", "--lock-timeout", "0");
    expect(ended.stderr).toContain(`is held by retain build (PID ${second.child.pid}, since `);
    expect(await second.kill("SIGINT")).toMatchObject({ code: 130 });
    expect(notes()).toEqual([]);
  });
});

describe("reading commands", () => {
  test("work beside each other, and a writer is told which of them it waits for", async () => {
    const project = built.copy();
    const { run, start } = isolated(project);
    const reader = start("show", "--inline", `select count(*) as n from {{ref "customers"}}, range(${endless}) as r where r.range % 7 = 9`);
    await expect
      .poll(async () => (await run("build", "--lock-timeout", "0")).stderr, { timeout: 20_000 })
      .toContain(`is held by retain show (PID ${reader.child.pid}, since `);
    for (const command of ["show customers", "test", "list", "compile", "freshness", "debug", "export plan"]) {
      const ended = await run(...command.split(" "), "--lock-timeout", "0");
      expect(ended, `${command}: ${ended.stderr}`).toMatchObject({ code: 0 });
      expect(ended.stderr).not.toContain("RT0501");
    }
    expect(await reader.kill("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
  });

  test("leave the file as it is", async () => {
    const project = built.copy();
    const hash = () => createHash("sha256").update(readFileSync(project.warehouse)).digest("hex");
    const before = hash();
    for (const command of ["show customers", "test", "list", "parse", "compile", "freshness", "debug", "lint", "build --dry-run", "export list"]) {
      const ended = await project.run(...command.split(" "));
      expect(ended.stderr, command).not.toContain("error[");
      expect(hash(), command).toBe(before);
    }
  });
});

describe("an export that is under way", () => {
  test("holds no warehouse: a build beside it succeeds, and is recorded afterwards", async () => {
    const project = built.copy();
    const { run, start } = isolated(project);
    const held: ServerResponse[] = [];
    let letGo = false;
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        // What is asked before the delivery is answered at once.
        if (letGo || JSON.parse(body).event === "audience.check") response.end("{}");
        else held.push(response);
      });
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    project.write({ ".env": `HOOK_URL=${url}\n` });
    const exporting = start("export", "run", "buyers");
    await Promise.race([expect.poll(() => held.length, { timeout: 20_000 }).toBeGreaterThan(0), exporting.ended]);

    const build = await run("build", "--lock-timeout", "0.2");
    expect(build, build.stderr).toMatchObject({ code: 0 });
    expect(build.stderr).toMatch(
      new RegExp(
        String.raw`warning\[RT0509\]: this run could not be recorded yet: .*state\.duckdb is held by retain export run \(PID ${exporting.child.pid}, ${since}\)`,
      ),
    );
    const journals = () => readdirSync(project.path(".retain")).filter((name) => name.includes(".running-"));
    expect(journals()).toHaveLength(1);

    letGo = true;
    for (const response of held) response.end("{}");
    const exported = await exporting.ended;
    expect(exported, exported.stderr).toMatchObject({ code: 0 });
    expect(await run("export", "plan", "buyers")).toMatchObject({ code: 0 });
    expect(journals()).toEqual([]);
  });
});
