/** Who is left out: one first reason each, reasons add up, and nobody who is left out is ever in a file. */
import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { isHeldOut } from "../../src/export/holdout.ts";
import { defaultExport, ExportProject } from "./export-project.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");

let project: ExportProject;
afterEach(() => project?.dispose());

const holdout = { percent: 20, salt: "winback" };
const full = `${defaultExport}    suppress: [do_not_contact, complained]\n    holdout: {percent: 20, salt: winback}\n`;

const keys = Array.from({ length: 200 }, (_, i) => `u${i + 1}`);
const heldOut = new Set(keys.filter((key) => isHeldOut(holdout, key)));
const number = (key: string) => Number(key.slice(1));
/** Every third has no consent, every fourth is suppressed once, every eighth twice, every seventh has no identifier. */
const hasConsent = (key: string) => number(key) % 3 !== 0;
const isSuppressed = (key: string) => number(key) % 4 === 0;
const hasEmail = (key: string) => number(key) % 7 !== 0;

async function build(): Promise<void> {
  project = await ExportProject.create(full);
  await project.built("do_not_contact");
  await project.built("complained");
  await project.people(
    ...keys.map(
      (key) =>
        `'${key}', ${hasEmail(key) ? `'${key}@example.com'` : "null"}, null, null, null, ${hasConsent(key) ? "true" : number(key) % 2 ? "false" : "null"}`,
    ),
  );
  await project.build(
    "create table main.do_not_contact as select customer_id from main.people where substr(customer_id, 2)::integer % 4 = 0 union all select null",
  );
  await project.build("create table main.complained as select customer_id, i from main.people, range(3) as r(i) where substr(customer_id, 2)::integer % 8 = 0");
}

test("each person has the first reason only, and the counts add up", async () => {
  await build();
  const { value, diagnostics } = await project.run();
  expect(diagnostics).toEqual([]);
  const noConsent = keys.filter((key) => !hasConsent(key));
  const suppressed = keys.filter((key) => hasConsent(key) && isSuppressed(key));
  const held = keys.filter((key) => hasConsent(key) && !isSuppressed(key) && heldOut.has(key));
  const asked = keys.filter((key) => hasConsent(key) && !isSuppressed(key) && !heldOut.has(key));
  const sent = asked.filter(hasEmail);
  expect(held.length).toBeGreaterThan(5);
  expect(value?.plan.counts).toMatchObject({
    people: 200,
    eligible: sent.length,
    leftOut: { no_consent: noConsent.length, suppressed: suppressed.length, holdout: held.length, no_identifier: asked.length - sent.length },
  });
  const { people = 0, eligible = 0, leftOut } = value?.plan.counts ?? {};
  expect(eligible + Object.values(leftOut ?? {}).reduce((sum, count) => sum + count, 0)).toBe(people);
  expect(await project.exported("winback.csv")).toEqual(sent.map((key) => `${sha(`${key}@example.com`)},,`).sort());

  const arms = await project.remembered("select member_key, arm, assigned_at from export_assignments order by member_key");
  const expected = [...held.map((key) => ({ member_key: sha(key), arm: "holdout" })), ...asked.map((key) => ({ member_key: sha(key), arm: "treatment" }))];
  expect(arms).toEqual(expected.sort((a, b) => (a.member_key < b.member_key ? -1 : 1)).map((row) => ({ ...row, assigned_at: "2026-07-01T09:00:00.000Z" })));
});

test("assignments stay as they are until the arm changes", async () => {
  await build();
  await project.run();
  const now = () => new Date("2026-08-01T00:00:00Z");
  await project.build("delete from main.people where customer_id in ('u1', 'u2')");
  await project.run({ now });
  const all = "select count(*) as people, min(assigned_at) as first, max(assigned_at) as last from export_assignments";
  const before = (await project.remembered(all))[0];
  expect(before).toMatchObject({ first: "2026-07-01T09:00:00.000Z", last: "2026-07-01T09:00:00.000Z" });

  await project.write("exports/winback.yml", full.replace("percent: 20", "percent: 50"));
  const { value } = await project.run({ now });
  const moved = keys.slice(2).filter((key) => hasConsent(key) && !isSuppressed(key) && !heldOut.has(key) && isHeldOut({ ...holdout, percent: 50 }, key));
  expect(value?.plan.counts.removes).toBe(moved.filter(hasEmail).length);
  expect((await project.remembered(all))[0]).toMatchObject({ people: before?.["people"], last: "2026-08-01T00:00:00.000Z" });
  const later = await project.remembered("select member_key, arm from export_assignments where assigned_at > '2026-07-02' order by member_key");
  expect(later).toEqual(moved.map((key) => ({ member_key: sha(key), arm: "holdout" })).sort((a, b) => (a.member_key < b.member_key ? -1 : 1)));
});

describe("keys", () => {
  test("numbers are keys, and suppression knows them across widths", async () => {
    project = await ExportProject.create(`${defaultExport}    suppress: [do_not_contact]\n`);
    await project.built("do_not_contact");
    await project.build(
      "create or replace table main.people as select i::integer as customer_id, i || '@example.com' as email, null::varchar as phone, null::varchar as country, null::varchar as advertising_id, true as ads_consent from range(5) as r(i)",
    );
    await project.build("create table main.do_not_contact as select 3::bigint as customer_id");
    const { value } = await project.run();
    expect(value?.plan.counts).toMatchObject({ people: 5, eligible: 4, leftOut: { suppressed: 1 } });
    expect(await project.remembered(`select count(*) as people from export_members where member_key = '${sha("4")}'`)).toEqual([{ people: 1 }]);
  });

  test("names with quotes and capitals", async () => {
    project = await ExportProject.create(`exports:
  - name: winback
    model: people
    primary_key: 'the "key"'
    destination: files
    audience: {name: Win back}
    identifiers: {EMAIL: e-mail, EXTERN_ID: 'THE "KEY"'}
`);
    await project.build(
      `create or replace table main.people ("The ""Key""" varchar, "E-Mail" varchar); insert into main.people values ('it''s', 'a@example.com')`,
    );
    await project.run();
    expect(await project.exported("winback.csv")).toEqual([`${sha("a@example.com")},it's`]);
  });
});
