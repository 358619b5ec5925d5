/** The executor on random graphs, and what it does when something fails, is interrupted, or runs on several threads. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ancestorsOf, projectFiles, type RandomProject, randomProject } from "../fixtures/random-project.ts";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, type Ran, run } from "../fixtures/warehouse.ts";

const tables = randomProject({ largest: 8, materialized: ["view", "table"], canFail: true });

async function build(random: RandomProject, threads: number): Promise<Ran> {
  return run(temporaryProject(projectFiles(random)), await emptyWarehouse(), { threads });
}

/**
 * What should become of every node, told without the code under test. A test belongs to the one of its models that is made
 * from all its others; where there is none, it is a node of its own that holds back what is made from all that it reads.
 */
function expectedStatuses(random: RandomProject): Record<string, string> {
  const { models, tests } = random;
  const above = models.map((_, i) => ancestorsOf(random, i));
  const ownerOf = (reads: readonly number[]) => reads.find((one) => reads.every((other) => other === one || above[one]?.has(other)));
  const statuses: Record<string, string> = {};
  const isGood = (i: number) => statuses[`m${i}`] === "success";
  const runTest = (name: string, outcome: string, reads: readonly number[]) => {
    statuses[name] = reads.every(isGood) ? outcome : "skipped";
    return statuses[name];
  };
  models.forEach((model, i) => {
    const gates = tests.filter((one) => ownerOf(one.reads) === undefined && one.reads.every((read) => above[i]?.has(read)));
    const isHeld = gates.some((gate) => ["fail", "skipped"].includes(runTest(gate.name, gate.outcome, gate.reads) ?? ""));
    const attached = tests.filter((one) => ownerOf(one.reads) === i);
    const isSkipped = isHeld || ![...(above[i] ?? [])].every(isGood);
    if (isSkipped || model.isBroken) {
      statuses[model.name] = isSkipped ? "skipped" : "error";
      for (const { name } of attached) statuses[name] = "skipped";
    } else {
      for (const { name, outcome } of attached) statuses[name] = outcome;
      statuses[model.name] = attached.some(({ outcome }) => outcome === "fail") ? "error" : "success";
    }
  });
  for (const one of tests) if (ownerOf(one.reads) === undefined) runTest(one.name, one.outcome, one.reads);
  return statuses;
}

describe("on any graph", () => {
  test("exactly what builds on a failure is skipped, also across tests that span models", async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.constantFrom(1, 4), async (random, threads) => {
        const { result } = await build(random, threads);
        const statuses = Object.fromEntries(result.results.map((node) => [node.name, node.status]));
        const expected = expectedStatuses(random);
        expect(statuses).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test("every node of the plan finishes once, after all that it depends on, and no other does", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (random) => {
        const { plan, events, result } = await build(random, 4);
        const finished = new Map<string, number>();
        const started = new Map<string, number>();
        events.forEach((event, at) => {
          if (event.type === "node_started") started.set(event.uniqueId, at);
          if (event.type === "node_finished") {
            expect(finished.has(event.result.uniqueId)).toBe(false);
            finished.set(event.result.uniqueId, at);
          }
        });
        for (const stage of plan.stages) {
          expect(finished.has(stage.id)).toBe(true);
          const at = started.get(stage.id);
          if (at === undefined) expect(result.results.find((node) => node.uniqueId === stage.id)?.status).toBe("skipped");
          else for (const parent of stage.dependsOn) expect(finished.get(parent)).toBeLessThan(at);
        }
        expect(result.results.map((node) => node.uniqueId)).toEqual([...finished.keys()]);
        expect(events[0]).toMatchObject({ type: "run_started", total: finished.size });
        expect(events.at(-1)?.type).toBe("run_finished");
      }),
      { numRuns: 30 },
    );
  });

  test("what is in the warehouse is what succeeded, as what it was declared", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (random) => {
        const warehouse = await emptyWarehouse();
        const { result } = await run(temporaryProject(projectFiles(random)), warehouse, { threads: 4 });
        const good = result.results.filter((node) => node.kind === "model" && node.status === "success");
        expect(await warehouse.relations()).toEqual(good.map((node) => `main.${node.name} ${node.materialized}`).toSorted());
      }),
      { numRuns: 30 },
    );
  });

  test("one thread and four give the same rows", async () => {
    const sound = randomProject({ largest: 10, materialized: ["view", "table", "ephemeral"], canFail: false });
    await fc.assert(
      fc.asyncProperty(sound, async (random) => {
        const read = async (threads: number) => {
          const warehouse = await emptyWarehouse();
          const { statuses } = await run(temporaryProject(projectFiles(random)), warehouse, { threads });
          const relations = (await warehouse.relations()).map((text) => text.split(" ")[0] ?? "");
          const rows = [];
          for (const relation of relations) rows.push([relation, await warehouse.rows(`select * from ${relation}`)]);
          return { statuses, rows };
        };
        const one = await read(1);
        expect(await read(4)).toEqual(one);
        expect(one.rows).toEqual(expectedRows(random));
      }),
      { numRuns: 25 },
    );
  });
});

