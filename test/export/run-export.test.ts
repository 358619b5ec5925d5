/** The export engine end to end, on real databases and files: who is sent, what a second run sends, and what a failure leaves behind. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { ExportDestination } from "../../src/export/export-request.ts";
import type { AudienceDelivery, HashedMember } from "../../src/ports/destination.ts";
import { EngineError } from "../../src/ports/engine.ts";
import { defaultExport, ExportProject, messages } from "./export-project.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const madid = "aece52e7-03ee-455a-b3c4-e57283966239";

let project: ExportProject;
afterEach(() => project?.dispose());

const anna = "'u1', ' Anna@Example.com ', '010-1234-5678', 'KR', null, true";
const ben = `'u2', 'ben@example.com', null, 'US', '${madid.toUpperCase()}', true`;
const carl = "'u3', 'carl@example.com', '+44 20 7946 0958', 'GB', '00000000-0000-0000-0000-000000000000', true";
const annaLine = `${sha("anna@example.com")},${sha("821012345678")},`;
const benLine = `${sha("ben@example.com")},,${madid}`;
const carlLine = `${sha("carl@example.com")},${sha("442079460958")},`;

/** What a destination was asked to do: the cells of each person. */
interface Asked {
  readonly adds: readonly (readonly string[])[];
  readonly removes: readonly (readonly string[])[];
  readonly members: readonly (readonly string[])[];
}

function recording(into: Asked[]) {
  const collect = async (batches: AsyncIterable<readonly HashedMember[]>) => {
    const cells: (readonly string[])[] = [];
    for await (const batch of batches) cells.push(...batch.map((member) => member.cells));
    return cells.sort();
  };
  return (real: ExportDestination): ExportDestination => ({
    name: real.name,
    platform: real.platform,
    secrets: real.secrets,
    problemsWith: real.problemsWith,
    destination: {
      ...real.destination,
      deliver: async (delivery: AudienceDelivery) => {
        // Read at the same time, as a destination may.
        const [adds, removes, members] = await Promise.all([collect(delivery.adds()), collect(delivery.removes()), collect(delivery.members())]);
        into.push({ adds, removes, members });
        return { files: [] };
      },
    },
  });
}

