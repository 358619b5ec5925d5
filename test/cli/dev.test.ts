/** `retain dev` as a process: what an edit builds, what is said of mistakes, who may read between rounds, and how it ends. */
import { renameSync } from "node:fs";
import { expect, test } from "vitest";
import { type Files, type Project, projectIn, type Running, temporaryFolder } from "./program-process.ts";

const shop: Files = {
  "retain.yml":
    'name: shop\ntargets: {dev: {type: duckdb, path: "${WAREHOUSE:-warehouse.duckdb}"}, memory: {type: duckdb, path: ":memory:"}}\nvars: {floor: 0}\n',
  "seeds/raw_orders.csv": "id,amount\n1,10\n2,20\n",
  "models/shop.yml":
    "models:\n  - {name: orders, config: {materialized: table}, columns: [{name: id, tests: [unique]}]}\n  - {name: total}\n  - {name: other}\n",
  "models/orders.sql": "select id::integer as id, amount::integer as amount from {{ref 'raw_orders'}} where amount > {{var 'floor'}}",
  "models/total.sql": "select sum(amount)::integer as total from {{ref 'orders'}}",
  "models/other.sql": "select 1 as x",
};

interface Round {
  /** Waits for the end of the next round and gives what was said in it. */
  readonly next: () => Promise<string>;
  readonly running: Running;
}

function startDev(project: Project, ...parameters: readonly string[]): Round {
  const running = project.start("dev", ...parameters);
  let said = "";
  for (const stream of [running.child.stdout, running.child.stderr]) stream?.on("data", (text: string) => (said += text));
  let rounds = 0;
  let seen = 0;
  return {
    running,
    next: async () => {
      rounds++;
      await running.until(new RegExp(`(waiting for edits\\n[\\s\\S]*){${rounds}}`));
      const round = said.slice(seen);
      seen = said.length;
      return round;
    },
  };
}

test("a round for each edit: what was edited and what comes after it; mistakes end a round, and nothing else", async () => {
  const project = projectIn(temporaryFolder());
  project.write(shop);
  const dev = startDev(project);
  const total = async () => (await project.rows("select total from total"))[0]?.["total"];

  expect(await dev.next()).toMatch(/^retain dev: builds what you edit, Ctrl-C ends\nbuilding other, raw_orders, orders, total\n/);
  // Between rounds the file is nobody's.
  expect(await total()).toBe(30);

  project.write({ "models/orders.sql": "select id::integer as id, 2 * amount::integer as amount from {{ref 'raw_orders'}}" });
  expect(await dev.next()).toMatch(/^models\/orders\.sql changed\nbuilding orders, total; 2 as before\n[^\n]*Build succeeded/);
  expect(await total()).toBe(60);

  project.write({ "models/orders.sql": "select idd as id, 1 as amount from {{ref 'raw_orders'}}" });
  expect(await dev.next()).toMatch(/--> models\/orders\.sql:1:8\n[\s\S]*not all is built; waiting for edits\n$/);
  expect(await total()).toBe(60);

  project.write({ "models/orders.sql": "select 1 as id, amount::integer as amount from {{ref 'raw_orders'}}" });
  expect(await dev.next()).toMatch(/fail +test +unique orders\.id[\s\S]*tests failed; waiting for edits\n$/);

  project.write({ "models/orders.sql": "select 1 as id, amount from {{ref 'raw_order'}}" });
  expect(await dev.next()).toMatch(/error\[RT0203\]: unknown model "raw_order"\n[\s\S]*the project has errors; waiting for edits\n$/);

  project.edit("models/orders.sql", "select 1 as id, amount from {{ref 'raw_order'}}", String(shop["models/orders.sql"]));
  await dev.next();
  expect(await total()).toBe(30);

  project.edit("retain.yml", "floor: 0", "floor: 15");
  expect(await dev.next()).toMatch(/^retain\.yml changed\nbuilding orders, total; /);
  expect(await total()).toBe(20);

  project.write({ "seeds/raw_orders.csv": "id,amount\n1,10\n2,20\n3,50\n" });
  expect(await dev.next()).toMatch(/^seeds\/raw_orders\.csv changed\nbuilding raw_orders, orders, total; /);
  expect(await total()).toBe(70);

  project.write({ "models/more/late.yml": "models: [{name: late, sql: \"select * from {{ref 'total'}}\"}]\n" });
  expect(await dev.next()).toMatch(/^models\/more\/late\.yml added\nbuilding late; /);
  renameSync(project.path("models", "other.sql"), project.path("models", "renamed.sql"));
  expect(await dev.next()).toMatch(/^models\/other\.sql deleted, models\/renamed\.sql added\n[\s\S]*error\[RT0202\][\s\S]*the project has errors/);
  project.edit("models/shop.yml", "other", "renamed");
  expect(await dev.next()).toMatch(/^models\/shop\.yml changed\nbuilding renamed; /);

  project.write({ ".env": "WAREHOUSE=elsewhere.duckdb\n" });
  expect(await dev.next()).toMatch(/^\.env added\nbuilding /);

  project.write({ "notes.txt": "nothing of the project", "out/file.csv": "x\n1\n", "models/other.txt": "x" });
  project.write({ "models/renamed.sql": "select 2 as x" });
  expect(await dev.next()).toMatch(/^models\/renamed\.sql changed\nbuilding renamed; /);

  const ended = await dev.running.kill("SIGINT");
  expect([ended.code, ended.stderr.endsWith("waiting for edits\nstopped\n")]).toEqual([130, true]);
  expect(ended.stdout + ended.stderr).not.toContain("\u001b");
});

