/** What models may read of exports: files that are there from the start, and what stands in them. */
import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ensurePublished, publishedFolder } from "../../src/export/published-tables.ts";
import { defaultExport, ExportProject, messages } from "./export-project.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const person = (id: number, consent = true) => `'u${id}', 'u${id}@example.com', null, null, null, ${consent}`;

let project: ExportProject;
afterEach(() => project?.dispose());

const folder = () => join(project.directory, ".retain/exports");
const read = (table: string) => project.remembered(`select * from read_parquet('${folder()}/${table}/*.parquet') order by member_key`);

test("before the first export: tables of nobody, with the same columns and types", async () => {
  project = await ExportProject.create(`${defaultExport}    holdout: {percent: 50, salt: s}\n`);
  await project.state((connection) => ensurePublished(connection, folder()));
  const shape = (table: string) => project.remembered(`select column_name, column_type from (describe select * from '${folder()}/${table}/*.parquet')`);
  const before = { members: await shape("export_members"), assignments: await shape("export_assignments") };
  expect([await read("export_members"), await read("export_assignments")]).toEqual([[], []]);
  await project.people(person(1), person(2), person(3), person(4), person(5, false));
  await project.run();
  expect({ members: await shape("export_members"), assignments: await shape("export_assignments") }).toEqual(before);
  expect(await readdir(join(folder(), "export_members"))).toEqual(["dev.winback.parquet"]);
  await project.state((connection) => ensurePublished(connection, folder()));
  expect(await readdir(join(folder(), "export_members"))).toEqual(["dev.winback.parquet"]);

  const assigned = await read("export_assignments");
  const members = await read("export_members");
  expect(assigned.map((row) => row["member_key"])).toEqual([1, 2, 3, 4].map((id) => sha(`u${id}`)).sort());
  expect(assigned[0]).toMatchObject({ target: "dev", export_name: "winback", planned_treatment_share: 0.5, assigned_at: "2026-07-01 09:00:00" });
  expect(members.map((row) => row["member_key"])).toEqual(assigned.filter((row) => row["arm"] === "treatment").map((row) => row["member_key"]));
  expect(Object.keys(members[0] ?? {})).toEqual(["target", "export_name", "audience", "member_key", "first_sent_at", "sent_at"]);
});

test("files that survived their ledger are a sign that it was lost", async () => {
  project = await ExportProject.create();
  await project.people(person(1));
  await project.run();
  project.close();
  await rm(join(project.directory, ".retain/state.duckdb"));
  await rm(join(project.directory, "target"), { recursive: true });
  await project.built("people");
  const stopped = [await project.run(), await project.run()];
  for (const run of stopped) expect(messages(run)).toEqual([expect.stringMatching(/stopped by lost_ledger: files of an earlier delivery lie beside it/)]);
  expect((await project.run({ options: { force: ["lost_ledger"] } })).value?.status).toBe("delivered");
});

test("another destination is another audience, and no lost ledger", async () => {
  const settings =
    "name: shop\ntargets: {dev: {type: duckdb, path: warehouse.duckdb}}\ndestinations:\n  files: {type: file}\n  others: {type: file, directory: others}\n";
  project = await ExportProject.create(defaultExport, settings);
  await project.people(person(1), person(2));
  await project.run();
  await project.write("exports/winback.yml", defaultExport.replace("destination: files", "destination: others"));
  const moved = await project.run();
  expect(messages(moved)).toEqual(['RT0609 2 people of export "winback" are still in the audience at "files", where it is not delivered any more']);
  expect(moved.value).toMatchObject({ status: "delivered", plan: { counts: { adds: 2, sizeBefore: 0 } } });
});

test("the folder is beside the state database, wherever that is", () => {
  const config = (path: string) => ({ projectDir: "/project", project: { state: { path } } }) as Parameters<typeof publishedFolder>[0];
  expect(publishedFolder(config(".retain/state.duckdb")).replaceAll("\\", "/")).toBe("/project/.retain/exports");
  expect(publishedFolder(config("/var/state.duckdb")).replaceAll("\\", "/")).toBe("/var/exports");
});