describe("the first run", () => {
  test("sends everybody who may be sent, normalised and hashed", async () => {
    project = await ExportProject.create();
    await project.people(
      anna,
      ben,
      carl,
      "'u4', 'dora@example.com', null, null, null, false",
      "'u5', 'eve@example.com', null, null, null, null",
      "'u6', 'no address', '12', 'US', null, true",
    );
    const { value, diagnostics } = await project.run();
    expect(diagnostics).toEqual([]);
    expect(await project.files()).toEqual(["winback.csv"]);
    expect(await project.exported("winback.csv")).toEqual([annaLine, benLine, carlLine].sort());
    expect(value).toMatchObject({ status: "delivered", files: [{ path: "target/exports/winback.csv", rows: 3, operation: "add" }] });
    expect(value?.plan.counts).toEqual({
      people: 6,
      eligible: 3,
      leftOut: { no_consent: 2, suppressed: 0, holdout: 0, no_identifier: 1 },
      rejects: [
        { identifier: "EMAIL", reason: "invalid_email", people: 1, invalid: true },
        { identifier: "PHONE", reason: "empty", people: 1, invalid: false },
        { identifier: "PHONE", reason: "not_a_phone", people: 1, invalid: true },
        { identifier: "MADID", reason: "empty", people: 2, invalid: false },
        { identifier: "MADID", reason: "zero_advertising_id", people: 1, invalid: false },
      ],
      adds: 3,
      removes: 0,
      changed: 0,
      refreshed: 0,
      unchanged: 0,
      sizeBefore: 0,
      sizeAfter: 3,
    });
  });

  test("postal codes are read by the country that is exported beside them, phones by their own", async () => {
    project = await ExportProject.create(
      defaultExport.replace(/ {6}PHONE[\s\S]*advertising_id\n/, "      PHONE: phone\n      ZIP: advertising_id\n      COUNTRY: country\n"),
    );
    await project.people("'u1', 'a@example.com', '650 555 1212', 'US', '94035-1234', true", "'u2', 'b@example.com', null, 'PL', '00-950', true");
    const { value } = await project.run();
    expect(await project.exported("winback.csv")).toEqual(
      [`${sha("a@example.com")},,${sha("94035")},${sha("us")}`, `${sha("b@example.com")},,${sha("00950")},${sha("pl")}`].sort(),
    );
    expect(value?.plan.counts.rejects).toContainEqual({ identifier: "PHONE", reason: "no_country", people: 1, invalid: true });
  });

  test("a name and a country find nobody: such people are left out, whatever else is known of them", async () => {
    project = await ExportProject.create(defaultExport.replace(/ {6}PHONE[\s\S]*advertising_id\n/, "      FN: phone\n      COUNTRY: country\n"));
    await project.people("'u1', 'a@example.com', 'Ann', 'US', null, true", "'u2', null, 'Bob', 'US', null, true");
    const { value } = await project.run();
    expect(value?.plan.counts).toMatchObject({ eligible: 1, leftOut: { no_identifier: 1 }, adds: 1, sizeAfter: 1 });
    expect(await project.exported("winback.csv")).toEqual([`${sha("a@example.com")},${sha("ann")},${sha("us")}`]);
    expect(await project.remembered("select count(*) as people from export_members")).toEqual([{ people: 1 }]);
  });

  test("the ledger holds hashed keys, what was sent and when", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    expect(await project.remembered("select * from export_members order by identifiers[1]")).toEqual(
      [
        { member_key: sha("u1"), identifiers: [`EMAIL=${sha("anna@example.com")}`, `PHONE=${sha("821012345678")}`] },
        { member_key: sha("u2"), identifiers: [`EMAIL=${sha("ben@example.com")}`, `MADID=${madid}`] },
      ]
        .map((row) => ({ target: "dev", export_name: "winback", ...row, first_sent_at: "2026-07-01T09:00:00.000Z", sent_at: "2026-07-01T09:00:00.000Z" }))
        .sort((a, b) => ((a.identifiers[0] ?? "") < (b.identifiers[0] ?? "") ? -1 : 1)),
    );
    expect(await project.remembered("select run_id, status, mode, adds, removes, size_after, message from export_runs")).toEqual([
      { run_id: "run-1", status: "delivered", mode: "mirror", adds: 2, removes: 0, size_after: 2, message: null },
    ]);
  });

  test("planning changes nothing", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    const first = await project.plan();
    expect(first).toEqual(await project.plan());
    expect(first.value).toMatchObject({ counts: { adds: 2, removes: 0, sizeAfter: 2 }, delivers: true, stoppedBy: [], columns: ["EMAIL", "PHONE", "MADID"] });
    expect(first.value?.sample).toEqual(
      [
        { operation: "add", key: sha("u1").slice(0, 8), identifiers: ["EMAIL", "PHONE"] },
        { operation: "add", key: sha("u2").slice(0, 8), identifiers: ["EMAIL", "MADID"] },
      ].sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
    expect(await project.files()).toEqual([]);
    expect(await project.remembered("select * from export_members union all by name select * from export_runs")).toEqual([]);
  });
});

