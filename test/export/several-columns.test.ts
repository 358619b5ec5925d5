/** People with several addresses: an identifier that is mapped to a list of columns. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { problemsWithColumns, toMember } from "../../src/destinations/google/google-members.ts";
import { ExportProject, messages } from "./export-project.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const [home, work, other] = ["ann@home.example.com", "ann@work.example.com", "ben@example.com"].map(sha) as [string, string, string];
let project: ExportProject;
afterEach(() => project?.dispose());

const exportOf = (identifiers: string, rest = "destination: files") => `exports:
  - name: winback
    model: people
    primary_key: customer_id
    ${rest}
    audience: {name: Win back}
    identifiers: ${identifiers}
    consent: {column: ads_consent}
    guards: {max_remove_pct: 100}
`;

async function people(...rows: readonly string[]): Promise<void> {
  await project.build("create or replace table main.people (customer_id varchar, email varchar, work_email varchar, ads_consent boolean)");
  if (rows.length > 0) await project.build(`insert into main.people values ${rows.map((row) => `(${row})`).join(", ")}`);
}

const ann = "'u1', 'ann@home.example.com', 'Ann@Work.example.com', true";
const ben = "'u2', null, 'ben@example.com', true";
const text = (name: string) => readFile(join(project.directory, "target/exports", name), "utf8");

test("each has a column of the file; removals hold all that people were sent with, also what is mapped no more", async () => {
  project = await ExportProject.create(exportOf("{EMAIL: [email, {column: work_email}], EXTERN_ID: customer_id}"));
  await people(ann, ben);
  const first = await project.run();
  expect(messages(first)).toEqual([]);
  expect(first.value?.plan).toMatchObject({
    columns: ["EMAIL", "EMAIL", "EXTERN_ID"],
    counts: { rejects: [{ identifier: "EMAIL", reason: "empty", people: 1 }] },
  });
  const both = [`${home},${work},u1`, `${other},,u2`].sort();
  expect(await text("winback.csv")).toMatch(/^email,email,external_id\n/);
  expect(await project.exported("winback.csv")).toEqual(both);
  expect((await project.run()).value?.status).toBe("unchanged");
  await project.write("exports/winback.yml", exportOf("{EMAIL: email, EXTERN_ID: customer_id}"));
  await people(ben);
  await project.run();
  expect(await text("winback.csv")).toBe("email,external_id\n,u2\n");
  expect(await text("winback.remove.csv")).toMatch(/^email,email,external_id\n/);
  expect(await project.exported("winback.remove.csv")).toEqual(both);
});

test("a person is found and erased by any of them", async () => {
  project = await ExportProject.create(exportOf("{EMAIL: [email, work_email]}"));
  await people(ann, ben);
  await project.run();
  const forgotten = await project.forget({ email: "ann@work.example.com" });
  expect(forgotten.found).toMatchObject({ memberKeys: [sha("u1")], models: ["people"] });
  expect(await text("winback.csv")).toBe(`email,email\n${other},\n`);
});

test("a column that is not there is shown where it stands in the list", async () => {
  project = await ExportProject.create(exportOf("{EMAIL: [email, {column: wrok_email}]}"));
  await people(ann);
  const run = await project.run();
  expect(messages(run)).toEqual(['RT0603 export "winback": the model "people" has no column "wrok_email" for EMAIL']);
  expect(run.diagnostics[0] && (await project.pointedAt(run.diagnostics[0]))).toBe("wrok_email");
});

const plainLists = "{EMAIL: [{column: email, plain: true}, {column: work_email, plain: true}], EXTERN_ID: customer_id}";

test.each([
  ["{type: tiktok, advertiser_id: '7', access_token: x}", "{EMAIL: [email, work_email]}", "", "EMAIL is mapped more than once, which only files can hold"],
  ["{type: meta, ad_account: '7', access_token: x}", "{EMAIL: [email, work_email]}", "", "EMAIL is mapped more than once, which only files can hold"],
  ["{type: file}", plainLists, "\n    format: onesignal", "EMAIL is mapped 2 times; the upload file takes it once"],
])("%s cannot hold several", async (settings, identifiers, format, problem) => {
  const retainYml = `name: shop\ntargets: {dev: {type: duckdb, path: warehouse.duckdb}}\ndestinations: {files: ${settings}}\n`;
  project = await ExportProject.create(exportOf(identifiers, `destination: files${format}`), retainYml);
  await people(ann);
  expect(messages(await project.plan())).toEqual([`RT0603 export "winback": ${problem}`]);
});

test("Google takes several of a member", () => {
  expect(toMember(["EMAIL", "PHONE", "EMAIL"], [home, "", work])).toEqual({
    userData: { userIdentifiers: [{ emailAddress: home }, { emailAddress: work }] },
  });
  expect(problemsWithColumns(["EMAIL", "EMAIL", "PHONE", "ZIP"])).toEqual([]);
  expect(problemsWithColumns(["ZIP", "EMAIL", "ZIP"])).toEqual(["ZIP is mapped 2 times; Google's API takes it once"]);
});