/** Each model's number and those of all that it reads, added up. */
function expectedRows({ models }: RandomProject): unknown {
  const sums: number[] = [];
  models.forEach(({ reads }, i) => {
    sums.push(i + 1 + reads.reduce((sum, parent) => sum + (sums[parent] ?? 0), 0));
  });
  return models
    .map((model, i) => [`main.${model.name}`, [[sums[i]]], model.materialized] as const)
    .filter(([, , materialized]) => materialized !== "ephemeral")
    .map(([name, rows]) => [name, rows])
    .toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

const chain = {
  "models/m.yml": `models:
  - {name: a, sql: select 1 as x}
  - {name: bad, sql: select nope}
  - {name: below, sql: 'select * from {{ref "bad"}}'}
  - {name: further, sql: 'select * from {{ref "below"}}', columns: [{name: x, tests: [not_null]}]}
  - {name: z, sql: 'select * from {{ref "a"}}'}
`,
};

describe("a failure", () => {
  test("is told with the name of what failed by everything below it", async () => {
    const { resultOf, statuses } = await run(temporaryProject(chain), await emptyWarehouse());
    expect(statuses).toEqual({ a: "success", bad: "error", z: "success", below: "skipped", "not_null further.x": "skipped", further: "skipped" });
    expect(resultOf("below").message).toBe('"bad" failed');
    expect(resultOf("further").message).toBe('"bad" failed');
  });

  test("lets those below go on with on_error: continue, from what was published before", async () => {
    const warehouse = await emptyWarehouse();
    const project = (x: number, bad: string, onError: string) =>
      temporaryProject({
        "models/m.yml": `models:
  - {name: a, config: {materialized: table${onError}}, sql: 'select ${x} as x${bad}', columns: [{name: x, tests: [{accepted_values: {values: [1], quote: false}}]}]}
  - {name: below, config: {materialized: table}, sql: 'select x, ${x} as run from {{ref "a"}}'}
  - {name: further, sql: 'select * from {{ref "below"}}'}
`,
      });
    const test = "accepted_values a.x";
    expect((await run(project(1, "", ", on_error: continue"), warehouse)).statuses).toMatchObject({ a: "success", below: "success" });
    expect((await run(project(2, "", ", on_error: continue"), warehouse)).statuses).toEqual({
      [test]: "fail",
      a: "error",
      below: "success",
      further: "success",
    });
    expect(await warehouse.rows("select x, run from further")).toEqual([[1, 2]]);
    expect((await run(project(3, ", nope", ", on_error: continue"), warehouse)).statuses).toMatchObject({ a: "error", below: "success" });
    expect((await run(project(4, ", nope", ", on_error: skip_children"), warehouse)).statuses).toMatchObject({
      a: "error",
      below: "skipped",
      further: "skipped",
    });
    expect((await run(project(5, ", nope", ""), warehouse)).statuses).toMatchObject({ a: "error", below: "skipped", further: "skipped" });
    expect(await warehouse.rows("select x, run from further")).toEqual([[1, 3]]);
  });

  test("ends the run at once with fail-fast", async () => {
    const files = {
      "models/m.yml": "models:\n  - {name: a, sql: select nope}\n  - {name: b, sql: select 1 as x}\n  - {name: c, sql: 'select * from {{ref \"b\"}}'}\n",
    };
    const { statuses, resultOf, result } = await run(temporaryProject(files), await emptyWarehouse(), { threads: 1, failFast: true });
    expect(statuses).toEqual({ a: "error", b: "skipped", c: "skipped" });
    expect(resultOf("c").message).toBe("the run stopped at the first failure");
    expect(result.interrupted).toBe(false);
  });

  test("of a test ends the run at once with fail-fast too, a warning does not", async () => {
    const files = (severity: string) => ({
      "models/m.yml": `models:\n  - {name: a, sql: select 1 as x, tests: [{expression_is_true: {name: t, expression: x > 1, severity: ${severity}}}]}\n  - {name: b, sql: select 1 as x}\n`,
    });
    const statusesOf = async (severity: string) =>
      (await run(temporaryProject(files(severity)), await emptyWarehouse(), { threads: 1, failFast: true })).statuses;
    expect(await statusesOf("error")).toEqual({ t: "fail", a: "error", b: "skipped" });
    expect(await statusesOf("warn")).toEqual({ t: "warn", a: "success", b: "success" });
  });

  test("to connect leaves every node with an error and an explanation", async () => {
    const warehouse = await emptyWarehouse();
    const database = {
      ...warehouse.database,
      connect: async () => {
        const connection = await warehouse.database.connect();
        await connection.execute("begin transaction read only");
        return connection;
      },
    };
    const ran = await run(temporaryProject({ "models/m.yml": "models: [{name: a, sql: select 1 as x, config: {schema: mart}}]\n" }), {
      ...warehouse,
      database,
    });
    expect(ran.statuses).toEqual({ a: "error" });
    expect(ran.events.filter((event) => event.type === "diagnostic")).toHaveLength(1);
  });
});

describe("an interruption", () => {
  const slow = "select sum(a.range * b.range) as x from range(10000000) as a, range(10000000) as b";

  test("stops what is running, rolls it back and skips the rest", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table slow as select 42 as x");
    const files = {
      "models/m.yml": `models:\n  - {name: quick, config: {materialized: table}, sql: select 1 as x}\n  - {name: slow, config: {materialized: table}, sql: '${slow} where a.range >= (select x from {{ref "quick"}})'}\n  - {name: after, sql: 'select * from {{ref "slow"}}'}\n`,
    };
    const abort = new AbortController();
    const { result, statuses, resultOf } = await run(temporaryProject(files), warehouse, {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === "node_started" && event.title === "slow") setTimeout(() => abort.abort(), 50);
      },
    });
    expect(result.interrupted).toBe(true);
    expect(statuses).toEqual({ quick: "success", slow: "error", after: "skipped" });
    expect(resultOf("slow").diagnostics.map((d) => d.code)).toEqual(["RT0411"]);
    expect(await warehouse.rows("select x from slow")).toEqual([[42]]);
    expect(await warehouse.relations()).toEqual(["main.quick table", "main.slow table"]);
  });

  test("before the run starts nothing", async () => {
    const warehouse = await emptyWarehouse();
    const abort = new AbortController();
    abort.abort();
    const { result, statuses, events } = await run(temporaryProject(chain), warehouse, { signal: abort.signal });
    expect(new Set(Object.values(statuses))).toEqual(new Set(["skipped"]));
    expect(result.interrupted).toBe(true);
    expect(events.some((event) => event.type === "node_started")).toBe(false);
    expect(await warehouse.relations()).toEqual([]);
  });

  test("leaves the connection of nobody open: the next run works", async () => {
    const warehouse = await emptyWarehouse();
    const project = temporaryProject({ "models/m.yml": `models: [{name: slow, config: {materialized: table}, sql: '${slow}'}]\n` });
    const abort = new AbortController();
    await run(project, warehouse, { signal: abort.signal, onEvent: ({ type }) => type === "node_started" && setTimeout(() => abort.abort(), 20) });
    project.write({ "models/m.yml": "models: [{name: slow, config: {materialized: table}, sql: select 7 as x}]\n" });
    expect((await run(project, warehouse)).statuses).toEqual({ slow: "success" });
    expect(await warehouse.rows("select x from slow")).toEqual([[7]]);
  });
});