describe("later runs", () => {
  test("nothing changed, nothing sent", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    const asked: Asked[] = [];
    const second = await project.run({ destination: recording(asked) });
    expect(asked).toEqual([]);
    expect(second.value).toMatchObject({ status: "unchanged", files: [], plan: { counts: { adds: 0, removes: 0, unchanged: 2 } } });
    expect(await project.remembered("select status from export_runs order by run_id")).toEqual([{ status: "delivered" }, { status: "unchanged" }]);
  });

  test("an upload file that was lost is written again", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    await rm(join(project.directory, "target"), { recursive: true });
    const { value } = await project.run();
    expect(value).toMatchObject({ status: "delivered", plan: { counts: { adds: 0, removes: 0 } } });
    expect(await project.exported("winback.csv")).toEqual([annaLine, benLine].sort());
  });

  test("a changed address is a removal with the old one and an addition with the new", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben, carl);
    await project.run();
    await project.people(anna.replace("Anna@", "anna.new@"), ben, carl);
    const asked: Asked[] = [];
    const { value } = await project.run({ destination: recording(asked), now: () => new Date("2026-07-02T09:00:00Z") });
    const before = [sha("anna@example.com"), sha("821012345678"), ""];
    const after = [sha("anna.new@example.com"), sha("821012345678"), ""];
    expect(asked).toMatchObject([{ removes: [before], adds: [after] }]);
    expect(asked[0]?.members).toHaveLength(3);
    expect(value?.plan.counts).toMatchObject({ adds: 1, removes: 1, changed: 1, unchanged: 2, sizeBefore: 3, sizeAfter: 3 });
    const first = "2026-07-01T09:00:00.000Z";
    expect(
      await project.remembered(
        "select first_sent_at, sent_at, identifiers[1] as email from export_members order by email = 'EMAIL=' || sha256('anna.new@example.com'), email",
      ),
    ).toEqual([
      ...[sha("ben@example.com"), sha("carl@example.com")].sort().map((hash) => ({ first_sent_at: first, sent_at: first, email: `EMAIL=${hash}` })),
      { first_sent_at: first, sent_at: "2026-07-02T09:00:00.000Z", email: `EMAIL=${sha("anna.new@example.com")}` },
    ]);
  });

  test("withdrawn consent is a removal, with the identifiers that were sent", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben, carl);
    await project.run();
    await project.people(anna, ben.replace("true", "false"), carl);
    const { value } = await project.run();
    expect(await project.exported("winback.csv")).toEqual([annaLine, carlLine].sort());
    expect(await project.exported("winback.remove.csv")).toEqual([benLine]);
    expect(value?.plan.counts).toMatchObject({ adds: 0, removes: 1, leftOut: { no_consent: 1 }, sizeAfter: 2 });
    expect(await project.remembered("select count(*) as people from export_members")).toEqual([{ people: 2 }]);
  });

  test("somebody who stays and shares an identifier with somebody who is removed is sent again", async () => {
    const family = (id: string, email: string, consent = true) => `'${id}', '${email}', '+44 20 7946 0958', null, null, ${consent}`;
    project = await ExportProject.create();
    await project.people(family("u1", "a@example.com"), family("u2", "b@example.com"), ben.replace("u2", "u3"));
    await project.run();
    await project.people(family("u1", "a@example.com", false), family("u2", "b@example.com"), ben.replace("u2", "u3"));
    const asked: Asked[] = [];
    const { value } = await project.run({ destination: recording(asked) });
    const phone = sha("442079460958");
    expect(asked).toMatchObject([{ removes: [[sha("a@example.com"), phone, ""]], adds: [[sha("b@example.com"), phone, ""]] }]);
    expect(value?.plan.counts).toMatchObject({ adds: 0, removes: 1, refreshed: 1, unchanged: 1, sizeAfter: 2 });
  });

  test("other columns or another order of columns resend only whom they concern", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    const wider = defaultExport
      .replace("      EMAIL: email\n", "")
      .replace("      MADID: advertising_id\n", "      MADID: advertising_id\n      EMAIL: email\n      EXTERN_ID: advertising_id\n");
    await project.write("exports/winback.yml", wider);
    const asked: Asked[] = [];
    await project.run({ destination: recording(asked) });
    expect(asked).toMatchObject([{ removes: [["", madid, sha("ben@example.com"), ""]], adds: [["", madid, sha("ben@example.com"), madid.toUpperCase()]] }]);
  });

  test("people who can no longer be removed stop the run", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    await project.write("exports/winback.yml", defaultExport.replace("      EMAIL: email\n", "").replace(/ {6}PHONE:.*\n/, ""));
    const { value, diagnostics } = await project.run();
    expect(value).toBeUndefined();
    expect(messages({ diagnostics })).toEqual(['RT0603 export "winback": 1 person must be removed, but was sent with identifiers that the export has no more']);
  });

  test("streams of several pages are whole", async () => {
    project = await ExportProject.create(defaultExport.replace("    consent: {column: ads_consent}\n", ""));
    await project.build(
      "create or replace table main.people as select 'u' || i as customer_id, i || '@example.com' as email, null::varchar as phone, null::varchar as country, null::varchar as advertising_id from range(12345) as r(i)",
    );
    const sizes: number[] = [];
    const first = await project.run({
      destination: (real) => ({
        ...real,
        destination: {
          ...real.destination,
          deliver: async (delivery) => {
            const keys = new Set<string>();
            for await (const batch of delivery.adds()) {
              sizes.push(batch.length);
              for (const member of batch) keys.add(member.key);
            }
            expect(keys.size).toBe(12345);
            return { files: [] };
          },
        },
      }),
    });
    expect(first.value?.plan.counts).toMatchObject({ people: 12345, adds: 12345 });
    expect(sizes).toEqual([5000, 5000, 2345]);
    await project.build("delete from main.people where customer_id in ('u1', 'u7000')");
    const asked: Asked[] = [];
    await project.run({ destination: recording(asked) });
    expect(asked[0]?.removes).toEqual(
      [
        [sha("1@example.com"), "", ""],
        [sha("7000@example.com"), "", ""],
      ].sort(),
    );
    expect(asked[0]?.members).toHaveLength(12343);
  });
});

