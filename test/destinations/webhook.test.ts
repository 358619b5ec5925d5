/** Signed batches to any address, against a receiver that checks what it gets. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultExport, ExportProject, fakeClock, messages, type Overrides } from "../export/export-project.ts";
import type { FakeRequest, Fault } from "../fake-platforms/fake-platform.mjs";
import { FakeWebhook } from "../fake-platforms/fake-webhook.mjs";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const person = (name: string, consent = true) => `'${name}', '${name}@example.com', null, null, null, ${consent}`;
const members = (...names: readonly string[]) => names.map((name) => `EMAIL=${sha(`${name}@example.com`)}`).sort();

let project: ExportProject;
let receiver: FakeWebhook;
let clock: ReturnType<typeof fakeClock>;
const run = (overrides: Overrides = {}) => project.run({ clock, now: clock.now, environment: { HOOK_SECRET: "a-secret-of-the-tests" }, ...overrides });
const batches = () => receiver.requests.filter(({ body }) => body.event === "audience.batch");

async function create(yaml = defaultExport, settings = ""): Promise<void> {
  const url = await receiver.start();
  project = await ExportProject.create(
    yaml.replace("destination: files", "destination: hook"),
    `name: shop
targets: {dev: {type: duckdb, path: warehouse.duckdb}}
destinations:
  hook: {type: webhook, url: "${url}/in?key=hidden", secret: "\${HOOK_SECRET}", batch_size: 2${settings}}
`,
  );
}

beforeEach(() => {
  clock = fakeClock();
  receiver = new FakeWebhook({ now: () => clock.now().getTime() });
  receiver.onHang = () => clock.runOut();
});
afterEach(async () => {
  await receiver.stop();
  await project.dispose();
});

describe("what is sent", () => {
  test("a check, batches in order, and an end", async () => {
    await create(defaultExport, ', headers: {x-tenant: "7"}');
    await project.people(person("ann"), person("ben"), person("cat"));
    expect((await run()).value).toMatchObject({ status: "delivered", sent: { adds: 3, received: 3, invalid: 0 } });
    expect([...receiver.members].sort()).toEqual(members("ann", "ben", "cat"));
    expect(receiver.requests.map(({ body }) => [body.event, body.sequence, body.last])).toEqual([
      ["audience.check", undefined, undefined],
      ["audience.batch", 1, false],
      ["audience.batch", 2, true],
      ["audience.finished", undefined, undefined],
    ]);
    const [first] = batches();
    expect(first?.body).toEqual({
      event: "audience.batch",
      export: "winback",
      audience: { name: "Win back", marker: "retain/shop/dev/winback" },
      delivery: "run-1",
      mode: "mirror",
      batch: "run-1/1",
      operation: "add",
      sequence: 1,
      last: false,
      columns: ["EMAIL", "PHONE", "MADID"],
      members: expect.arrayContaining([expect.arrayContaining(["", ""])]),
    });
    expect(first?.headers).toMatchObject({
      "x-tenant": "7",
      "idempotency-key": "run-1/1",
      "retain-signature": expect.stringMatching(/^t=1782896400,v1=[0-9a-f]{64}$/),
    });
    expect(receiver.requests.at(-1)?.body).toMatchObject({ batches: 2, people: { remove: 0, add: 3 } });
  });

  test("removals before additions, and nothing when nothing changed", async () => {
    await create();
    await project.people(person("ann"), person("ben"));
    await run();
    await project.people(person("ben"), person("cat"), person("ann", false));
    await run();
    expect(batches().map(({ body }) => [body.operation, body.members.length])).toEqual([
      ["add", 2],
      ["remove", 1],
      ["add", 1],
    ]);
    expect([...receiver.members].sort()).toEqual(members("ben", "cat"));
    expect((await run()).value?.status).toBe("unchanged");
    expect(batches()).toHaveLength(3);
  });

  test("mode replace, also with nobody", async () => {
    await create(`${defaultExport.replace("guards: {", "guards: {allow_empty: true, ")}    mode: replace\n`);
    await project.people(person("ann"), person("ben"), person("cat"));
    await run();
    await project.people(person("cat"), person("dan"));
    await run();
    expect([...receiver.members].sort()).toEqual(members("cat", "dan"));
    await project.people();
    expect((await run()).value?.status).toBe("delivered");
    expect([...receiver.members]).toEqual([]);
  });
});

describe("failures", () => {
  const isBatch = ({ body }: FakeRequest) => body?.event === "audience.batch";

  test.each<[string, Fault]>([
    ["429", { answer: { status: 429, headers: { "retry-after": "400" } } }],
    ["503", { answer: { status: 503, body: "<html>down</html>" } }],
    ["a login page that says 200", { answer: { status: 200, body: "<html>log in</html>" } }],
    ["a broken connection, before", { drop: "before" }],
    ["a broken connection, after", { drop: "after" }],
    ["no answer", { hang: "after" }],
  ])("%s: the same batch again, with the same key, and a new signature", async (_, fault) => {
    await create();
    await project.people(person("ann"));
    receiver.faults.push({ ...fault, on: isBatch });
    expect((await run()).value?.status).toBe("delivered");
    expect(batches().map(({ headers }) => headers["idempotency-key"])).toEqual(["run-1/1", "run-1/1"]);
    expect([...receiver.members]).toEqual(members("ann"));
  });

  test("too many at once", async () => {
    await create();
    receiver.most = 1;
    await project.people(person("ann"), person("ben"));
    expect((await run()).value?.status).toBe("delivered");
    expect([...receiver.members].sort()).toEqual(members("ann", "ben"));
    expect(new Set(batches().map(({ headers }) => headers["idempotency-key"])).size).toBe(3);
  });

  test("a wrong secret is told by the check, without the secret", async () => {
    await create();
    await project.people(person("ann"));
    const refused = await run({ environment: { HOOK_SECRET: "another-secret-of-somebody" } });
    expect(messages(refused)).toEqual(['RT0607 destination "hook" is not ready, receiver: the receiver answered 401: wrong signature']);
    expect(refused.diagnostics[0]?.help).toBe("check that `secret` and `headers` are the receiver's");
    expect(batches()).toEqual([]);
  });

  test("a redirect is not followed", async () => {
    await create();
    await project.people(person("ann"));
    receiver.faults.push({ answer: { status: 307, headers: { location: "http://127.0.0.1:1/" } } });
    expect(messages(await run())).toEqual(['RT0607 destination "hook" is not ready, receiver: the address answers with a redirect, which is not followed']);
  });

  test("what the receiver says is passed on, but for addresses and identifiers", async () => {
    await create();
    await project.people(person("ann"));
    receiver.faults.push({ on: isBatch, answer: { status: 422, body: { error: `no such audience for ${sha("ann@example.com")} at ann@example.com` } } });
    const failed = await run();
    expect(messages(failed)).toEqual(['RT0605 destination "hook" failed: the receiver answered 422: no such audience for … at …']);
  });

  test("rows that it could not use, and what it warns of", async () => {
    await create();
    await project.people(person("ann"));
    receiver.faults.push({ on: isBatch, answer: { body: { received: 1, invalid: 1, warnings: ["MADID is not used here"] } } });
    const ran = await run();
    expect(messages(ran)).toEqual([
      'RT0613 destination "hook" could not use 1 of 1 rows of export "winback"',
      'RT0612 destination "hook" says of export "winback": MADID is not used here',
    ]);
  });
});
