/** Guards: which number breaks which limit, and that a stopped run sends and forgets nothing. */
import { afterEach, describe, expect, test } from "vitest";
import type { ExportCounts } from "../../src/export/export-plan.ts";
import { checkGuards } from "../../src/export/guards.ts";
import { defaultExport, ExportProject, messages } from "./export-project.ts";

const base: ExportCounts = {
  people: 1000,
  eligible: 990,
  leftOut: { no_consent: 0, suppressed: 0, holdout: 0, no_identifier: 10 },
  rejects: [],
  adds: 0,
  removes: 0,
  changed: 0,
  refreshed: 0,
  unchanged: 990,
  sizeBefore: 990,
  sizeAfter: 990,
};
const check = (guards: Partial<Parameters<typeof checkGuards>[0]>, counts: Partial<ExportCounts>) =>
  checkGuards({ allow_empty: false, ...guards }, { ...base, ...counts });
const problems = (...given: Parameters<typeof check>) => check(...given).map(({ guard, problem }) => `${guard}: ${problem}`);

describe("limits", () => {
  test.each<[string, Parameters<typeof check>, readonly string[]]>([
    ["nothing unusual", [{ min_size: 990, max_invalid_pct: 0 }, {}], []],
    ["too small", [{ min_size: 1000 }, {}], ["min_size: the audience would have 990 people, fewer than 1,000"]],
    ["empty", [{ min_size: 100 }, { people: 0, sizeAfter: 0 }], ["allow_empty: the model has no rows, and allow_empty is false"]],
    ["emptied", [{}, { sizeAfter: 0 }], ["allow_empty: nobody would be left in the audience, and allow_empty is false"]],
    ["empty, and meant so", [{ min_size: 100, allow_empty: true }, { sizeAfter: 0 }], []],
    ["as many removals as allowed", [{}, { removes: 297 }], []],
    [
      "one more",
      [{}, { removes: 298, changed: 8 }],
      ["max_remove_pct: 298 of 990 people would be removed (8 of them come back with other identifiers): 30.1 %, more than 30 %"],
    ],
    ["hardly more", [{}, { removes: 3001, sizeBefore: 10000 }], ["max_remove_pct: 3,001 of 10,000 people would be removed: 30.01 %, more than 30 %"]],
    ["a first run", [{ max_remove_pct: 0 }, { sizeBefore: 0, adds: 990 }], []],
  ])("%s", (_, given, expected) => {
    expect(problems(...given)).toEqual(expected);
  });

  test("invalid identifiers count one by one, and empty cells never", () => {
    const rejects = [
      { identifier: "PHONE", reason: "not_a_phone", people: 150, invalid: true },
      { identifier: "PHONE", reason: "no_country", people: 51, invalid: true },
      { identifier: "PHONE", reason: "empty", people: 700, invalid: false },
      { identifier: "EMAIL", reason: "invalid_email", people: 200, invalid: true },
    ] as const;
    expect(problems({ max_invalid_pct: 20 }, { rejects })).toEqual(["max_invalid_pct: PHONE is invalid for 201 of 1,000 people: 20.1 %, more than 20 %"]);
  });

  test("all guards are asked", () => {
    expect(check({ min_size: 2000, max_remove_pct: 5 }, { removes: 100 }).map(({ guard, found, limit }) => [guard, Math.round(found), limit])).toEqual([
      ["min_size", 990, 2000],
      ["max_remove_pct", 10, 5],
    ]);
  });
});

describe("in a run", () => {
  let project: ExportProject;
  afterEach(() => project?.dispose());
  const person = (id: number) => `'u${id}', 'u${id}@example.com', null, null, null, true`;
  const guarded = defaultExport.replace("guards: {max_remove_pct: 100}", "guards: {min_size: 2}");

  test("a stopped run sends nothing, keeps the ledger and is remembered", async () => {
    project = await ExportProject.create(guarded);
    await project.people(person(1), person(2), person(3));
    await project.run();
    const before = await project.remembered("select * from export_members order by member_key");
    await project.people(person(1));
    const stopped = await project.run();
    expect(messages(stopped)).toEqual([
      'RT0604 export "winback" was stopped by min_size: the audience would have 1 person, fewer than 2',
      'RT0604 export "winback" was stopped by max_remove_pct: 2 of 3 people would be removed: 66.7 %, more than 30 %',
    ]);
    expect(await project.pointedAt(stopped.diagnostics[0] as never)).toBe("min_size");
    expect(stopped.value).toMatchObject({
      status: "stopped",
      files: [],
      plan: {
        stoppedBy: [
          { guard: "min_size", found: 1, limit: 2 },
          { guard: "max_remove_pct", limit: 30 },
        ],
      },
    });
    expect(await project.files()).toEqual(["winback.csv"]);
    expect(await project.exported("winback.csv")).toHaveLength(3);
    expect(await project.remembered("select * from export_members order by member_key")).toEqual(before);
    expect(await project.remembered("select status from export_runs order by run_id")).toEqual([{ status: "delivered" }, { status: "stopped" }]);
    const plan = await project.plan();
    expect(plan.value?.counts).toEqual(stopped.value?.plan.counts);
    expect(messages(plan)).toEqual(messages(stopped));
  });

  test("an empty model stops, also on the first run", async () => {
    project = await ExportProject.create();
    expect(messages(await project.run())).toEqual(['RT0604 export "winback" was stopped by allow_empty: the model has no rows, and allow_empty is false']);
    expect(await project.files()).toEqual([]);
  });

  test("an empty audience that is allowed is a file with a header", async () => {
    project = await ExportProject.create(defaultExport.replace("max_remove_pct: 100", "max_remove_pct: 100, allow_empty: true"));
    expect((await project.run()).value?.status).toBe("delivered");
    expect(await project.exported("winback.csv")).toEqual([]);
    expect((await project.run()).value?.status).toBe("unchanged");
    await project.people(person(1));
    await project.run();
    await project.people();
    expect((await project.run()).value?.plan.counts).toMatchObject({ removes: 1, sizeAfter: 0 });
    expect(await project.exported("winback.csv")).toEqual([]);
    expect(await project.exported("winback.remove.csv")).toHaveLength(1);
  });
});