describe("modes", () => {
  const withMode = (mode: string) => `${defaultExport}    mode: ${mode}\n    suppress: [do_not_contact]\n`;
  const suppressed = (...keys: readonly string[]) =>
    `create or replace table main.do_not_contact as select unnest(${keys.length === 0 ? "[]::varchar[]" : `[${keys.map((key) => `'${key}'`).join(", ")}]`}) as customer_id`;

  async function startedWith(mode: string): Promise<void> {
    project = await ExportProject.create(withMode("mirror"));
    await project.built("do_not_contact");
    await project.build(suppressed());
    await project.people(anna, ben, carl, "'u4', 'dora@example.com', null, null, null, true");
    await project.run();
    await project.write("exports/winback.yml", withMode(mode));
  }

  const line = (name: string) => [sha(`${name}@example.com`), "", ""];
  const cells = (text: string) => text.split(",");

  test("add keeps whoever left the model, but neither withdrawn consent nor suppressed people", async () => {
    await startedWith("add");
    // Anna left the model, Ben withdrew, Carl is suppressed and left the model; Dora stays, Eve is new.
    await project.people(ben.replace("true", "false"), "'u4', 'dora@example.com', null, null, null, true", "'u5', 'eve@example.com', null, null, null, true");
    await project.build(suppressed("u3", "somebody else"));
    const asked: Asked[] = [];
    const { value } = await project.run({ destination: recording(asked) });
    expect(asked).toEqual([
      { adds: [line("eve")], removes: [cells(benLine), cells(carlLine)].sort(), members: [cells(annaLine), line("dora"), line("eve")].sort() },
    ]);
    expect(value?.plan.counts).toMatchObject({ adds: 1, removes: 2, unchanged: 2, sizeAfter: 3, people: 3 });
  });

  test("remove adds nobody and leaves changed people as they are", async () => {
    await startedWith("remove");
    await project.people(
      anna.replace("Anna", "Other"),
      ben.replace("true", "false"),
      "'u4', 'dora@example.com', null, null, null, true",
      "'u5', 'eve@example.com', null, null, null, true",
    );
    const asked: Asked[] = [];
    const { value } = await project.run({ destination: recording(asked) });
    expect(asked).toEqual([{ adds: [], removes: [cells(benLine), cells(carlLine)].sort(), members: [cells(annaLine), line("dora")].sort() }]);
    expect(value?.plan.counts).toMatchObject({ adds: 0, removes: 2, sizeAfter: 2 });
    // It makes no file of the whole audience, so that none is missing.
    await rm(join(project.directory, "target"), { recursive: true });
    expect((await project.run()).value?.status).toBe("unchanged");
  });

  test("replace delivers the whole audience every time", async () => {
    await startedWith("replace");
    await project.people(anna, ben);
    const asked: Asked[] = [];
    const now = () => new Date("2026-07-03T00:00:00Z");
    await project.run({ destination: recording(asked), now });
    await project.run({ destination: recording(asked), now });
    expect(asked.map(({ members }) => members)).toEqual([[cells(annaLine), cells(benLine)].sort(), [cells(annaLine), cells(benLine)].sort()]);
    expect(await project.remembered("select distinct sent_at from export_members")).toEqual([{ sent_at: "2026-07-03T00:00:00.000Z" }]);
  });
});

