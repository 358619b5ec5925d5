/** A real process that is killed without warning while it sends people, and the next one that goes on from there. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FakeMeta } from "../fake-platforms/fake-meta.mjs";
import { retain, retainOk, startRetain, temporaryFolder } from "./program-process.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const people = 25_000;
let meta: FakeMeta;
let folder: string;

beforeAll(async () => {
  meta = new FakeMeta();
  const url = await meta.start();
  folder = temporaryFolder();
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write(
    "retain.yml",
    `name: shop\nconfig_version: 1\ntargets: {dev: {type: duckdb, path: warehouse.duckdb}}\ndestinations:\n  facebook: {type: meta, ad_account: "1234567890", access_token: fake-meta-token, base_url: "${url}"}\n`,
  );
  write("models/people.sql", `select 'u' || i as customer_id, 'u' || i || '@example.com' as email from range(${people}) as numbers(i)`);
  write("models/people.yml", "models:\n  - name: people\n    config: {materialized: table}\n    columns: [{name: customer_id, tests: [unique, not_null]}]\n");
  write(
    "exports/winback.yml",
    "exports:\n  - {name: winback, model: people, primary_key: customer_id, destination: facebook, audience: {name: Win back, create: true}, identifiers: {EMAIL: email}}\n",
  );
  await retainOk(folder, ["build", "--quiet"]);
});
afterAll(() => meta.stop());

test("killed while the second batch is under way: nobody is lost, and what was answered is not sent again", async () => {
  const handle = meta.handle.bind(meta);
  let batches = 0;
  let kill: () => void = () => undefined;
  meta.handle = (request) => {
    const answer = handle(request);
    // The platform has carried out the second batch, and nobody is there any more to hear of it.
    if (request.path.endsWith("/users") && ++batches === 2) kill();
    return answer;
  };
  const running = startRetain(["export", "run", "winback"], { cwd: folder });
  kill = () => running.child.kill("SIGKILL");
  const ended = await running.ended;
  meta.handle = handle;
  expect(ended.code).not.toBe(0);
  expect(meta.members()).toHaveLength(20_000);

  const status = JSON.parse((await retainOk(folder, ["export", "status", "winback", "--json"])).stdout);
  expect(status[0]).toMatchObject({ ledger: { people: 10_000, unsure: 15_000 }, runs: [{ status: "running" }] });
  const resumed = JSON.parse((await retainOk(folder, ["export", "run", "winback", "--json"])).stdout);
  expect(resumed[0]).toMatchObject({ status: "delivered", sent: { adds: 15_000 }, plan: { counts: { refreshed: 15_000, unchanged: 10_000 } } });
  expect(meta.members()).toHaveLength(people);
  expect(meta.members()).toContain(`EMAIL=${sha("u24999@example.com")}`);
  expect(meta.audiences.size).toBe(1);
  const again = await retain(folder, ["export", "run", "winback"]);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing was sent: the audience is as it was.") });
});
