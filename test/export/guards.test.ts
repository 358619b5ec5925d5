/** Guards: which number breaks which limit, and that a stopped run sends and forgets nothing. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { ExportCounts } from "../../src/export/export-plan.ts";
import { checkAge, checkGuards, checkName } from "../../src/export/guards.ts";
import { defaultExport, ExportProject, messages } from "./export-project.ts";
import { type Asked, recording } from "./recording-destination.ts";

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
  changes: [],
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
    [
      "a first run",
      [
        { max_remove_pct: 0, max_add_pct: 0 },
        { sizeBefore: 0, adds: 990 },
      ],
      [],
    ],
    ["an empty model that empties nobody", [{}, { people: 0 }], ["allow_empty: the model has no rows, and allow_empty is false"]],
    ["as many additions as allowed", [{ max_add_pct: 10 }, { adds: 105, changed: 6 }], []],
    ["one addition more", [{ max_add_pct: 10 }, { adds: 106, changed: 6 }], ["max_add_pct: 100 people would be added to 990: 10.1 %, more than 10 %"]],
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
    expect(check({ min_size: 2000, max_remove_pct: 5 }, { removes: 100 }).map(({ guard, found = 0, limit }) => [guard, Math.round(found), limit])).toEqual([
      ["min_size", 990, 2000],
      ["max_remove_pct", 10, 5],
    ]);
  });
});

describe("how old the model is", () => {
  const now = new Date("2026-07-01T09:00:00Z");
  test.each<[string, string, string | undefined]>([
    ["36h", "2026-06-29T21:00:00Z", undefined],
    ["36h", "2026-06-29T20:59:00Z", "the model was built 2026-06-29 20:59 UTC, 36 hours ago, longer than 36h"],
    ["90m", "2026-07-01T07:29:00Z", "the model was built 2026-07-01 07:29 UTC, 91 minutes ago, longer than 90m"],
    ["2d", "2026-06-20T09:00:00Z", "the model was built 2026-06-20 09:00 UTC, 11 days ago, longer than 2d"],
  ])("%s, built %s", (max_age, built, problem) => {
    expect(checkAge({ allow_empty: false, max_age }, new Date(built), now).map((stopped) => stopped.problem)).toEqual(problem === undefined ? [] : [problem]);
  });

  test("without a limit, or without a build that is known", () => {
    expect(checkAge({ allow_empty: false }, new Date(0), now)).toEqual([]);
    expect(checkAge({ allow_empty: false, max_age: "1m" }, undefined, now)).toEqual([]);
  });
});

describe("names that platforms close audiences for", () => {
  test.each<[string, string, string | undefined]>([
    ["App uninstalls, last 30 days", "People who removed the app.", undefined],
    ["Arthritis newsletter", "", '"Arthritis" hints at people\'s health'],
    ["Winback", "customers with diabetes supplies", '"diabetes" hints at people\'s health'],
    ["High-income lookalikes", "", '"High-income" hints at people\'s finances'],
    ["Open loans", "", '"loans" hints at people\'s finances'],
    ["Patience and cancellation", "deposits, incoming, stdout, mentality of repeat buyers", undefined],
  ])("%s", (name, description, problem) => {
    const found = checkName({ audience: { name, create: false }, description });
    expect(found.map((stopped) => stopped.problem)).toEqual(problem === undefined ? [] : [`${problem}, and platforms close audiences for that`]);
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
    expect(await project.files()).toEqual(["winback.csv", "winback.manifest.json"]);
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

  test("a guard that is forced lets the run pass, and both the run and its history say so", async () => {
    project = await ExportProject.create(guarded);
    await project.people(person(1), person(2), person(3));
    await project.run();
    await project.people(person(1));
    const one = await project.run({ options: { force: ["min_size"] } });
    expect(messages(one)).toEqual(['RT0604 export "winback" was stopped by max_remove_pct: 2 of 3 people would be removed: 66.7 %, more than 30 %']);
    const both = await project.run({ options: { force: ["min_size", "max_remove_pct"] } });
    expect(both).toMatchObject({
      value: { status: "delivered", plan: { stoppedBy: [], forced: [{ guard: "min_size", found: 1, limit: 2 }, { guard: "max_remove_pct" }] } },
      diagnostics: [],
    });
    expect(await project.remembered("select status, forced from export_runs order by run_id")).toEqual([
      { status: "delivered", forced: null },
      { status: "stopped", forced: "min_size" },
      { status: "delivered", forced: "min_size,max_remove_pct" },
    ]);
    // It passes once: the next run is measured again.
    expect(messages(await project.run())).toEqual(['RT0604 export "winback" was stopped by min_size: the audience would have 1 person, fewer than 2']);
  });

  test("people count once, also when an interrupted change left two sets of identifiers of them", async () => {
    project = await ExportProject.create(defaultExport.replace("max_remove_pct: 100", "allow_empty: true, max_remove_pct: 100"));
    await project.people(person(1));
    await project.run({ destination: recording([]) });
    await project.people("'u1', 'other@example.com', null, null, null, true");
    await project.run({ destination: recording([], { answer: () => Promise.reject(new Error("no answer")) }) });
    await project.people();
    const { value, diagnostics } = await project.run({ destination: recording([]) });
    expect(diagnostics).toEqual([]);
    expect(value).toMatchObject({ status: "delivered", plan: { counts: { removes: 1, sizeBefore: 1, changes: [{ operation: "remove", rows: 2 }] } } });
  });

  test("a model that is too old, and a name that the platform reviews", async () => {
    project = await ExportProject.create(
      defaultExport.replace("guards: {", "guards: {max_age: 12h, ").replace("Win back", "Win back after a cancer diagnosis"),
    );
    await project.people(person(1));
    const tooOld = 'RT0604 export "winback" was stopped by max_age: the model was built 2026-06-30 00:00 UTC, 33 hours ago, longer than 12h';
    expect(messages(await project.run({ destination: recording([]) }))).toEqual([tooOld]);
    // Meta's upload file will be an audience of that name, too.
    const stopped = await project.run({ options: { force: ["max_age"] } });
    expect(messages(stopped)).toEqual([
      'RT0604 export "winback" was stopped by audience_name: "cancer" hints at people\'s health, and platforms close audiences for that',
    ]);
    expect(stopped.diagnostics[0]?.help).toBe("choose a name and a description that say what people did, not what they are");
  });

  test("a ledger that was lost stops, and forcing it begins anew without removing anybody", async () => {
    project = await ExportProject.create();
    await project.people(person(1), person(2));
    await project.run();
    project.close();
    await rm(join(project.directory, ".retain"), { recursive: true });
    await project.built("people");
    await project.people(person(2), person(3));
    const stopped = await project.run();
    expect(messages(stopped)).toEqual([
      'RT0604 export "winback" was stopped by lost_ledger: the audience was delivered before, but the state database knows nothing of it: nobody who was sent then could be removed',
    ]);
    expect(stopped.diagnostics[0]?.help).toMatch(/^bring the state database back from a backup/);
    const forced = await project.run({ options: { force: ["lost_ledger"] } });
    expect(forced.value).toMatchObject({ status: "delivered", plan: { counts: { adds: 2, removes: 0 } } });
    expect((await project.run()).value?.status).toBe("unchanged");
  });

  test("an audience that somebody deleted stops, and forcing it sends everybody to a new one", async () => {
    project = await ExportProject.create();
    await project.people(person(1), person(2));
    const first: Asked[] = [];
    const destination = (id: string, exists: boolean, into: Asked[]) =>
      recording(into, {
        destination: {
          find: async (audience) => ({
            exists: audience.id === undefined ? false : exists,
            id: audience.id,
            wasDelivered: false,
            size: undefined,
            condition: undefined,
          }),
          open: async (delivery) => {
            into.push({ delivery, batches: [], adds: [], removes: [], members: [], isFinished: false });
            return { audienceId: delivery.audience.id ?? id, send: async () => ({}), finish: async () => ({ files: [] }), abort: async () => undefined };
          },
        },
      });
    await project.run({ destination: destination("77", true, first) });
    expect(first[0]?.delivery.audience.id).toBeUndefined();
    const stopped = await project.run({ destination: destination("78", false, []) });
    expect(messages(stopped)).toEqual([
      'RT0604 export "winback" was stopped by lost_audience: the audience 77 is not on the platform any more, or the token may not see it',
    ]);
    const second: Asked[] = [];
    const planned = await project.plan({ destination: destination("78", false, []), options: { force: ["lost_audience"] } });
    expect(planned.value?.counts).toMatchObject({ adds: 2, sizeBefore: 0 });
    const forced = await project.run({ destination: destination("78", false, second), options: { force: ["lost_audience"] } });
    expect(forced.value).toMatchObject({ status: "delivered", plan: { counts: { adds: 2, sizeBefore: 0 } } });
    expect(second[0]?.delivery.audience.id).toBeUndefined();
    expect(await project.remembered("select platform_id from export_audiences")).toEqual([{ platform_id: "78" }]);
  });

  test("a list that only the reader of a file knows cannot be lost: neither before the first file nor after it was taken away", async () => {
    project = await ExportProject.create(
      defaultExport
        .replace("destination: files", "destination: files\n    format: microsoft")
        .replace("{name: Win back}", '{name: Win back, id: "8100000001"}')
        .replace(/ {6}PHONE.*\n.*MADID.*\n/, ""),
    );
    await project.people(person(1), person(2));
    expect((await project.run()).value?.status).toBe("delivered");
    await rm(join(project.directory, "target/exports/winback.csv"));
    await project.people(person(1));
    expect(await project.run()).toMatchObject({ diagnostics: [], value: { status: "delivered", sent: { removes: 1 } } });
  });
});