test("what is edited during a build is built after it; --select narrows; Ctrl-C interrupts a build and leaves the warehouse whole", async () => {
  const project = projectIn(temporaryFolder());
  project.write({
    ...shop,
    "models/slow.yml":
      'models: [{name: slow, config: {materialized: table}, sql: "select count(*) as n from range(9000) a, range(9000) b where (a.range * b.range) % 7 = 1"}]\n',
  });
  const dev = startDev(project, "--select", "slow", "other");
  await dev.running.until(/^building /m);
  project.write({ "models/other.sql": "select 3 as x", "models/total.sql": "select 1 as total" });
  await dev.next();
  expect(await dev.next()).toMatch(/^models\/other\.sql changed, models\/total\.sql changed\n/);
  expect(await project.rows("select x from other")).toEqual([{ x: 3 }]);
  expect(await project.rows("select table_name from information_schema.tables where table_schema = 'main' order by 1")).toEqual([
    { table_name: "other" },
    { table_name: "slow" },
  ]);

  project.edit("models/slow.yml", "range(9000) a, range(9000) b", "range(900000) a, range(900000) b");
  await dev.running.until(/slow\.yml changed\nbuilding slow/);
  const ended = await dev.running.kill("SIGINT");
  expect([ended.code, ended.stderr.endsWith("stopped\n")]).toEqual([130, true]);
  expect(await project.rows("select x from other")).toEqual([{ x: 3 }]);
});

test("a target in memory is refused; without a project there is nothing to watch", async () => {
  const project = projectIn(temporaryFolder());
  project.write(shop);
  const dev = startDev(project, "--target", "memory");
  expect(await dev.next()).toMatch(/error\[RT0515\]: target "memory" is in memory/);
  expect((await dev.running.kill("SIGTERM")).code).toBe(143);
  expect(await projectIn(temporaryFolder()).run("dev")).toMatchObject({ code: 2, stderr: expect.stringContaining("RT0101") });
});

test("the files of a package are watched, too, also when it comes later", async () => {
  const project = projectIn(temporaryFolder());
  project.write({
    ...shop,
    "node_modules/deep/retain.yml": "name: deep\n",
    "node_modules/deep/models/d.yml": 'models: [{name: d, sql: "select 1 as x"}]\n',
  });
  const dev = startDev(project);
  await dev.next();
  project.write({ "retain.yml": `${shop["retain.yml"]}packages: [deep]\n` });
  expect(await dev.next()).toMatch(/^retain\.yml changed\nbuilding d; /);
  project.edit("node_modules/deep/models/d.yml", "select 1", "select 2");
  expect(await dev.next()).toMatch(/^node_modules\/deep\/models\/d\.yml changed\nbuilding d; /);
  expect((await dev.running.kill("SIGINT")).code).toBe(130);
});
