/** Customer Match lists at Google, against a fake that keeps its rules and works on requests later. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ExportProject, fakeClock, messages, type Overrides } from "../export/export-project.ts";
import { errorInfo, FakeGoogle, googleError } from "../fake-platforms/fake-google.mjs";
import type { FakeRequest, Fault } from "../fake-platforms/fake-platform.mjs";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const anna = "'u1', ' An.Na+shop@gmail.com ', '010-1234-5678', 'KR', null, true";
const ben = "'u2', 'ben@example.com', null, 'US', null, true";
const carl = "'u3', 'carl@example.com', '+44 20 7946 0958', 'GB', null, true";
const membersOf = {
  anna: [`EMAIL=${sha("anna@gmail.com")}`, `PHONE=${sha("+821012345678")}`],
  ben: [`EMAIL=${sha("ben@example.com")}`],
  carl: [`EMAIL=${sha("carl@example.com")}`, `PHONE=${sha("+442079460958")}`],
};
const members = (...names: readonly (keyof typeof membersOf)[]) => names.flatMap((name) => membersOf[name]).sort();
const many = (count: number) => Array.from({ length: count }, (_, i) => `'u${i}', 'u${i}@example.com', null, null, null, true`);
const day = 24 * 60 * 60_000;

const yaml = `exports:
  - name: winback
    description: People who left.
    model: people
    primary_key: customer_id
    destination: google
    audience: {name: Win back, create: true}
    identifiers:
      EMAIL: email
      PHONE: {column: phone, default_country: country}
    consent: {column: ads_consent}
    guards: {max_remove_pct: 100}
`;

let project: ExportProject;
let google: FakeGoogle;
let clock: ReturnType<typeof fakeClock>;
const withAll = (overrides: Overrides = {}): Overrides => ({ clock, now: clock.now, environment: { GOOGLE_KEY: google.credentials() }, ...overrides });
const run = (overrides?: Overrides) => project.run(withAll(overrides));
const changes = () => google.requests.filter(({ path }) => path.startsWith("/v1/audienceMembers"));
const isIngest = ({ path }: FakeRequest) => path.endsWith(":ingest");

async function create(exportYaml = yaml, settings = ""): Promise<void> {
  const url = await google.start();
  project = await ExportProject.create(
    exportYaml,
    `name: shop
targets: {dev: {type: duckdb, path: warehouse.duckdb}}
destinations:
  google: {type: google, account: 123-456-7890, login_account: 9876543210, credentials: "\${GOOGLE_KEY}", base_url: "${url}"${settings}}
`,
  );
}

beforeEach(() => {
  clock = fakeClock();
  google = new FakeGoogle({ now: () => clock.now().getTime() });
  google.onHang = () => clock.runOut();
});
afterEach(async () => {
  await google.stop();
  await project.dispose();
});

describe("a list from its first day", () => {
  test("is made, filled, left alone, changed", async () => {
    await create();
    await project.people(anna, ben, carl);
    expect((await run()).value).toMatchObject({ status: "delivered", sent: { adds: 3, received: 3, pending: 0 } });
    expect(google.members()).toEqual(members("anna", "ben", "carl"));
    expect([...google.lists.values()][0]?.properties).toEqual({
      displayName: "Win back",
      description: "People who left. [retain/shop/dev/winback]",
      membershipStatus: "OPEN",
      membershipDuration: "46656000s",
      ingestedUserListInfo: { uploadKeyTypes: ["CONTACT_ID"] },
    });
    expect(changes()[0]?.body).toMatchObject({
      destinations: [
        {
          operatingAccount: { accountType: "GOOGLE_ADS", accountId: "1234567890" },
          loginAccount: { accountType: "GOOGLE_ADS", accountId: "9876543210" },
          productDestinationId: "7001",
        },
      ],
      consent: { adUserData: "CONSENT_GRANTED", adPersonalization: "CONSENT_GRANTED" },
      encoding: "HEX",
      termsOfService: { customerMatchTermsOfServiceStatus: "ACCEPTED" },
    });
    const before = changes().filter(({ body }) => !body.validateOnly).length;
    expect((await run()).value).toMatchObject({ status: "unchanged", plan: { platform: { id: "7001", size: { least: 3, most: 3 }, condition: "open" } } });
    expect(changes().filter(({ body }) => !body.validateOnly)).toHaveLength(before);
    await project.people(anna.replace("+shop", "+other"), ben.replace("ben@", "new@"), carl.replace("true", "false"));
    expect((await run()).value?.plan.counts).toMatchObject({ adds: 1, removes: 2, changed: 1, unchanged: 1 });
    expect(google.members()).toEqual([...members("anna"), `EMAIL=${sha("new@example.com")}`].sort());
  });

  test("addresses, when all four parts are there", async () => {
    const parts = "      FN: email\n      LN: phone\n      COUNTRY: country\n      ZIP: advertising_id\n";
    await create(yaml.replace(/ {6}PHONE.*\n/, parts));
    await project.people("'u1', 'Mr. Kim@example.com', 'Lee III', 'Korea', '04524', true", "'u2', 'b@example.com', 'Doe', 'US', null, true");
    await run();
    expect(changes()[0]?.body.audienceMembers.map((member: { userData: { userIdentifiers: object[] } }) => member.userData.userIdentifiers)).toEqual(
      expect.arrayContaining([
        [
          { emailAddress: sha("mr.kim@example.com") },
          { address: { givenName: sha("kim@example.com"), familyName: sha("lee"), regionCode: "KR", postalCode: "04524" } },
        ],
        [{ emailAddress: sha("b@example.com") }],
      ]),
    );
  });

  test("an address finds people by itself: they come, stay when a namesake of the same house goes, and go", async () => {
    const address = (given: string) => `ADDRESS=${sha(given)} ${sha("doe")} US 94035`;
    const parts = "      FN: email\n      LN: phone\n      COUNTRY: country\n      ZIP: advertising_id\n";
    await create(yaml.replace(/ {6}EMAIL[\s\S]*country}\n/, parts));
    const person = (id: string, given: string, consent = true) => `'${id}', '${given}', 'Doe', 'US', '94035', ${consent}`;
    const incomplete = "'u9', 'Joe', 'Doe', 'US', null, true";
    await project.people(person("u1", "Jane"), person("u2", "Jane"), person("u3", "John"), incomplete);
    expect((await run()).value?.plan.counts).toMatchObject({ eligible: 3, leftOut: { no_identifier: 1 }, adds: 3 });
    expect(google.members()).toEqual([address("jane"), address("john")].sort());
    await project.people(person("u1", "Jane", false), person("u2", "Jane"), person("u3", "John"), incomplete);
    expect((await run()).value?.plan.counts).toMatchObject({ removes: 1, refreshed: 1, unchanged: 1 });
    expect(google.members()).toEqual([address("jane"), address("john")].sort());
    await project.people(person("u2", "Jane", false), person("u3", "John"));
    await run();
    expect(google.members()).toEqual([address("john")]);
    expect((await project.forget({ customer: "u3" }, withAll())).value.audiences).toMatchObject([{ outcome: "removed" }]);
    expect(google.members()).toEqual([]);
    await project.write("exports/winback.yml", yaml.replace(/ {6}EMAIL[\s\S]*country}\n/, "      COUNTRY: country\n"));
    expect((await run()).diagnostics[0]?.message).toContain("Google matches an address by all of FN, LN, COUNTRY, ZIP");
  });

  test("advertising ids, in a list of their own", async () => {
    const madid = "aece52e7-03ee-455a-b3c4-e57283966239";
    await create(yaml.replace(/ {6}EMAIL[\s\S]*country\}\n/, "      MADID: advertising_id\n"), ", app_id: com.shop.app, app_system: IOS");
    await project.people(`'u1', null, null, null, '${madid.toUpperCase()}', true`);
    expect((await run()).value?.status).toBe("delivered");
    expect(google.members()).toEqual([`MADID=${madid}`]);
    expect([...google.lists.values()][0]?.properties["ingestedUserListInfo"]).toEqual({
      uploadKeyTypes: ["MOBILE_ID"],
      mobileIdInfo: { appId: "com.shop.app", keySpace: "IOS" },
    });
    await project.write("exports/winback.yml", yaml);
    expect(messages(await run())).toEqual(['RT0607 destination "google" is not ready, terms: One kind of data a request (MULTIPLE_DATA_TYPES_NOT_ALLOWED)']);
    expect(messages(await project.plan(withAll()))).toEqual([
      'RT0603 export "winback": 1 person must be removed, but was sent with identifiers that the export has no more',
      'RT0603 export "winback": its list was begun with MOBILE_ID, and takes nothing else',
    ]);
  });

  test("mode replace: whoever was added before it began goes, on Google's clock", async () => {
    await create(`${yaml}    mode: replace\n`);
    const behind = 10 * 60_000;
    google.now = () => clock.now().getTime() - behind;
    await project.people(anna, ben);
    await run();
    await clock.sleep(day);
    await project.people(ben, carl);
    expect((await run()).value?.status).toBe("delivered");
    expect(google.members()).toEqual(members("ben", "carl"));
  });

  test("members are sent again before Google forgets them", async () => {
    await create(yaml, ", membership_days: 100");
    await project.people(anna, ben);
    await run();
    await clock.sleep(60 * day);
    await project.people(anna, ben, carl);
    await run();
    await clock.sleep(31 * day);
    expect((await run()).value?.plan.counts.changes).toEqual([
      { operation: "keep", reason: "unchanged", rows: 1 },
      { operation: "refresh", reason: "expiring", rows: 2 },
    ]);
    expect((await run()).value?.status).toBe("unchanged");
  });

  test("ten thousand members a request", async () => {
    await create();
    await project.people(...many(10_001));
    await run();
    expect(changes().map(({ body }) => body.audienceMembers.length)).toEqual([10_000, 1]);
    expect(google.members()).toHaveLength(10_001);
  });
});

describe("what Google does later", () => {
  test("is waited for", async () => {
    await create();
    google.slowness = 3;
    await project.people(anna);
    expect((await run()).value).toMatchObject({ status: "delivered", sent: { pending: 0 } });
    expect(clock.slept).toEqual([5000, 10_000, 20_000]);
  });

  test("is asked for by the next run where it takes too long", async () => {
    await create(yaml, ", status_wait_seconds: 20");
    google.slowness = 5;
    await project.people(anna);
    expect((await run()).value).toMatchObject({ status: "delivered", sent: { pending: 1 } });
    expect((await project.status(withAll())).value.batches).toMatchObject({ pending: 1 });
    expect((await run()).value).toMatchObject({ status: "unchanged", sent: { pending: 0 } });
  });

  test("what failed is sent again, and what failed in part is told", async () => {
    await create();
    google.outcomes = ["FAILED"];
    await project.people(anna);
    const failed = await run();
    expect(messages(failed)).toEqual(['RT0611 destination "google" took people of export "winback" and refused them later: INVALID_USER_IDENTIFIER']);
    expect(google.members()).toEqual([]);
    google.outcomes = ["PARTIAL_SUCCESS"];
    const second = await run();
    expect(messages(second)).toEqual(['RT0613 destination "google" could not use 1 of 1 rows of export "winback"']);
    expect(google.members()).toEqual(members("anna"));
  });

  test("a removal that failed is tried again", async () => {
    await create();
    await project.people(anna, ben);
    await run();
    await project.people(anna);
    google.outcomes = ["FAILED"];
    expect((await run()).value?.status).toBe("failed");
    expect(google.members()).toEqual(members("anna", "ben"));
    expect((await run()).value?.status).toBe("delivered");
    expect(google.members()).toEqual(members("anna"));
  });
});

describe("failures", () => {
  const quota = googleError(429, "RESOURCE_EXHAUSTED", "Quota exceeded", [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "27s" }]);

  test.each<[string, Fault, (slept: readonly number[]) => boolean]>([
    ["quota", { answer: quota }, ([wait = 0]) => wait >= 27_000 && wait < 29_000],
    ["500", { answer: googleError(500, "INTERNAL", "Internal error") }, ([wait = 0]) => wait <= 1000],
    ["503 and a page", { answer: { status: 503, body: "<html>busy</html>" } }, ([wait = 0]) => wait <= 1000],
    ["a broken connection, before", { drop: "before" }, ([wait = 0]) => wait <= 1000],
    ["a broken connection, after", { drop: "after" }, ([wait = 0]) => wait <= 1000],
    ["no answer", { hang: "after" }, ([wait = 0]) => wait <= 1000],
    ["half an answer", { slowBody: true }, ([wait = 0]) => wait <= 1000],
  ])("that pass: %s", async (_, fault, waits) => {
    await create();
    await project.people(anna, ben);
    google.faults.push({ ...fault, on: isIngest });
    expect((await run()).value?.status).toBe("delivered");
    expect(google.members()).toEqual(members("anna", "ben"));
    expect([waits(clock.slept), clock.slept]).toEqual([true, expect.anything()]);
  });

  test("a token that ends in between is renewed", async () => {
    await create();
    await project.people(...many(10_001));
    const handle = google.handle.bind(google);
    google.handle = (request) => {
      const answer = handle(request);
      if (isIngest(request)) google.expireTokens();
      return answer;
    };
    expect((await run()).value).toMatchObject({ status: "delivered", sent: { adds: 10_001 } });
    expect(google.members()).toHaveLength(10_001);
  });

  test.each<[string, ReturnType<typeof googleError>, RegExp]>([
    ["terms", googleError(403, "FAILED_PRECONDITION", "Terms", [errorInfo("TERMS_AND_CONDITIONS_NOT_SIGNED")]), /accept the Customer Match terms/],
    ["a declaration", googleError(400, "FAILED_PRECONDITION", "EU", [errorInfo("EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED")]), /political ads in the EU/],
    ["a permission", googleError(403, "PERMISSION_DENIED", "The caller does not have permission"), /login_account/],
    [
      "the API",
      googleError(403, "PERMISSION_DENIED", "Data Manager API has not been used in project 1", [errorInfo("SERVICE_DISABLED")]),
      /enable the Data Manager API/,
    ],
    ["anything else", googleError(400, "INVALID_ARGUMENT", "There was a problem with the request."), /list of errors/],
  ])("that a person must mend: %s", async (_, answer, advice) => {
    await create();
    await project.people(anna);
    google.faults.push({ on: isIngest, answer });
    const stopped = await run();
    expect(stopped.diagnostics).toMatchObject([{ code: "RT0605", help: expect.stringMatching(advice) }]);
    expect(clock.slept).toEqual([]);
    expect((await run()).value?.status).toBe("delivered");
  });

  test("no identifier is in what it says", async () => {
    await create();
    await project.people(anna);
    const details = [{ fieldViolations: [{ field: "audience_members[0].user_data", reason: "INVALID_HEX_ENCODING", description: "x" }] }];
    google.faults.push({ on: isIngest, answer: googleError(400, "INVALID_ARGUMENT", `bad ${sha("anna@gmail.com")}`, details) });
    expect(messages(await run())).toEqual([
      'RT0605 destination "google" failed: bad … (INVALID_HEX_ENCODING); audience_members[0].user_data: INVALID_HEX_ENCODING',
    ]);
  });
});

describe("what is asked before a delivery", () => {
  const told = async (overrides?: Overrides) => (await project.check(withAll(overrides))).map(({ what, outcome, detail }) => `${outcome} ${what}: ${detail}`);

  test("a list that is not there yet, and one that is", async () => {
    await create();
    await project.people(anna);
    expect(await told()).toEqual([
      "ok credentials: Google knows retain@shop.iam.gserviceaccount.com",
      "ok permission: the account's lists can be read",
      "ok list: not there yet; the first run makes it",
    ]);
    await run();
    const before = google.members();
    expect((await told()).slice(2)).toEqual(["ok list: 7001 is open", "ok terms: members would be taken"]);
    expect(changes().at(-1)?.body).toMatchObject({ validateOnly: true, audienceMembers: [expect.anything()] });
    expect(google.members()).toEqual(before);
    google.accepted = false;
    const items = await project.check(withAll());
    expect(items.at(-1)).toMatchObject({ what: "terms", outcome: "failed", advice: expect.stringMatching(/Customer Match terms/) });
  });

  test.each<[string, string | undefined, string]>([
    ["no JSON", "secret-that-is-no-json", "the service account's key is not the JSON that Google gives out"],
    ["a key of somebody else", undefined, "Google gives the service account no access token (invalid_grant)"],
    ["no key", '{"client_email": "a@b.c", "private_key": "-----BEGIN"}', "private_key of the service account is not a key"],
    [
      "an address in the open",
      '{"client_email": "a@b.c", "private_key": "x", "token_uri": "http://example.com"}',
      "token_uri of the service account's key must begin with https://; only this machine itself may be reached without",
    ],
  ])("credentials that are %s", async (_, credentials, detail) => {
    await create();
    const other = new FakeGoogle();
    const wrong = credentials ?? JSON.stringify({ ...JSON.parse(google.credentials()), private_key: JSON.parse(other.credentials()).private_key });
    expect(await told({ environment: { GOOGLE_KEY: wrong } })).toEqual([`failed credentials: ${detail}`]);
  });

  test("credentials in a file, and a file that is not there", async () => {
    await create();
    const settings = (file: string) =>
      `name: shop\ntargets: {dev: {type: duckdb, path: warehouse.duckdb}}\ndestinations:\n  google: {type: google, account: 1234567890, credentials_file: ${file}, base_url: "${new URL(JSON.parse(google.credentials()).token_uri).origin}"}\n`;
    await writeFile(join(project.directory, "key.json"), google.credentials());
    await project.write("retain.yml", settings("key.json"));
    expect((await told())[0]).toBe("ok credentials: Google knows retain@shop.iam.gserviceaccount.com");
    await project.write("retain.yml", settings("nowhere.json"));
    expect(await told()).toEqual(["failed credentials: credentials_file cannot be read (ENOENT)"]);
  });
});

test("identifiers that do not go together are said before anything is read", async () => {
  await create(yaml.replace("      EMAIL: email\n", "      EMAIL: email\n      MADID: advertising_id\n      FN: email\n      ST: country\n"));
  await project.people(anna);
  expect(messages(await run())).toEqual(['RT0603 export "winback": google has no identifier "ST"']);
  await project.write("exports/winback.yml", yaml.replace("      EMAIL: email\n", "      EMAIL: email\n      MADID: advertising_id\n      FN: email\n"));
  expect(messages(await run())).toEqual([
    'RT0603 export "winback": Google takes advertising ids in lists of their own: make one export with MADID and one with the other identifiers',
    'RT0603 export "winback": Google matches an address by all of FN, LN, COUNTRY, ZIP, and LN, COUNTRY and ZIP are not mapped',
    'RT0603 export "winback": MADID needs `app_id` in the destination\'s settings',
  ]);
});
