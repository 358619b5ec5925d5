/** Values that go out plain: only where the export says so, only to what is delivered, and nowhere else in plain. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { PlainIdentifiers } from "../../src/export/plain-identifiers.ts";
import { renderExportPlan, renderExportReport } from "../../src/export/render-plan.ts";
import { sealValues } from "../../src/export/sealing.ts";
import { FakeWebhook } from "../fake-platforms/fake-webhook.mjs";
import { ExportProject, fakeClock, messages } from "./export-project.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
let project: ExportProject;
afterEach(() => project?.dispose());

const exportOf = (format: string, identifiers: string, mode = "mirror") => `exports:
  - name: winback
    model: people
    primary_key: customer_id
    destination: files
    format: ${format}
    audience: {name: Win back}
    mode: ${mode}
    identifiers: ${identifiers}
    consent: {column: ads_consent}
    guards: {max_remove_pct: 100}
`;

const ann = "'u1', ' Ann@Example.com', '010-1234-5678', 'KR', null, true";
const ben = "'u2', 'ben@example.com', null, 'US', null, true";
const carl = "'u3', null, null, 'US', null, true";
const plainEmail = "{EMAIL: {column: email, plain: true}}";
const warning = (keys: string) => `RT0643 export "winback" hands ${keys} to "files" as they are, not hashed`;

describe("what has to be said, and what must not be", () => {
  test.each<[string, string, string, readonly string[], string?]>([
    ["klaviyo", "{EMAIL: email}", "replace", ['RT0640 export "winback": klaviyo takes EMAIL only plain, and nothing plain is written without being asked for']],
    ["meta", plainEmail, "mirror", ['RT0641 export "winback": meta takes EMAIL hashed, and `plain` changes nothing'], "plain"],
    [
      "meta",
      "{EXTERN_ID: {column: customer_id, plain: true}}",
      "mirror",
      ['RT0641 export "winback": meta takes EXTERN_ID as it is anyway, and `plain` changes nothing'],
    ],
    [
      "onesignal",
      plainEmail,
      "mirror",
      ['RT0642 export "winback": everything that finds a person in it is plain, so that mode mirror could not take anybody out again'],
      "mirror",
    ],
    [
      "onesignal",
      "{EMAIL: {column: email, plain: true, hashed: true}, EXTERN_ID: customer_id}",
      "mirror",
      ['RT0603 export "winback": onesignal takes EMAIL as it is, never hashed'],
    ],
    [
      "klaviyo",
      plainEmail,
      "mirror",
      [
        'RT0642 export "winback": everything that finds a person in it is plain, so that mode mirror could not take anybody out again',
        'RT0603 export "winback": the destination "files" cannot do mode mirror',
      ],
    ],
    [
      "meta",
      "{EMAIL: {column: email, email_dots: remove, default_country: country}, FN: {column: email, inner_spaces: keep}}",
      "mirror",
      ['RT0644 export "winback": EMAIL of meta does not read `email_dots`', 'RT0644 export "winback": EMAIL of meta does not read `default_country`'],
    ],
    [
      "snapchat",
      "{EMAIL: email, PHONE: phone}",
      "mirror",
      ['RT0603 export "winback": Snapchat takes one kind of identifier in a list, not EMAIL and PHONE together: make one export for each'],
    ],
  ])("%s %s in mode %s", async (format, identifiers, mode, said, pointedAt) => {
    project = await ExportProject.create(exportOf(format, identifiers, mode));
    await project.people(ann);
    const run = await project.run();
    expect(messages(run)).toEqual(said);
    if (pointedAt !== undefined && run.diagnostics[0]) expect(await project.pointedAt(run.diagnostics[0])).toBe(pointedAt);
    expect(await project.files()).toEqual([]);
  });
});

test("options reach the identifier that reads them", async () => {
  project = await ExportProject.create(
    exportOf("tiktok", "{EMAIL: {column: email, email_dots: remove}, PHONE: {column: phone, default_country: country, phone_plus: true}}"),
  );
  await project.people("'u1', 'Jane.Doe+x@Gmail.com', '010-1234-5678', 'KR', null, true");
  await project.run();
  expect(await project.exported("winback.csv")).toEqual([`${sha("janedoe@gmail.com")},${sha("+821012345678")}`]);
  // An address is found again in whatever form it was sent.
  expect((await project.forget({ email: "jane.doe@gmail.com" })).found.memberKeys).toEqual([sha("u1")]);
  expect(await project.exported("winback.csv")).toEqual([]);
});

test("a list of addresses: the whole audience each time, and hashes in everything that is kept", async () => {
  project = await ExportProject.create(
    exportOf("klaviyo", "{EMAIL: {column: email, plain: true}, PHONE: {column: phone, default_country: country, plain: true}}", "replace"),
  );
  await project.people(ann, ben, carl);
  const first = await project.run();
  expect(messages(first)).toEqual([warning("EMAIL and PHONE")]);
  expect(first.value).toMatchObject({ status: "delivered", plan: { counts: { eligible: 2, leftOut: { no_identifier: 1 } } } });
  expect(await project.exported("winback.csv")).toEqual(["ann@example.com,+821012345678", "ben@example.com,"]);
  await project.people(ben.replace("ben@", "ben.new@"));
  await project.run();
  expect(await project.exported("winback.csv")).toEqual(["ben.new@example.com,"]);
  expect(await project.files()).toEqual(["winback.csv", "winback.manifest.json"]);
  expect(await project.remembered("select identifiers from export_members")).toEqual([{ identifiers: `EMAIL=${sha("ben.new@example.com")}` }]);
});

test("addresses beside an id: removals name the id alone", async () => {
  project = await ExportProject.create(exportOf("onesignal", "{EXTERN_ID: customer_id, EMAIL: {column: email, plain: true}}"));
  await project.people(ann, ben, carl);
  await project.run();
  expect(await project.exported("winback.csv")).toEqual(["u1,ann@example.com,true", "u2,ben@example.com,true", "u3,,true"]);
  await project.people(ann.replace(/true$/, "false"), ben);
  const again = await project.run();
  expect(again.value?.sent).toMatchObject({ adds: 1, removes: 2 });
  expect(await project.exported("winback.csv")).toEqual(["u2,ben@example.com,true"]);
  expect(await project.exported("winback.remove.csv")).toEqual(["u1,false", "u3,false"]);
  expect((await project.run()).value?.status).toBe("unchanged");
});

test("who is erased is gone from the files, too", async () => {
  project = await ExportProject.create(exportOf("onesignal", "{EXTERN_ID: customer_id, EMAIL: {column: email, plain: true}}"));
  await project.people(ann, ben);
  await project.run();
  expect((await project.forget({ email: "ANN@example.com" })).value.audiences).toMatchObject([{ outcome: "removed" }]);
  // Of the others only hashes are known here, so that they stand with their ids until the next run.
  expect(await readFile(join(project.directory, "target/exports/winback.csv"), "utf8")).toBe("external_id,retain_winback\nu2,true\n");
  await project.people(ben);
  await project.write("exports/winback.yml", exportOf("klaviyo", plainEmail, "replace"));
  await project.run();
  expect(await project.exported("winback.csv")).toEqual(["ben@example.com"]);
  const forgotten = await project.forget({ email: "ben@example.com" });
  expect(forgotten.value.audiences.map(({ outcome }) => outcome)).toEqual(["removed"]);
  expect((await project.files()).filter((name) => !name.includes("remove"))).toEqual([]);
  expect(await project.remembered("select * from export_members")).toEqual([]);
});

test("nothing plain stands anywhere but in the file that was asked for", async () => {
  project = await ExportProject.create(
    exportOf("onesignal", "{EXTERN_ID: customer_id, EMAIL: {column: email, plain: true}, PHONE: {column: phone, default_country: country, plain: true}}"),
  );
  await project.people(
    ...Array.from({ length: 30 }, (_, i) => `'u${i}', 'Person.${i}.Qx@Example-Mail.com', '+44 20 7946 0${100 + i}', 'GB', null, ${i % 5 > 0}`),
  );
  const said: string[] = [];
  const plan = await project.plan();
  if (plan.value) said.push(renderExportPlan(plan.value));
  for (let i = 0; i < 2; i++) {
    const run = await project.run();
    if (run.value) said.push(renderExportReport(run.value));
    said.push(JSON.stringify(run));
    await project.build("delete from main.people where customer_id < 'u2'");
  }
  project.close();
  const entries = (await readdir(project.directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const places = new Map(await Promise.all(entries.map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), "latin1")] as const)));
  places.set("said", said.join("\n"));
  for (const table of ["export_members", "export_runs", "export_batches"])
    places.set(table, JSON.stringify(await project.remembered(`select * from ${table}`)));
  const holding = [...places].filter(([, text]) => /example-mail|207946/i.test(text)).map(([name]) => name);
  expect(holding.filter((name) => !name.startsWith("warehouse.duckdb"))).toEqual(["winback.csv"]);
});

describe("by wire", () => {
  let receiver: FakeWebhook;
  let clock: ReturnType<typeof fakeClock>;
  const surroundings = () => ({ clock, now: clock.now, environment: { HOOK_SECRET: "a-secret-of-the-tests" } });
  afterEach(() => receiver.stop());

  async function create(platform: string, yaml: string): Promise<void> {
    clock = fakeClock();
    receiver = new FakeWebhook({ now: () => clock.now().getTime() });
    const url = await receiver.start();
    const settings = `name: shop
targets: {dev: {type: duckdb, path: warehouse.duckdb}}
destinations:
  files: {type: webhook, url: "${url}", secret: "\${HOOK_SECRET}", platform: ${platform}}
`;
    project = await ExportProject.create(yaml.replace(/ {4}format: .*\n/, ""), settings);
  }

  test("plain values go to a receiver that reads nothing else, and removals name the id alone", async () => {
    await create("onesignal", exportOf("onesignal", "{EXTERN_ID: customer_id, EMAIL: {column: email, plain: true}}"));
    await project.people(ann, ben);
    const run = await project.run(surroundings());
    expect(messages(run)).toEqual([warning("EMAIL")]);
    expect([...receiver.members].sort()).toEqual(["EMAIL=ann@example.com", "EMAIL=ben@example.com", "EXTERN_ID=u1", "EXTERN_ID=u2"]);
    await project.people(ben);
    await project.run(surroundings());
    expect(receiver.requests.map(({ body }) => [body.operation, body.columns]).filter(([operation]) => operation === "remove")).toEqual([
      ["remove", ["EXTERN_ID"]],
    ]);
    expect(JSON.stringify(await project.remembered("select * from export_members"))).not.toContain("example.com");
  });

  test("who was sent plain and by nothing else cannot be erased by us, which is said", async () => {
    await create("klaviyo", exportOf("klaviyo", plainEmail, "replace"));
    await project.people(ann);
    await project.run(surroundings());
    expect([...receiver.members]).toEqual(["EMAIL=ann@example.com"]);
    const erased = await project.forget({ email: "ann@example.com" }, surroundings());
    expect(erased.value.audiences).toMatchObject([{ outcome: "failed" }]);
    expect(messages(erased)).toEqual(['RT0605 destination "files" failed: the person was sent plain, and nothing is kept by which to remove them']);
    expect(erased.diagnostics[0]?.help).toBe("take them out of the model and run the export");
  });
});

test("a sealed value is opened by nobody but the process that sealed it, and only for the hash that it is of", async () => {
  const column = { key: "EMAIL", identity: { plain: true }, options: {}, column: "email", countryColumn: undefined };
  const make = () => PlainIdentifiers.of([column as never]) as PlainIdentifiers;
  const plain = make();
  const sealed = sealValues(plain.secret, { [sha("ann@example.com")]: "ann@example.com" });
  expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain("ann");
  expect(sealValues(plain.secret, { [sha("ann@example.com")]: "ann@example.com" })).not.toBe(sealed);
  expect(plain.reveal(["EMAIL", "EXTERN_ID"], [sha("ann@example.com"), "u1"], sealed)).toEqual(["ann@example.com", "u1"]);
  expect(plain.reveal(["EMAIL"], [sha("old@example.com")], sealed)).toEqual([""]);
  expect(plain.reveal(["EMAIL"], [""], sealed)).toEqual([""]);
  expect(plain.reveal(["EMAIL"], [sha("ann@example.com")], "")).toEqual([""]);
  expect(() => make().reveal(["EMAIL"], [sha("ann@example.com")], sealed)).toThrow();
  expect(PlainIdentifiers.of([{ ...column, identity: {} } as never])).toBeUndefined();
});