describe("many nodes at once", () => {
  test("two hundred tables in several schemas on eight threads all come out right", async () => {
    const models = Array.from(
      { length: 200 },
      (_, i) => `  - {name: m${i}, config: {materialized: table, schema: s${i % 7}}, sql: select ${i} as x, columns: [{name: x, tests: [unique]}]}`,
    );
    const warehouse = await emptyWarehouse();
    const { result } = await run(temporaryProject({ "models/m.yml": `models:\n${models.join("\n")}\n` }), warehouse, { threads: 8 });
    expect(result.results.filter((node) => node.status !== "success" && node.status !== "pass")).toEqual([]);
    const all = Array.from({ length: 200 }, (_, i) => `select x from s${i % 7}.m${i}`).join(" union all ");
    expect(await warehouse.rows(`select sum(x), count(*) from (${all})`)).toEqual([[19900, 200]]);
  });

  test("of many views that are made together a broken one keeps none of the others", async () => {
    const models = Array.from({ length: 50 }, (_, i) => `  - {name: v${i}, sql: select ${i === 17 ? "nothing" : i} as x}`);
    const below = "  - {name: sums, config: {materialized: table}, sql: \"select x from {{ref 'v1'}} union all select x from {{ref 'v16'}}\"}";
    const started: string[] = [];
    const finished: string[] = [];
    const warehouse = await emptyWarehouse();
    const { result } = await run(temporaryProject({ "models/m.yml": `models:\n${models.join("\n")}\n${below}\n` }), warehouse, {
      threads: 2,
      onEvent: (event) => {
        if (event.type === "node_started") started.push(event.title);
        if (event.type === "node_finished") finished.push(event.result.title);
      },
    });
    expect(result.results.filter(({ status }) => status !== "success").map(({ name, diagnostics }) => [name, diagnostics[0]?.span?.file])).toEqual([
      ["v17", "models/m.yml"],
    ]);
    expect(started.toSorted()).toEqual(finished.toSorted());
    expect(new Set(started).size).toBe(51);
    expect(await warehouse.rows("select x from sums order by x")).toEqual([[1], [16]]);
    expect((await warehouse.relations()).filter((relation) => relation.endsWith(" view"))).toHaveLength(49);
  });

  test("never more nodes are under way than there are threads", async () => {
    const models = Array.from(
      { length: 12 },
      (_, i) => `  - {name: m${i}, config: {materialized: table}, sql: select sum(range % 7) + ${i} as x from range(3000000)}`,
    );
    let now = 0;
    let most = 0;
    await run(temporaryProject({ "models/m.yml": `models:\n${models.join("\n")}\n` }), await emptyWarehouse(), {
      threads: 3,
      onEvent: (event) => {
        if (event.type === "node_started") most = Math.max(most, ++now);
        if (event.type === "node_finished") now--;
      },
    });
    expect(most).toBe(3);
  });
});
