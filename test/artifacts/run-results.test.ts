/** Run results of whole, failed and interrupted runs. */
import { beforeAll, describe, expect, test } from "vitest";
import { createRunResults } from "../../src/artifacts/run-results.ts";
import type { NodeResult, RunResult } from "../../src/ports/run-event.ts";
import { type Built, build, type Read, read, shop } from "./project.ts";

const started = "2026-07-01T00:00:00.000Z";
const completed = "2026-07-01T00:00:02.000Z";

function result(uniqueId: string, given: Partial<NodeResult> = {}): NodeResult {
  const kind = uniqueId.split(".")[0] as NodeResult["kind"];
  return {
    uniqueId,
    name: uniqueId,
    title: uniqueId,
    kind,
    materialized: "view",
    status: "success",
    message: undefined,
    failures: undefined,
    failingRows: undefined,
    relationName: undefined,
    startedAt: started,
    completedAt: completed,
    seconds: 2,
    thread: 1,
    diagnostics: [],
    stageId: uniqueId,
    ...given,
  };
}

function run(results: readonly NodeResult[], interrupted = false): RunResult {
  return {
    invocationId: "0f0e0d0c-0b0a-4908-8706-050403020100",
    command: "build",
    targetName: "dev",
    startedAt: started,
    completedAt: completed,
    seconds: 2.5,
    results,
    interrupted,
  };
}

let built: Built;
beforeAll(async () => {
  built = await build(shop);
});

function written(results: readonly NodeResult[], interrupted = false): Read {
  const { config, compiled } = built;
  return read(
    createRunResults(run(results, interrupted), {
      config,
      compiled,
      catalogName: "warehouse",
      args: { select: ["+sales"], vars: { as_of: "2026-06-30" } },
      version: "9.8.7",
    }),
  );
}

test("the head, the arguments and the time", () => {
  const { metadata, args, elapsed_time, results } = written([]);
  expect(metadata).toEqual({
    dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json",
    dbt_version: "1.12.0",
    generated_at: completed,
    invocation_id: "0f0e0d0c-0b0a-4908-8706-050403020100",
    invocation_started_at: started,
    env: { RETAIN_VERSION: "9.8.7" },
  });
  expect(args).toEqual({ which: "build", select: ["+sales"], vars: { as_of: "2026-06-30" } });
  expect(elapsed_time).toBe(2.5);
  expect(results).toEqual([]);
});

test("a model has its code, relation, thread and timing", () => {
  expect(written([result("model.shop.sales", { thread: 3 })]).results).toEqual([
    {
      status: "success",
      timing: [
        { name: "compile", started_at: started, completed_at: started },
        { name: "execute", started_at: started, completed_at: completed },
      ],
      thread_id: "Thread-3",
      execution_time: 2,
      adapter_response: {},
      message: null,
      failures: null,
      unique_id: "model.shop.sales",
      compiled: true,
      compiled_code: expect.stringContaining("select '한글' as 이름"),
      relation_name: '"warehouse"."mart"."매출"',
    },
  ]);
});

test("a seed has a relation and no code", () => {
  expect(written([result("seed.shop.raw_orders")]).results[0]).toMatchObject({
    compiled: null,
    compiled_code: null,
    relation_name: '"warehouse"."main"."raw_orders"',
  });
});

describe("a test", () => {
  const id = () => [...built.graph.nodes.keys()].find((key) => key.startsWith("test.shop.positive_")) as string;
  const failuresOf = (failures: number | undefined) => written([result(id(), { status: "fail", failures })]).results[0].failures;

  test("has its failures, message and status", () => {
    const [found] = written([result(id(), { status: "fail", failures: 3, message: "3 failing rows" })]).results;
    expect(found).toMatchObject({
      status: "fail",
      failures: 3,
      message: "3 failing rows",
      compiled: true,
      relation_name: '"warehouse"."main_dbt_test__audit"."positive_people_person_id__0"',
    });
  });

  test("has a whole number of failures, whatever its fail_calc gives", () => {
    expect([0, 0.2, 2.5, -1.5, Number.NaN, Number.POSITIVE_INFINITY, undefined].map(failuresOf)).toEqual([0, 1, 3, -2, null, null, null]);
  });
});

test("what was skipped has no timing and no thread of its own", () => {
  const [found] = written([result("model.shop.sales", { status: "skipped", message: "skipped because stg_orders failed", thread: 0, seconds: 0 })]).results;
  expect(found).toMatchObject({ status: "skipped", timing: [], thread_id: "MainThread", message: "skipped because stg_orders failed" });
});

test("an interrupted run has the results that there are, and says so", () => {
  const partial = written([result("model.shop.stg_orders")], true);
  expect(partial.results).toHaveLength(1);
  expect(partial.metadata.env).toEqual({ RETAIN_VERSION: "9.8.7", RETAIN_INTERRUPTED: "true" });
});

test("results without a compiled project are written all the same", () => {
  const { config } = built;
  const value = read(
    createRunResults(run([result("model.shop.sales", { status: "error", message: "no such table" })]), {
      config,
      compiled: undefined,
      catalogName: "warehouse",
      args: {},
      version: "1",
    }),
  );
  expect(value.results[0]).toMatchObject({ status: "error", message: "no such table", compiled: null, compiled_code: null, relation_name: null });
});