describe("failure", () => {
  const failing = (real: ExportDestination): ExportDestination => ({
    ...real,
    secrets: ["hunter22", "1"],
    destination: {
      ...real.destination,
      deliver: async (delivery) => {
        for await (const _ of delivery.adds()) break;
        throw new Error("the platform answered 401 to hunter22\nat somewhere");
      },
    },
  });

  test("leaves the ledger as it was, and the next run sends the same difference", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    await project.people(anna, carl);
    const before = await project.remembered("select * from export_members order by member_key");
    const failed = await project.run({ destination: failing });
    expect(messages(failed)).toEqual(['RT0605 destination "files" failed: the platform answered 401 to ***']);
    expect(failed.value?.status).toBe("failed");
    expect(await project.remembered("select * from export_members order by member_key")).toEqual(before);
    expect(await project.remembered("select status, message from export_runs where run_id = 'run-2'")).toEqual([
      { status: "failed", message: 'destination "files" failed: the platform answered 401 to ***' },
    ]);
    const { value } = await project.run();
    expect(value).toMatchObject({ status: "delivered", plan: { counts: failed.value?.plan.counts } });
    expect(await project.exported("winback.csv")).toEqual([annaLine, carlLine].sort());
  });

  test("an interrupt is passed on, and nothing is left behind", async () => {
    project = await ExportProject.create();
    await project.people(anna);
    const interrupted = (real: ExportDestination): ExportDestination => ({
      ...real,
      destination: { ...real.destination, deliver: () => Promise.reject(new EngineError("interrupted", "interrupted")) },
    });
    await expect(project.run({ destination: interrupted })).rejects.toThrow("interrupted");
    expect(await project.remembered("select * from export_members union all by name select * from export_runs")).toEqual([]);
    expect((await project.run()).value?.status).toBe("delivered");
  });

  test("a ledger that cannot be written keeps what it had, and the difference is sent again", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    await project.people(anna, carl);
    // The history is written by the last statement of the transaction; without a run id it fails.
    await expect(project.run({ runId: null as never })).rejects.toThrow(/not null/i);
    expect(await project.remembered("select count(*) as people from export_members where identifiers[1] = 'EMAIL=' || sha256('ben@example.com')")).toEqual([
      { people: 1 },
    ]);
    const { value } = await project.run();
    expect(value?.plan.counts).toMatchObject({ adds: 1, removes: 1 });
    expect(await project.exported("winback.csv")).toEqual([annaLine, carlLine].sort());
    expect(await project.exported("winback.remove.csv")).toEqual([benLine, benLine]);
  });
});
