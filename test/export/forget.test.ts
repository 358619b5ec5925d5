/** Erasing a person: from every audience, from the ledger, from the holdout, and without a trace of who it was. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { renderErasure } from "../../src/export/render-erasure.ts";
import { DeliveryError } from "../../src/ports/destination.ts";
import { FakeMeta, metaError } from "../fake-platforms/fake-meta.mjs";
import { ExportProject, messages, type Overrides } from "./export-project.ts";
import { recording } from "./recording-destination.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const phone = "'010-1234-5678'";
const ann = `'u1', 'Ann@Example.com', ${phone}, 'KR', null, true`;
const ben = `'u2', 'ben@example.com', ${phone}, 'KR', null, true`;
const cat = "'u3', 'cat@example.com', null, 'KR', null, true";

const yaml = (name: string, destination: string, more = "") => `exports:
  - name: ${name}
    model: people
    primary_key: customer_id
    destination: ${destination}
    audience: {name: ${name}, create: true}
    identifiers:
      EMAIL: email
      PHONE: {column: phone, default_country: country}
    consent: {column: ads_consent}
    guards: {max_remove_pct: 100, allow_empty: true}
${more}`;

let project: ExportProject;
let meta: FakeMeta;
const run = (name: string, more: Overrides = {}) => project.run({ export: name, ...more });
const lines = (name: string) => project.exported(name);

beforeEach(async () => {
  meta = new FakeMeta();
  const url = await meta.start();
  const settings = `name: shop
targets: {dev: {type: duckdb, path: warehouse.duckdb}}
destinations:
  files: {type: file}
  facebook: {type: meta, ad_account: 1234567890, access_token: fake-meta-token, base_url: "${url}", attempts: 1}
`;
  project = await ExportProject.create(yaml("file_export", "files", "    holdout: {percent: 34, salt: s12}\n"), settings);
  await project.write("exports/facebook.yml", yaml("meta_export", "facebook"));
  await project.people(ann, ben, cat);
});
afterEach(async () => {
  await meta.stop();
  await project.dispose();
});

describe("somebody who was sent", () => {
  test.each([{ customer: "u1" }, { email: " ann@EXAMPLE.com " }])("%j", async (query) => {
    await run("file_export");
    await run("meta_export");
    const before = await lines("file_export.csv");
    expect(before.some((line) => line.startsWith(sha("ann@example.com")))).toBe(true);
    const erased = await project.forget(query);
    expect(erased.diagnostics).toEqual([]);
    expect(erased.value).toEqual({
      audiences: [
        { export: "file_export", target: "dev", audience: "files", outcome: "removed" },
        { export: "meta_export", target: "dev", audience: "facebook", outcome: "removed" },
      ],
      assignments: 1,
    });
    expect(erased.found.models).toEqual(["people"]);
    // The phone is Ben's, too: he was sent again.
    expect(meta.members()).toEqual([`EMAIL=${sha("ben@example.com")}`, `EMAIL=${sha("cat@example.com")}`, `PHONE=${sha("821012345678")}`].sort());
    expect((await lines("file_export.csv")).some((line) => line.startsWith(sha("ann@example.com")))).toBe(false);
    expect(await lines("file_export.remove.csv")).toEqual([`${sha("ann@example.com")},${sha("821012345678")}`]);
    for (const table of ["export_members", "export_assignments"]) {
      expect(await project.remembered(`select * from ${table} where member_key = '${sha("u1")}'`)).toEqual([]);
      const published = join(project.directory, ".retain/exports", table, "*.parquet");
      expect(await project.remembered(`select * from '${published}' where member_key = '${sha("u1")}'`)).toEqual([]);
      expect((await project.remembered(`select * from '${published}'`)).length).toBeGreaterThan(0);
    }
    expect(await project.remembered("select target, audiences, erased_at from export_erasures")).toEqual([
      { target: "dev", audiences: 2, erased_at: "2026-07-01T09:00:00.000Z" },
    ]);
    const everything = JSON.stringify([await project.remembered("select * from export_erasures"), await project.remembered("select * from export_runs")]);
    expect(everything).not.toContain(sha("u1"));
    expect(renderErasure(erased.value, true)).toBe(`Audiences
  file_export  files (target dev)     removed
  meta_export  facebook (target dev)  removed
Erased from the experiments of 1 export.
Erased. That it was done is remembered, and not for whom.
`);
  });

  test("a platform that refuses: they stay in its ledger, and the next attempt goes on", async () => {
    await run("meta_export");
    meta.faults.push({ answer: metaError(200, "Permissions error", undefined, 403) });
    const failed = await project.forget({ customer: "u1" });
    expect(failed.value.audiences).toMatchObject([{ audience: "facebook", outcome: "failed" }]);
    expect(messages(failed)).toEqual(['RT0605 destination "facebook" failed: Permissions error (code 200)']);
    expect(renderErasure(failed.value, true)).toMatch(/NOT removed\nNot erased everywhere: run it again once the errors are mended\.\n$/);
    expect((await project.forget({ customer: "u1" })).value.audiences).toMatchObject([{ outcome: "removed" }]);
    expect(meta.members()).not.toContain(`EMAIL=${sha("ann@example.com")}`);
    expect(await project.remembered("select count(*) as people from export_members")).toEqual([{ people: 2 }]);
  });

  test("a platform that works on it: pending, until it says that it is done", async () => {
    let outcome: "pending" | "done" = "pending";
    const destination = recording([], {
      answer: ({ id }) => ({ reference: id }),
      destination: { confirm: async (references) => new Map(references.map((reference) => [reference, { outcome }])) },
    });
    outcome = "done";
    await run("meta_export", { destination });
    outcome = "pending";
    expect((await project.forget({ customer: "u1" }, { destination })).value.audiences).toMatchObject([{ outcome: "pending" }]);
    outcome = "done";
    await run("meta_export", { destination });
    expect(await project.remembered(`select count(*) as rows from export_members where member_key = '${sha("u1")}' and batch_id is not null`)).not.toEqual([
      { rows: 0 },
    ]);
  });

  test("an audience of another destination or id is not forgotten", async () => {
    await run("meta_export");
    const [id] = meta.audiences.keys();
    await project.write("exports/facebook.yml", yaml("meta_export", "files"));
    const erased = await project.forget({ email: "ann@example.com" });
    expect(erased.value.audiences).toMatchObject([{ audience: "facebook", outcome: "removed" }]);
    expect(meta.members(id)).not.toContain(`EMAIL=${sha("ann@example.com")}`);
    expect(meta.audiences.size).toBe(1);
  });

  test("an export that is gone: told, and kept in the ledger", async () => {
    await run("meta_export");
    await project.write("exports/facebook.yml", "exports: []\n");
    const erased = await project.forget({ customer: "u1" });
    expect(erased.value.audiences).toMatchObject([{ outcome: "failed" }]);
    expect(messages(erased)).toEqual([
      'RT0615 the person cannot be removed from the audience of export "meta_export" at "facebook": the project has no such export any more',
    ]);
  });
});

test("somebody who was held out is found by an address through the model", async () => {
  await run("file_export");
  const [heldOut] = await project.remembered("select member_key from export_assignments where arm = 'holdout'");
  const names = { [sha("u1")]: "ann", [sha("u2")]: "ben", [sha("u3")]: "cat" };
  const name = names[String(heldOut?.["member_key"])];
  const erased = await project.forget({ email: `${name}@example.com` });
  expect(erased.value).toEqual({ audiences: [], assignments: 1 });
  expect(await project.remembered("select count(*) as people from export_assignments where arm = 'holdout'")).toEqual([{ people: 0 }]);
  expect(renderErasure(erased.value, true)).toMatch(/^The person is in no audience\.\nErased from the experiments of 1 export\.\n/);
});

test("nobody", async () => {
  await run("file_export");
  const erased = await project.forget({ email: "nobody@example.com" });
  expect(erased).toMatchObject({ value: { audiences: [], assignments: 0 }, found: { memberKeys: [], models: [] }, diagnostics: [] });
  expect(renderErasure(erased.value, false)).toMatch(/^Nobody was found/);
});

test("a model that cannot be read is told", async () => {
  await run("file_export");
  await project.build("drop table main.people");
  const erased = await project.forget({ email: "ann@example.com" });
  expect(erased.found).toMatchObject({ models: [], unread: ["people"] });
  expect(erased.value.audiences).toMatchObject([{ outcome: "removed" }]);
});

test("an interruption leaves the person for the next attempt", async () => {
  await run("meta_export");
  const destination = recording([], { answer: () => Promise.reject(new DeliveryError("unreachable", "no answer")) });
  expect((await project.forget({ customer: "u1" }, { destination })).value.audiences).toMatchObject([{ outcome: "failed" }]);
  expect((await project.forget({ customer: "u1" })).value.audiences).toMatchObject([{ outcome: "removed" }]);
});
