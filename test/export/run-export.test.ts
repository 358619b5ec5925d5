/** The export engine end to end, on real databases and files: who is sent, what a second run sends, and what a failure leaves behind. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { DeliveryError } from "../../src/ports/destination.ts";
import { EngineError } from "../../src/ports/engine.ts";
import { defaultExport, ExportProject, messages } from "./export-project.ts";
import { type Asked, failing, recording } from "./recording-destination.ts";

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
    expect(await project.files()).toEqual(["winback.csv", "winback.manifest.json"]);
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
      changes: [{ operation: "add", reason: "new", rows: 3 }],
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
    expect(await project.remembered("select * exclude (batch_id, was_there, attributes) from export_members order by identifiers")).toEqual(
      [
        { member_key: sha("u1"), identifiers: `EMAIL=${sha("anna@example.com")}\nPHONE=${sha("821012345678")}` },
        { member_key: sha("u2"), identifiers: `EMAIL=${sha("ben@example.com")}\nMADID=${madid}` },
      ]
        .map((row) => ({
          target: "dev",
          export_name: "winback",
          audience: "files",
          ...row,
          first_sent_at: "2026-07-01T09:00:00.000Z",
          sent_at: "2026-07-01T09:00:00.000Z",
        }))
        .sort((a, b) => (a.identifiers < b.identifiers ? -1 : 1)),
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
        { operation: "add", reason: "new", key: sha("u1").slice(0, 8), identifiers: ["EMAIL", "PHONE"] },
        { operation: "add", reason: "new", key: sha("u2").slice(0, 8), identifiers: ["EMAIL", "MADID"] },
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
    expect(value?.plan.counts).toMatchObject({ adds: 1, removes: 1, changed: 1, unchanged: 2, sizeBefore: 3, sizeAfter: 3 });
    const first = "2026-07-01T09:00:00.000Z";
    expect(
      await project.remembered(
        "select first_sent_at, sent_at, split_part(identifiers, chr(10), 1) as email from export_members order by email = 'EMAIL=' || sha256('anna.new@example.com'), email",
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

  test("another worth of somebody is sent again, and removes nobody", async () => {
    const valued = defaultExport.replace(/ {6}PHONE[\s\S]*advertising_id\n/, "      LOOKALIKE_VALUE: country\n");
    project = await ExportProject.create(valued.replace("max_remove_pct: 100", "max_remove_pct: 0"));
    await project.people(anna.replace("'KR'", "'10'"), ben.replace("'US'", "'20'"));
    const asked: Asked[] = [];
    await project.run({ destination: recording(asked) });
    await project.people(anna.replace("'KR'", "'10.0'"), ben.replace("'US'", "'25'"));
    const { value } = await project.run({ destination: recording(asked) });
    expect(value?.plan.counts.changes).toEqual([
      { operation: "keep", reason: "unchanged", rows: 1 },
      { operation: "refresh", reason: "value", rows: 1 },
    ]);
    expect(asked[1]).toMatchObject({ adds: [[sha("ben@example.com"), "25"]], removes: [] });
    expect((await project.run({ destination: recording([]) })).value?.status).toBe("unchanged");
  });

  test("identifiers that the export maps no more are removed all the same, where the destination takes them", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    await project.write("exports/winback.yml", defaultExport.replace("      EMAIL: email\n", "").replace(/ {6}PHONE:.*\n/, ""));
    const asked: Asked[] = [];
    await project.run({ destination: recording(asked) });
    expect(asked[0]?.delivery.parts.map(({ columns }) => columns)).toEqual([["MADID", "EMAIL", "PHONE"], ["MADID"]]);
    expect(asked).toMatchObject([
      {
        removes: [
          ["", sha("anna@example.com"), sha("821012345678")],
          [madid, sha("ben@example.com"), ""],
        ].sort(),
        adds: [[madid]],
      },
    ]);
  });

  test("people whom the destination cannot remove any more stop the run", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    await project.write("exports/winback.yml", defaultExport.replace("      EMAIL: email\n", "").replace(/ {6}PHONE:.*\n/, ""));
    const narrow = recording([], { destination: { problemsWith: (columns) => (columns.includes("EMAIL") ? ["no EMAIL"] : []) } });
    const { value, diagnostics } = await project.run({ destination: narrow });
    expect(value).toBeUndefined();
    expect(messages({ diagnostics })).toEqual(['RT0603 export "winback": 1 person must be removed, but was sent with identifiers that the export has no more']);
  });

  test("batches are as large as the destination takes, and together they are everybody", async () => {
    project = await ExportProject.create(defaultExport.replace("    consent: {column: ads_consent}\n", ""));
    await project.build(
      "create or replace table main.people as select 'u' || i as customer_id, i || '@example.com' as email, null::varchar as phone, null::varchar as country, null::varchar as advertising_id from range(12345) as r(i)",
    );
    const first: Asked[] = [];
    const { value } = await project.run({ destination: recording(first) });
    expect(value?.plan).toMatchObject({ counts: { people: 12345, adds: 12345 }, batches: 3 });
    expect(first[0]?.batches.map(({ members, isLast }) => [members.length, isLast])).toEqual([
      [5000, false],
      [5000, false],
      [2345, true],
    ]);
    expect(new Set(first[0]?.batches.map(({ id }) => id)).size).toBe(3);
    expect(new Set(first[0]?.batches.flatMap(({ members }) => members.map(({ key }) => key))).size).toBe(12345);
    await project.build("delete from main.people where customer_id in ('u1', 'u7000')");
    const second: Asked[] = [];
    await project.run({ destination: recording(second) });
    expect(second).toMatchObject([{ adds: [], removes: [sha("1@example.com"), sha("7000@example.com")].sort().map((hash) => [hash, "", ""]) }]);
    expect(await project.remembered("select count(*) as people from export_members")).toEqual([{ people: 12343 }]);
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
    expect(asked).toMatchObject([{ adds: [line("eve")], removes: [cells(benLine), cells(carlLine)].sort() }]);
    expect(value?.plan.counts.changes).toEqual([
      { operation: "add", reason: "new", rows: 1 },
      { operation: "keep", reason: "unchanged", rows: 2 },
      { operation: "remove", reason: "no_consent", rows: 1 },
      { operation: "remove", reason: "suppressed", rows: 1 },
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
    expect(asked).toMatchObject([{ adds: [], removes: [cells(benLine), cells(carlLine)].sort() }]);
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
  const members = "select * from export_members order by member_key, identifiers";
  const lost = new DeliveryError("unreachable", "the platform answered 401 to hunter22\nat somewhere", "renew the token");

  test("of the whole destination: the history knows, and the next run sends the same difference", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    await project.people(anna, carl);
    const failed = await project.run({ destination: failing(lost, ["hunter22", "1"]) });
    expect(messages(failed)).toEqual(['RT0605 destination "files" failed: the platform answered 401 to ***']);
    expect(failed.diagnostics[0]?.help).toBe("renew the token");
    expect(failed.value?.status).toBe("failed");
    expect(await project.remembered("select status, message from export_runs where run_id = 'run-2'")).toEqual([
      { status: "failed", message: 'destination "files" failed: the platform answered 401 to ***' },
    ]);
    const { value } = await project.run();
    expect(value).toMatchObject({ status: "delivered", plan: { counts: { removes: 1, refreshed: 1, unchanged: 1, sizeAfter: 2 } } });
    expect(await project.exported("winback.csv")).toEqual([annaLine, carlLine].sort());
    expect(await project.exported("winback.remove.csv")).toEqual([benLine]);
  });

  test("in the middle: what was answered is not sent again, what was under way is", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben, carl);
    const first: Asked[] = [];
    const answer = (_: unknown, { batches }: Asked) => {
      if (batches.length === 2) throw lost;
      return {};
    };
    const failed = await project.run({ destination: recording(first, { answer, capabilities: { batchSize: 1 } }) });
    expect(failed.value).toMatchObject({ status: "failed", sent: { adds: 1, removes: 0 } });
    const second: Asked[] = [];
    const resumed = await project.run({ destination: recording(second, { capabilities: { batchSize: 1 } }) });
    expect(resumed.value).toMatchObject({ status: "delivered", plan: { counts: { adds: 0, refreshed: 2, unchanged: 1 } } });
    expect([...(first[0]?.adds ?? []), ...(second[0]?.adds ?? [])].sort()).toEqual([annaLine, benLine, carlLine].map((line) => line.split(",")).sort());
    expect((await project.run({ destination: recording([]) })).value?.status).toBe("unchanged");
  });

  test("somebody who withdraws before an interrupted run is taken up again is removed and not added", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run({ destination: recording([], { answer: () => Promise.reject(lost) }) });
    await project.people(anna, ben.replace("true", "false"));
    const asked: Asked[] = [];
    await project.run({ destination: recording(asked) });
    expect(asked).toMatchObject([{ removes: [benLine.split(",")], adds: [annaLine.split(",")] }]);
  });

  test("too much at once is halved, again and again, and stays so", async () => {
    project = await ExportProject.create();
    await project.people(...Array.from({ length: 10 }, (_, i) => `'u${i}', 'u${i}@example.com', null, null, null, true`));
    const asked: Asked[] = [];
    const answer = ({ members: people }: Asked["batches"][number]) => {
      if (people.length > 2) throw new DeliveryError("too_much", "please reduce the amount of data");
      return { received: people.length, invalid: 0 };
    };
    const { value } = await project.run({ destination: recording(asked, { answer, capabilities: { batchSize: 8 } }) });
    expect(asked[0]?.batches.map(({ members: people, isLast }) => [people.length, isLast])).toEqual([
      [8, false],
      [4, false],
      [2, false],
      [2, false],
      [2, false],
      [2, false],
      [2, true],
    ]);
    expect(new Set(asked[0]?.batches.map(({ id }) => id)).size).toBe(7);
    expect(asked[0]?.adds).toHaveLength(10);
    expect(value?.sent).toEqual({ adds: 10, removes: 0, received: 10, invalid: 0, pending: 0 });
  });

  test("one person who is too much is a failure", async () => {
    project = await ExportProject.create();
    await project.people(anna);
    const answer = () => Promise.reject(new DeliveryError("too_much", "please reduce the amount of data"));
    expect(messages(await project.run({ destination: recording([], { answer }) }))).toEqual([
      'RT0605 destination "files" failed: please reduce the amount of data',
    ]);
  });

  test("somebody who stops it gets as far as the batch that was under way", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben, carl);
    const abort = new AbortController();
    const asked: Asked[] = [];
    const answer = () => {
      abort.abort();
      return {};
    };
    const stopped = await project.run({ signal: abort.signal, destination: recording(asked, { answer, capabilities: { batchSize: 1 } }) });
    expect(stopped.value).toMatchObject({ status: "interrupted", sent: { adds: 1 } });
    expect(messages(stopped)).toEqual(['RT0610 export "winback" was interrupted at 2026-07-01T09:00:00.000Z']);
    expect(asked[0]).toMatchObject({ isFinished: false, adds: [expect.anything()] });
    expect((await project.run({ destination: recording([]) })).value).toMatchObject({ status: "delivered", plan: { counts: { refreshed: 2 } } });
  });

  test("an error of the database is passed on, and the run is closed by the next one", async () => {
    project = await ExportProject.create();
    await project.people(anna);
    const interrupted = failing(new EngineError("interrupted", "interrupted"));
    await expect(project.run({ destination: interrupted })).rejects.toThrow("interrupted");
    expect(await project.remembered("select status from export_runs")).toEqual([{ status: "running" }]);
    expect((await project.run()).value?.status).toBe("delivered");
    expect(await project.remembered("select status from export_runs order by run_id")).toEqual([{ status: "interrupted" }, { status: "delivered" }]);
  });

  test("what the platform has to say, and rows that it could not use", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben, carl);
    const answer = () => ({ received: 1, invalid: 1, warnings: ["the field COUNTRY was ignored"] });
    const ran = await project.run({ destination: recording([], { answer, capabilities: { batchSize: 1 } }) });
    expect(ran.value).toMatchObject({ status: "delivered", sent: { received: 3, invalid: 3 } });
    expect(messages(ran)).toEqual([
      'RT0613 destination "files" could not use 3 of 3 rows of export "winback"',
      'RT0612 destination "files" says of export "winback" 3 times: the field COUNTRY was ignored',
    ]);
  });

  test("the ledger is never half written", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run();
    const before = await project.remembered(members);
    await project.people(anna, carl);
    // The run's history is written first and needs an id; nothing after it is touched.
    await expect(project.run({ runId: null as never })).rejects.toThrow(/not null/i);
    expect(await project.remembered(members)).toEqual(before);
    expect((await project.run()).value?.plan.counts).toMatchObject({ adds: 1, removes: 1 });
  });
});

describe("platforms that look at people later", () => {
  const later = (answers: Readonly<Record<string, "done" | "refused" | "pending">>) =>
    recording([], {
      capabilities: { batchSize: 1 },
      answer: ({ operation, members }) => ({ reference: `${operation} ${members[0]?.cells[0]}` }),
      destination: {
        confirm: async (references) =>
          new Map(
            references.map((reference) => [
              reference,
              { outcome: answers[reference] ?? "done", ...(answers[reference] === "refused" && { detail: "bad hash" }) },
            ]),
          ),
      },
    });
  const added = (name: string) => `add ${sha(`${name}@example.com`)}`;
  const removed = (name: string) => `remove ${sha(`${name}@example.com`)}`;

  test("what they refuse counts as not sent", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    const first = await project.run({ destination: later({ [added("ben")]: "refused" }) });
    expect(first.value?.status).toBe("failed");
    expect(messages(first)).toEqual(['RT0611 destination "files" took people of export "winback" and refused them later: bad hash']);
    const second = await project.run({ destination: later({}) });
    expect(second.value).toMatchObject({ status: "delivered", plan: { counts: { refreshed: 1, unchanged: 1 } } });
  });

  test("what they still work on counts as sent until they say otherwise", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    const first = await project.run({ destination: later({ [added("ben")]: "pending" }) });
    expect(first.value).toMatchObject({ status: "delivered", sent: { pending: 1 } });
    expect((await project.run({ destination: later({ [added("ben")]: "pending" }) })).value).toMatchObject({ status: "unchanged", sent: { pending: 1 } });
    expect((await project.run({ destination: later({}) })).value).toMatchObject({ status: "unchanged", sent: { pending: 0 } });
  });

  test("a removal that is under way is not sent twice, and is sent again when it is refused", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run({ destination: later({}) });
    await project.people(anna);
    const pending = { [removed("ben")]: "pending" } as const;
    expect((await project.run({ destination: later(pending) })).value).toMatchObject({ status: "delivered", plan: { counts: { removes: 1, sizeAfter: 1 } } });
    expect((await project.run({ destination: later(pending) })).value).toMatchObject({ status: "unchanged", plan: { counts: { removes: 0, sizeBefore: 1 } } });
    expect((await project.run({ destination: later({ [removed("ben")]: "refused" }) })).value?.status).toBe("failed");
    expect((await project.run({ destination: later({}) })).value).toMatchObject({ status: "delivered", plan: { counts: { removes: 1 } } });
    expect(await project.remembered("select count(*) as people from export_members")).toEqual([{ people: 1 }]);
  });

  test("somebody who comes back while being removed is added again", async () => {
    project = await ExportProject.create();
    await project.people(anna, ben);
    await project.run({ destination: later({}) });
    await project.people(anna);
    const pending = { [removed("ben")]: "pending" } as const;
    await project.run({ destination: later(pending) });
    await project.people(anna, ben);
    expect((await project.run({ destination: later(pending) })).value).toMatchObject({ status: "delivered", plan: { counts: { refreshed: 1, removes: 0 } } });
    expect((await project.run({ destination: later({}) })).value?.status).toBe("unchanged");
  });
});
