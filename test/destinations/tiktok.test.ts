/** Segments on TikTok, against a fake that answers 200 to everything and says in the body what became of it. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ExportProject, fakeClock, messages, type Overrides } from "../export/export-project.ts";
import type { FakeRequest, Fault } from "../fake-platforms/fake-platform.mjs";
import { FakeTiktok, tiktokError } from "../fake-platforms/fake-tiktok.mjs";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const gaid = "5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25";
const ann = `'u1', 'Ann+x@Example.com', '010-1234-5678', 'KR', '${gaid.toUpperCase()}', true`;
const ben = "'u2', 'ben@example.com', null, 'US', null, true";
const membersOf = { ann: [`EMAIL=${sha("ann@example.com")}`, `PHONE=${sha("821012345678")}`, `GAID=${sha(gaid)}`], ben: [`EMAIL=${sha("ben@example.com")}`] };
const members = (...names: readonly (keyof typeof membersOf)[]) => names.flatMap((name) => membersOf[name]).sort();

const yaml = `exports:
  - name: winback
    model: people
    primary_key: customer_id
    destination: tiktok
    audience: {name: Win back, create: true}
    identifiers:
      EMAIL: email
      PHONE: {column: phone, default_country: country}
      GAID: advertising_id
    consent: {column: ads_consent}
    guards: {max_remove_pct: 100}
`;

let project: ExportProject;
let tiktok: FakeTiktok;
let clock: ReturnType<typeof fakeClock>;
const withAll = (overrides: Overrides = {}): Overrides => ({ clock, now: clock.now, environment: { TIKTOK_TOKEN: "fake-tiktok-token" }, ...overrides });
const run = (overrides?: Overrides) => project.run(withAll(overrides));
const isMapping = ({ path }: FakeRequest) => path.endsWith("/segment/mapping/");
const mappings = () => tiktok.requests.filter(isMapping);

async function create(exportYaml = yaml): Promise<void> {
  const url = await tiktok.start();
  project = await ExportProject.create(
    exportYaml,
    `name: shop
targets: {dev: {type: duckdb, path: warehouse.duckdb}}
destinations:
  tiktok: {type: tiktok, advertiser_id: "7000000000000000001", access_token: "\${TIKTOK_TOKEN}", base_url: "${url}"}
`,
  );
}

beforeEach(() => {
  clock = fakeClock();
  tiktok = new FakeTiktok();
  tiktok.onHang = () => clock.runOut();
});
afterEach(async () => {
  await tiktok.stop();
  await project.dispose();
});

describe("a segment", () => {
  test("is made, filled, left alone and changed; missing identifiers keep their places", async () => {
    await create();
    for (const name of ["a", "b", "c"]) tiktok.segments.set(name, { name, members: new Set() });
    await project.people(ann, ben);
    expect((await run()).value).toMatchObject({ status: "delivered", sent: { adds: 2 } });
    expect(tiktok.members()).toEqual(members("ann", "ben"));
    expect([...tiktok.segments.values()].at(-1)?.name).toBe("Win back [retain/shop/dev/winback]");
    expect(mappings()[0]?.body).toMatchObject({
      advertiser_ids: ["7000000000000000001"],
      action: "add",
      id_schema: ["EMAIL_SHA256", "PHONE_SHA256", "GAID_SHA256"],
      batch_data: expect.arrayContaining([[{ id: sha("ben@example.com"), audience_ids: ["9001"] }, {}, {}]]),
    });
    expect((await run()).value).toMatchObject({ status: "unchanged", plan: { platform: { id: "9001", condition: "valid" } } });
    expect(mappings()).toHaveLength(1);
    await project.people(ben);
    await run();
    expect(mappings().map(({ body }) => body.action)).toEqual(["add", "delete"]);
    expect(tiktok.members()).toEqual(members("ben"));
    expect(tiktok.segments.size).toBe(4);
  });

  test("cannot be replaced, and does not take what it cannot tell apart", async () => {
    await create(`${yaml.replace("GAID", "MADID")}    mode: replace\n`);
    await project.people(ben);
    expect(messages(await run())).toEqual([
      'RT0603 export "winback": TikTok\'s API wants to know whose advertising ids they are: map IDFA, GAID or AAID instead of MADID',
      'RT0603 export "winback": the destination "tiktok" cannot do mode replace',
    ]);
  });
});

describe("failures", () => {
  test.each<[string, Fault]>([
    ["too many calls, in a body that says 200", { answer: tiktokError(40100, "Too many requests") }],
    ["429", { answer: { status: 429, body: { code: 40100, message: "Too many requests" }, headers: { "retry-after": "5" } } }],
    ["TikTok's own trouble", { answer: tiktokError(50000, "System error") }],
    ["a page", { answer: { status: 502, body: "<html>bad gateway</html>" } }],
    ["a broken connection", { drop: "after" }],
    ["no answer", { hang: "before" }],
  ])("that pass: %s", async (_, fault) => {
    await create();
    await project.people(ann, ben);
    tiktok.faults.push({ ...fault, on: isMapping });
    expect((await run()).value?.status).toBe("delivered");
    expect([mappings().length, tiktok.members()]).toEqual([2, members("ann", "ben")]);
  });

  test.each<[number, string, RegExp]>([
    [40105, "Access token is incorrect or has been revoked.", /^authorise the app again/],
    [40001, "No permission", /Audience Management/],
    [40002, "Parameter error", /appendix of return codes/],
  ])("that a person must mend: %i", async (code, message, advice) => {
    await create();
    await project.people(ben);
    tiktok.faults.push({ on: isMapping, answer: tiktokError(code, message) });
    expect((await run()).diagnostics).toMatchObject([{ code: "RT0605", help: expect.stringMatching(advice) }]);
    expect((await run()).value?.status).toBe("delivered");
  });

  test("too much at once", async () => {
    await create();
    await project.people(ann, ben);
    tiktok.faults.push({ on: isMapping, answer: tiktokError(40002, "batch_data exceeds the maximum") });
    expect((await run()).value?.status).toBe("delivered");
    expect(mappings().map(({ body }) => body.batch_data.length)).toEqual([2, 1, 1]);
  });

  test("a token that is wrong is told by the check", async () => {
    await create();
    const items = await project.check(withAll({ environment: { TIKTOK_TOKEN: "another-token" } }));
    expect(items).toMatchObject([{ what: "token", outcome: "failed", advice: expect.stringMatching(/^authorise the app again/) }]);
    expect(await project.check(withAll())).toMatchObject([{ outcome: "ok" }, { what: "segment", detail: "not there yet; the first run makes it" }]);
  });
});
