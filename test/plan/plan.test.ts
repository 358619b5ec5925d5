/** A plan is data: what is run, in which order, which tests belong to which model. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planData } from "../../src/cli/plan-text.ts";
import { type Plan, testsOf } from "../../src/plan/plan.ts";
import { projectFiles, randomProject } from "../fixtures/random-project.ts";
import { openReady, temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, planFor, runReady } from "../fixtures/warehouse.ts";

const files = {
  "seeds/raw.csv": "x\n1\n",
  "models/sources.yml": "sources: [{name: s, tables: [{name: t, location: data/t.csv, columns: [{name: x, tests: [not_null]}]}]}]\n",
  "models/m.yml": `models:
  - {name: a, sql: 'select * from {{ref "raw"}}', columns: [{name: x, tests: [unique]}]}
  - {name: b, sql: 'select * from {{ref "raw"}}', columns: [{name: x, tests: [{relationships: {to: ref('a'), field: x}}]}]}
  - {name: between, config: {materialized: ephemeral}, sql: 'select a.x from {{ref "a"}} as a join {{ref "b"}} as b using (x)'}
  - {name: c, config: {materialized: table, schema: mart}, sql: 'select * from {{ref "between"}}', columns: [{name: x, tests: [{relationships: {to: ref('a'), field: x}}, {not_null: {store_failures: true}}]}]}
  - {name: d, sql: 'select * from {{ref "a"}}'}
  - {name: e, sql: 'select * from {{ref "between"}}', columns: [{name: x, tests: [unique]}]}
`,
};

/** `name [its tests] <- what it waits for`, without project names and hashes. */
function outline(plan: Plan): readonly string[] {
  const short = (id: string) => id.split(".")[2] ?? id;
  return plan.stages.map((stage) => {
    const attached = stage.kind === "test" ? [] : testsOf(stage);
    const tests = attached.length === 0 ? "" : ` [${attached.map((one) => one.title).join(", ")}]`;
    const after = stage.dependsOn.length === 0 ? "" : ` <- ${stage.dependsOn.map(short).toSorted().join(", ")}`;
    return `${stage.kind === "test" ? stage.test.title : stage.name}${tests}${after}`;
  });
}

const plan = async (request: Parameters<typeof planFor>[1] = {}) => planFor(await openReady(temporaryProject(files)), request);

describe("build", () => {
  test("puts tests of a model and its ancestors into the model, others on their own, in front of what builds on them all", async () => {
    expect((await outlineSorted()).toSorted()).toEqual(
      [
        "raw",
        "a [unique a.x] <- raw",
        "b <- raw",
        "relationships b.x <- a, b",
        "not_null s.t.x",
        "c [relationships c.x, not_null c.x] <- a, b, relationships_b_x__x__ref_a_",
        "d <- a",
        "e [unique e.x] <- a, b, relationships_b_x__x__ref_a_",
      ].toSorted(),
    );
  });
  const outlineSorted = async () => outline(await plan());

  test("of a part waits only for what is in it", async () => {
    expect(outline(await plan({ select: ["c"], indirect: "empty" }))).toEqual(["c"]);
    expect(outline(await plan({ select: ["a", "c"], indirect: "cautious" }))).toEqual(["a [unique a.x]", "c [relationships c.x, not_null c.x] <- a"]);
    expect(outline(await plan({ select: ["d+", "raw"], indirect: "cautious" }))).toEqual(["raw", "d <- raw"]);
  });

  test("keeps a test by itself when its model is not built", async () => {
    expect(outline(await plan({ select: ["test_name:unique"] }))).toEqual(["unique a.x", "unique e.x"]);
  });

  test("names the schemas that it needs", async () => {
    expect((await plan()).schemas.toSorted()).toEqual(["main", "main_dbt_test__audit", "mart"]);
    expect((await plan({ select: ["d"] })).schemas).toEqual(["main"]);
  });
});

describe("other commands", () => {
  test("run has models only, seed seeds only, test tests only", async () => {
    expect(outline(await plan({ command: "run" }))).toEqual(
      ["a", "b", "d <- a", "c <- a, b", "e <- a, b"].toSorted((x, y) => order.indexOf(x[0] ?? "") - order.indexOf(y[0] ?? "")),
    );
    expect(outline(await plan({ command: "seed" }))).toEqual(["raw"]);
    expect(outline(await plan({ command: "test" })).toSorted()).toEqual([
      "not_null c.x",
      "not_null s.t.x",
      "relationships b.x",
      "relationships c.x",
      "unique a.x",
      "unique e.x",
    ]);
  });
  const order = "abdce";

  test("of nothing is an empty plan", async () => {
    expect(await plan({ command: "seed", select: ["a"] })).toMatchObject({ stages: [], schemas: [] });
  });
});

test("a plan is frozen", async () => {
  const made = await plan();
  expect(Object.isFrozen(made)).toBe(true);
  expect(Object.isFrozen(made.stages)).toBe(true);
  expect(made.stages.every((stage) => Object.isFrozen(stage))).toBe(true);
});

test("the same project gives the same plan", async () => {
  const ready = await openReady(temporaryProject(files));
  expect(JSON.stringify(planFor(ready))).toBe(JSON.stringify(planFor(ready)));
});

describe("on random projects", () => {
  const any = randomProject({ largest: 9, materialized: ["view", "table", "ephemeral"], canFail: false });

  test("stages stand behind what they depend on, and each node stands in the plan once", async () => {
    await fc.assert(
      fc.asyncProperty(any, async (random) => {
        const ready = await openReady(temporaryProject(projectFiles(random)));
        const { stages } = planFor(ready);
        const seen = new Set<string>();
        for (const stage of stages) {
          for (const parent of stage.dependsOn) expect(seen.has(parent)).toBe(true);
          seen.add(stage.id);
        }
        const all = stages.flatMap((stage) => [...new Set([stage.id, ...testsOf(stage).map((one) => one.id)])]);
        expect(new Set(all).size).toBe(all.length);
        const ephemeral = random.models.filter((model) => model.materialized === "ephemeral").length;
        expect(all).toHaveLength(ready.graph.nodes.size - ephemeral);
      }),
      { numRuns: 40 },
    );
  });

  test("what --dry-run shows is what runs: with one thread the same stages in the same order, with the same SQL", async () => {
    await fc.assert(
      fc.asyncProperty(any, async (random) => {
        const ready = await openReady(temporaryProject(projectFiles(random)));
        const shown = planData(planFor(ready)) as {
          readonly stages: readonly {
            readonly unique_id: string;
            readonly tests: readonly { readonly unique_id: string }[];
            readonly sql?: readonly string[];
          }[];
        };
        const { result, plan: ran } = await runReady(ready, await emptyWarehouse(), { threads: 1 });
        const finished = result.results.map((node) => node.uniqueId);
        const expected = shown.stages.flatMap((stage) =>
          [...stage.tests.map((one) => one.unique_id), stage.unique_id].filter((id, i, list) => list.indexOf(id) === i),
        );
        expect(finished.toSorted()).toEqual(expected.toSorted());
        expect(
          ran.stages.map((stage) => (stage.kind === "model" ? stage.steps.flatMap((step) => (step.kind === "sql" ? [step.sql.text] : [])) : undefined)),
        ).toEqual(shown.stages.map((stage) => stage.sql));
      }),
      { numRuns: 15 },
    );
  });
});
