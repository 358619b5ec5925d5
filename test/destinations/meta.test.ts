/** Custom audiences on Meta, against a fake that keeps its rules: what is sent, what is tried again, and what stops with advice. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readYaml } from "../../src/core/yaml.ts";
import { openDestination } from "../../src/destinations/registry.ts";
import { renderChecks, renderStatus } from "../../src/export/render-status.ts";
import { fakeClock, messages } from "../export/export-project.ts";
import { metaError } from "../fake-platforms/fake-meta.mjs";
import type { Fault } from "../fake-platforms/fake-platform.mjs";
import { createMetaProject, metaExport } from "./meta-project.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const madid = "aece52e7-03ee-455a-b3c4-e57283966239";
const anna = "'u1', ' Anna@Example.com ', '010-1234-5678', 'KR', null, true";
const ben = `'u2', 'ben@example.com', null, 'US', '${madid.toUpperCase()}', true`;
const carl = "'u3', 'carl@example.com', '+44 20 7946 0958', 'GB', '00000000-0000-0000-0000-000000000000', true";
const membersOf = {
  anna: [`EMAIL=${sha("anna@example.com")}`, `PHONE=${sha("821012345678")}`],
  ben: [`EMAIL=${sha("ben@example.com")}`, `MADID=${madid}`],
  carl: [`EMAIL=${sha("carl@example.com")}`, `PHONE=${sha("442079460958")}`],
};
const members = (...names: readonly (keyof typeof membersOf)[]) => names.flatMap((name) => membersOf[name]).sort();
const many = (count: number) => Array.from({ length: count }, (_, i) => `'u${i}', 'u${i}@example.com', null, null, null, true`);
/** What a test asks the fake: the batches that reached it. */
const sent = (meta: { readonly requests: readonly { readonly method: string; readonly path: string; readonly body: unknown }[] }) =>
  meta.requests.filter(({ method, path }) => method !== "GET" && path.includes("/users"));
const sequence = (request: { readonly body: unknown }) => (request.body as { readonly session: { readonly batch_seq: number } }).session.batch_seq;
const sessionOf = (request: { readonly body: unknown }) => (request.body as { readonly session: { readonly session_id: number } }).session.session_id;

describe("an audience from its first day", () => {
  test("is made, filled, left alone, changed and emptied", async () => {
    const { meta, project, run, plan } = await createMetaProject();
    await project.people(anna, ben, carl);
    const planned = await plan();
    expect(planned.value).toMatchObject({ platform: { exists: false }, counts: { adds: 3 }, batches: 1 });
    expect(meta.audiences.size).toBe(0);

    const first = await run();
    expect(first).toMatchObject({ value: { status: "delivered", sent: { adds: 3, removes: 0, received: 3, invalid: 0 } }, diagnostics: [] });
    expect(meta.members()).toEqual(members("anna", "ben", "carl"));
    const [audience] = meta.audiences.values();
    expect(audience?.properties).toEqual({
      name: "Win back",
      subtype: "CUSTOM",
      description: "People who left. [retain/shop/dev/winback]",
      customer_file_source: "USER_PROVIDED_ONLY",
    });
    expect(sent(meta)[0]).toMatchObject({
      method: "POST",
      path: `/v25.0/${audience?.id}/users`,
      body: { session: { batch_seq: 1, last_batch_flag: true, estimated_num_total: 3 }, payload: { schema: ["EMAIL", "PHONE", "MADID"] } },
    });

    const before = sent(meta).length;
    expect((await run()).value).toMatchObject({
      status: "unchanged",
      plan: { platform: { exists: true, id: audience?.id, size: { least: 3, most: 3 }, condition: "Normal" } },
    });
    expect(sent(meta)).toHaveLength(before);

    await project.people(anna.replace("Anna@", "anna.new@"), carl.replace("true", "false"), "'u4', 'dora@example.com', null, null, null, true");
    const third = await run();
    expect(third.value).toMatchObject({ status: "delivered", plan: { counts: { adds: 2, removes: 3, changed: 1 } } });
    expect(
      sent(meta)
        .slice(before)
        .map(({ method }) => method),
    ).toEqual(["DELETE", "POST"]);
    expect(meta.members()).toEqual([`EMAIL=${sha("anna.new@example.com")}`, `PHONE=${sha("821012345678")}`, `EMAIL=${sha("dora@example.com")}`].sort());
    expect(meta.audiences.size).toBe(1);
  });

  test("one that was made by a process that died is found again, among others", async () => {
    const { meta, project, run } = await createMetaProject();
    await project.people(anna);
    for (const name of ["a", "b", "c", "d"]) {
      meta.audiences.set(name, {
        id: name,
        properties: { name, description: "[retain/shop/dev/other]" },
        members: new Set(),
        kind: undefined,
        status: 200,
        replacement: undefined,
      });
    }
    meta.faults.push({ on: ({ path }) => path.endsWith("/customaudiences"), drop: "after", times: 1 } satisfies Fault);
    meta.faults[0] = { on: ({ method, path }) => method === "POST" && path.endsWith("/customaudiences"), drop: "after" };
    const failed = await run();
    expect(messages(failed)).toEqual([expect.stringMatching(/^RT0605 destination "facebook" failed: the connection broke/)]);
    expect(meta.audiences.size).toBe(5);
    expect((await run()).value).toMatchObject({ status: "delivered", plan: { counts: { refreshed: 1 } } });
    expect(meta.audiences.size).toBe(5);
    expect(meta.members()).toEqual(members("anna"));
  });

  test("one that is there already, by its id", async () => {
    const { meta, project, run } = await createMetaProject({ yaml: metaExport.replace("create: true", 'id: "77"') });
    await project.people(anna);
    expect(messages(await run())).toEqual(['RT0607 destination "facebook" is not ready, audience: there is no audience 77']);
    meta.audiences.set("77", {
      id: "77",
      properties: { name: "By hand" },
      members: new Set(["EMAIL=somebody else"]),
      kind: undefined,
      status: 200,
      replacement: undefined,
    });
    expect((await run()).value?.status).toBe("delivered");
    await project.people();
    await project.write("exports/winback.yml", metaExport.replace("create: true", 'id: "77"').replace("guards: {", "guards: {allow_empty: true, "));
    await run();
    expect(meta.members("77")).toEqual(["EMAIL=somebody else"]);
  });

  test("one of another type is told by the check, and nobody is sent", async () => {
    const { meta, project, run, check } = await createMetaProject({ yaml: metaExport.replace("create: true", 'id: "77"') });
    await project.people(anna);
    meta.audiences.set("77", {
      id: "77",
      properties: { name: "Visitors", subtype: "WEBSITE" },
      members: new Set(),
      kind: undefined,
      status: 200,
      replacement: undefined,
    });
    expect((await check()).at(-1)).toMatchObject({
      outcome: "failed",
      detail: "77 is of the type WEBSITE: only customer lists (CUSTOM) take people",
    });
    expect((await run()).diagnostics).toMatchObject([{ code: "RT0607" }]);
    expect(meta.requests.every(({ method }) => method === "GET")).toBe(true);
  });

  test("one that may not be made", async () => {
    const { project, run } = await createMetaProject({ yaml: metaExport.replace("create: true", "create: false") });
    await project.people(anna);
    const { diagnostics } = await run();
    expect(messages({ diagnostics })).toEqual([
      'RT0607 destination "facebook" is not ready, audience: there is no audience "Win back" that was made for this export',
    ]);
    expect(diagnostics[0]?.help).toBe("set `audience.create: true`, or `audience.id` to the id of one that is there");
  });

  test("mode replace: one session, and nobody is in it before it is over", async () => {
    const { meta, project, run } = await createMetaProject({ yaml: `${metaExport}    mode: replace\n` });
    await project.people(...many(10_001));
    await run();
    expect(meta.members()).toHaveLength(10_001);
    expect(sent(meta).map((request) => [request.path.split("/").at(-1), sequence(request)])).toEqual([
      ["usersreplace", 1],
      ["usersreplace", 2],
    ]);
    await project.people(anna, ben);
    meta.faults.push({ drop: "after" });
    expect((await run()).value).toMatchObject({ status: "delivered", plan: { counts: { removes: 10_001, sizeAfter: 2 } } });
    expect(meta.members()).toEqual(members("anna", "ben"));
    expect(await project.remembered("select count(*) as people from export_members")).toEqual([{ people: 2 }]);
  });

  test("batches of ten thousand, numbered in their session", async () => {
    const { meta, project, run } = await createMetaProject();
    await project.people(...many(20_001));
    const progress: string[] = [];
    await run({ onProgress: ({ operation, sent: done, people }) => progress.push(`${operation} ${done}/${people}`) });
    const requests = sent(meta);
    expect(requests.map((request) => (request.body as { payload: { data: unknown[] } }).payload.data.length)).toEqual([10_000, 10_000, 1]);
    expect(requests.map(sequence)).toEqual([1, 2, 3]);
    expect(new Set(requests.map(sessionOf)).size).toBe(1);
    expect(requests.map(({ body }) => (body as { session: { last_batch_flag: boolean } }).session.last_batch_flag)).toEqual([false, false, true]);
    expect(progress).toEqual(["add 0/20001", "add 10000/20001", "add 20000/20001", "add 20001/20001"]);
    expect(meta.members()).toHaveLength(20_001);
  });

  test("a session is closed well before Meta does it, and the next batch begins another", async () => {
    const { meta, project, run, clock } = await createMetaProject();
    await project.people(...many(30_001));
    // Each of the first answers makes us wait 50 minutes.
    const slow = JSON.stringify({ 1: [{ type: "custom_audience", call_count: 90, estimated_time_to_regain_access: 50 }] });
    const handle = meta.handle.bind(meta);
    meta.handle = (request) => ({ ...handle(request), ...(request.method === "POST" && { headers: { "x-business-use-case-usage": slow } }) });
    await run();
    expect(sent(meta).map(sequence)).toEqual([1, 2, 1, 2]);
    expect(sent(meta).map(({ body }) => (body as { session: { last_batch_flag: boolean } }).session.last_batch_flag)).toEqual([false, true, false, true]);
    expect(meta.members()).toHaveLength(30_001);
    expect(clock.slept.filter((time) => time >= 49 * 60_000)).toHaveLength(4);
  });
});

describe("what passes is tried again", () => {
  const regain = JSON.stringify({ 1: [{ type: "custom_audience", call_count: 100, estimated_time_to_regain_access: 7 }] });
  const minute = 60_000;

  test.each<[string, Fault, (slept: readonly number[]) => boolean]>([
    ["429 with Retry-After in seconds", { answer: { status: 429, headers: { "retry-after": "33" } } }, ([wait = 0]) => wait >= 33_000 && wait < 35_000],
    [
      "429 with Retry-After as a date",
      { answer: { status: 429, headers: { "retry-after": "Wed, 01 Jul 2026 09:02:00 GMT" } } },
      ([wait = 0]) => wait >= 118_000 && wait < 122_000,
    ],
    [
      "80003 with the time to regain access",
      { answer: { ...metaError(80003, "too many calls"), headers: { "x-business-use-case-usage": regain } } },
      ([wait = 0]) => wait >= 7 * minute && wait < 8 * minute,
    ],
    ["code 1", { answer: metaError(1, "An unknown error occurred", undefined, 500) }, ([wait = 0]) => wait <= 1000],
    ["code 2", { answer: metaError(2, "Service temporarily unavailable", undefined, 503) }, ([wait = 0]) => wait <= 1000],
    ["code 4", { answer: metaError(4, "Application request limit reached") }, ([wait = 0]) => wait >= minute],
    ["code 17", { answer: metaError(17, "User request limit reached", 2446079) }, ([wait = 0]) => wait >= minute],
    ["code 368", { answer: metaError(368, "temporarily blocked") }, ([wait = 0]) => wait <= 1000],
    ["code 613", { answer: metaError(613, "Calls to this api have exceeded the rate limit", 1487742) }, ([wait = 0]) => wait >= minute],
    ["500 without a reason", { answer: { status: 500 } }, ([wait = 0]) => wait <= 1000],
    ["a proxy's page", { answer: { status: 502, body: "<html>Bad gateway</html>" } }, ([wait = 0]) => wait <= 1000],
    ["a page that says 200", { answer: { status: 200, body: "<html>Log in to the hotel</html>" } }, ([wait = 0]) => wait <= 1000],
    ["a connection that breaks before", { drop: "before" }, ([wait = 0]) => wait <= 1000],
    ["a connection that breaks after", { drop: "after" }, ([wait = 0]) => wait <= 1000],
    ["no answer, nothing done", { hang: "before" }, ([wait = 0]) => wait <= 1000],
    ["no answer, all done", { hang: "after" }, ([wait = 0]) => wait <= 1000],
    ["half an answer", { slowBody: true }, ([wait = 0]) => wait <= 1000],
  ])("%s", async (_, fault, waits) => {
    const { meta, project, run, clock } = await createMetaProject();
    await project.people(anna, ben);
    await run();
    await project.people(ben, carl);
    const before = sent(meta).length;
    meta.faults.push(fault, { ...fault, on: ({ method, path }) => method === "POST" && path.endsWith("/users") });
    clock.slept.length = 0;
    const again = await run();
    expect(again.diagnostics).toEqual([]);
    expect(again.value).toMatchObject({ status: "delivered", sent: { adds: 1, removes: 1 } });
    expect(meta.members()).toEqual(members("ben", "carl"));
    // Each of both batches twice, and the second time as the first of a new session.
    const requests = sent(meta).slice(before);
    expect(requests.map(({ method }) => method)).toEqual(["DELETE", "DELETE", "POST", "POST"]);
    expect(new Set(requests.map(sessionOf)).size).toBe(4);
    expect([waits(clock.slept), clock.slept]).toEqual([true, expect.anything()]);
  });

  test("twice as long each time, and not for ever", async () => {
    const { meta, project, run, clock } = await createMetaProject({ settings: "attempts: 4" });
    await project.people(anna);
    meta.faults.push({ on: ({ method, path }) => method === "POST" && path.endsWith("/users"), times: 9, answer: metaError(2, "unavailable", undefined, 503) });
    const failed = await run();
    expect(messages(failed)).toEqual(['RT0605 destination "facebook" failed: unavailable (code 2), after 4 attempts']);
    expect(clock.slept).toEqual([750, 1500, 3000]);
    expect((await run()).value?.status).toBe("failed");
    meta.faults.length = 0;
    expect((await run()).value).toMatchObject({ status: "delivered", plan: { counts: { refreshed: 1, adds: 0 } } });
    expect(meta.members()).toEqual(members("anna"));
  });

  test("a replacement that was left in the middle keeps everybody out for a while", async () => {
    const { meta, project, run } = await createMetaProject({ settings: "attempts: 2" });
    await project.people(anna);
    meta.faults.push({ on: ({ path }) => path.endsWith("/users"), times: 2, answer: metaError(2650, "Update in progress", 1870145) });
    const { diagnostics } = await run();
    expect(messages({ diagnostics })).toEqual(['RT0605 destination "facebook" failed: Update in progress (code 2650, 1870145), after 2 attempts']);
    expect(diagnostics[0]?.help).toMatch(/gives it up 90 minutes after its first batch/);
    expect((await run()).value?.status).toBe("delivered");
  });

  test("longer than somebody wants to wait is told", async () => {
    const { meta, project, run } = await createMetaProject({ settings: "max_wait_minutes: 5" });
    await project.people(anna);
    meta.faults.push({
      on: ({ method, path }) => method === "POST" && path.endsWith("/users"),
      answer: { ...metaError(80003, "too many calls"), headers: { "x-business-use-case-usage": regain } },
    });
    const failed = await run();
    expect(messages(failed)).toEqual(['RT0605 destination "facebook" failed: too many calls (code 80003); it asks to wait 7 minutes']);
    expect(failed.diagnostics[0]?.help).toBe("run it again in 7 minutes, or raise max_wait_minutes");
  });

  test("too much data is halved", async () => {
    const { meta, project, run } = await createMetaProject();
    await project.people(...many(10));
    const reduce = metaError(1, "Please reduce the amount of data you're asking for, then retry your request", undefined, 500);
    meta.faults.push({ on: ({ body }) => body?.payload?.data.length > 3, times: 2, answer: reduce });
    expect((await run()).value).toMatchObject({ status: "delivered", sent: { adds: 10, received: 10 } });
    expect(sent(meta).map(({ body }) => (body as { payload: { data: unknown[] } }).payload.data.length)).toEqual([10, 5, 3, 3, 3, 1]);
    expect(meta.members()).toHaveLength(10);
  });

  test("calls slow down when Meta says that its limit is near", async () => {
    const { meta, project, run, clock } = await createMetaProject();
    await project.people(...many(20_001));
    const usage = (call_count: number) => JSON.stringify({ 1: [{ type: "custom_audience", call_count, total_cputime: 3, total_time: 4 }] });
    let used = 60;
    const handle = meta.handle.bind(meta);
    meta.handle = (request) => {
      const isBatch = request.path.endsWith("/users");
      if (isBatch) used += 15;
      return { ...handle(request), headers: { "x-business-use-case-usage": usage(isBatch ? used : 5) } };
    };
    await run();
    // 75, then 90 percent; after the last batch nobody waits.
    expect(clock.slept).toEqual([1000, 36_400]);
  });
});

describe("what a person must do is told, and nothing is tried again", () => {
  test.each<[string, ReturnType<typeof metaError>, RegExp]>([
    ["an expired token", metaError(190, "Error validating access token: Session has expired", 463, 401), /^make a new token for the system user/],
    ["terms", metaError(200, "accept the terms", 1870090, 403), /tos\/\?act=1234567890$/],
    ["a permission", metaError(200, "Permissions error", undefined, 403), /the permission ads_management$/],
    ["an audience that was closed", metaError(100, "Upload blocked", 1713230), /closed the audience for its name/],
    [
      "a removal that would leave too few",
      metaError(100, "Audience Size too low: You cannot remove users from this audience because it will result in a low audience size"),
      /^Meta removes nobody/,
    ],
    [
      "a form that was settled before",
      metaError(2650, "Your audience was created from data source FILE_IMPORTED.MULTI_HASHES, which does not support FILE_IMPORTED.HASHES_OR_USER_IDS"),
      /schema: single/,
    ],
    ["value-based terms", metaError(2655, "Terms of service has not been accepted"), /value_based\/tos\.php\?act=1234567890$/],
    ["terms of marketing messages", metaError(2655, "Marketing Messaging Terms of Service not accepted"), /terms of marketing messages/],
    ["anything else", metaError(105, "The number of parameters exceeded the maximum"), /list of errors/],
  ])("%s", async (_, answer, advice) => {
    const { meta, project, run, clock } = await createMetaProject();
    await project.people(anna, ben);
    await run();
    await project.people(ben, carl);
    meta.faults.push({ answer });
    const before = sent(meta).length;
    const stopped = await run();
    expect(stopped.value?.status).toBe("failed");
    expect(stopped.diagnostics).toMatchObject([{ code: "RT0605", help: expect.stringMatching(advice) }]);
    expect([sent(meta).length - before, clock.slept]).toEqual([1, []]);
    expect((await run()).value?.status).toBe("delivered");
    expect(meta.members()).toEqual(members("ben", "carl"));
  });

  test("a token that expires in the middle: what was answered counts, and a new token goes on from there", async () => {
    const { meta, project, run } = await createMetaProject();
    await project.people(...many(25_000));
    const expires = meta.handle.bind(meta);
    meta.handle = (request) => {
      const answer = expires(request);
      if (request.method === "POST" && request.path.endsWith("/users")) meta.token = "fake-meta-token-2";
      return answer;
    };
    const stopped = await run();
    expect(stopped.value).toMatchObject({ status: "failed", sent: { adds: 10_000 } });
    expect(stopped.diagnostics).toMatchObject([{ code: "RT0605", message: expect.stringContaining("(code 190, 463)") }]);
    meta.handle = expires;
    const before = sent(meta).length;
    expect(messages(await run())).toEqual([expect.stringMatching(/^RT0607 destination "facebook" is not ready, token: .*code 190/)]);
    expect(sent(meta)).toHaveLength(before);
    const resumed = await run({ environment: { META_TOKEN: "fake-meta-token-2" } });
    expect(resumed.value).toMatchObject({ status: "delivered", plan: { counts: { refreshed: 15_000, unchanged: 10_000 } }, sent: { adds: 15_000 } });
    expect(meta.members()).toHaveLength(25_000);
  });

  test("no token, no identifier and no query is in what it says", async () => {
    const { meta, project, run } = await createMetaProject({ yaml: metaExport.replace("      MADID", "      EXTERN_ID: customer_id\n      MADID") });
    await project.people(anna.replace("'u1'", "'customer 4711'"), ben.replace("'u2'", "'customer-0815'"));
    const quoted = `Invalid parameter ${sha("anna@example.com")} of customer-0815, ${madid}, ben@example.com: fake-meta-token, EMAIL`;
    meta.faults.push({ on: ({ method, path }) => method === "POST" && path.endsWith("/users"), answer: metaError(100, quoted) });
    expect(messages(await run())).toEqual(['RT0605 destination "facebook" failed: Invalid parameter … of …, …, …: ***, EMAIL (code 100)']);
  });
});

describe("what Meta takes beside plain additions", () => {
  const payload = (request: { readonly body: unknown } | undefined) =>
    (request?.body as { readonly payload: Readonly<Record<string, unknown>> } | undefined)?.payload;

  test("the proof of the app's secret", async () => {
    const { meta, project, run } = await createMetaProject({ settings: "app_secret: hush-hush", meta: { appSecret: "hush-hush" } });
    await project.people(anna);
    expect((await run()).value?.status).toBe("delivered");
    expect(meta.requests.every(({ query }) => !query.has("access_token"))).toBe(true);
  });

  test("Limited Data Use, labels and audiences for exclusion", async () => {
    const { meta, project, run } = await createMetaProject({
      yaml: metaExport.replace("create: true", "create: true, label: DISENGAGED"),
      settings: "limited_data_use: {country: 1, state: 1000}, usage: exclusion_only",
    });
    await project.people(ben);
    await run();
    expect(payload(sent(meta)[0])).toEqual({
      schema: ["EMAIL", "PHONE", "MADID", "DATA_PROCESSING_OPTIONS", "DATA_PROCESSING_OPTIONS_COUNTRY", "DATA_PROCESSING_OPTIONS_STATE"],
      data: [[sha("ben@example.com"), "", madid, ["LDU"], 1, 1000]],
    });
    expect([...meta.audiences.values()][0]?.properties).toMatchObject({ usage_restriction: "EXCLUSION_ONLY", audience_labels: ["DISENGAGED"] });
  });

  test("an audience that takes one identifier only, and stays so", async () => {
    const one = metaExport.replace(/ {6}PHONE:.*\n/, "").replace(/ {6}MADID:.*\n/, "");
    const { meta, project, run } = await createMetaProject({ yaml: one, settings: "schema: single" });
    await project.people(anna, ben);
    await run();
    expect(payload(sent(meta)[0])).toEqual({ schema: "EMAIL_SHA256", data: expect.arrayContaining([sha("anna@example.com"), sha("ben@example.com")]) });
    expect(await project.remembered("select schema_kind from export_audiences")).toEqual([{ schema_kind: "single:EMAIL" }]);
    await project.write("exports/winback.yml", one.replace("EMAIL: email", "PHONE: {column: phone, default_country: country}"));
    const refused = await run();
    expect(messages(refused)).toEqual(['RT0603 export "winback": with `schema: single` an audience takes one identifier and no other, not PHONE, EMAIL']);
    await project.write("exports/winback.yml", metaExport);
    expect(messages(await run())).toEqual([
      'RT0603 export "winback": with `schema: single` an audience takes one identifier and no other, not EMAIL, PHONE, MADID',
    ]);
  });

  test("people with values, and without them no more", async () => {
    const valued = metaExport.replace("      EMAIL", "      LOOKALIKE_VALUE: country\n      EMAIL");
    const { meta, project, run } = await createMetaProject({ yaml: valued });
    await project.people(anna.replace("'KR'", "'120.50'").replace("010-1234-5678", "+82 10 1234 5678"));
    await run();
    expect(payload(sent(meta)[0])).toEqual({
      schema: ["LOOKALIKE_VALUE", "EMAIL", "PHONE", "MADID"],
      data: [[120.5, sha("anna@example.com"), sha("821012345678"), ""]],
    });
    expect([...meta.audiences.values()][0]?.properties).toMatchObject({ is_value_based: true });
  });

  test("identifiers that it does not take are said before anything is read", async () => {
    const { project, run } = await createMetaProject({
      yaml: metaExport.replace("      EMAIL", "      DOB: customer_id\n      APPUID: customer_id\n      EMAIL"),
    });
    await project.people(anna);
    expect(messages(await run())).toEqual([
      'RT0603 export "winback": Meta\'s API takes a birth date in parts: map DOBY, DOBM and DOBD, all to the same column',
      'RT0603 export "winback": APPUID needs `app_ids` in the destination\'s settings',
    ]);
  });
});

describe("what is asked before a delivery", () => {
  const told = (items: Awaited<ReturnType<Awaited<ReturnType<typeof createMetaProject>>["check"]>>) =>
    items.map(({ what, outcome, detail }) => `${outcome} ${what}: ${detail}`);

  test("all is well", async () => {
    const { check } = await createMetaProject();
    expect(told(await check())).toEqual([
      "ok token: valid, of Retain system user",
      "ok permission: ads_management is granted",
      "ok terms: accepted",
      "ok audience: not there yet; the first run makes it",
    ]);
  });

  test("everything else is asked only of a token that is good", async () => {
    const { check, meta } = await createMetaProject();
    const items = await check({ environment: { META_TOKEN: "an-old-token" } });
    expect(told(items)).toEqual(["failed token: Error validating access token: Session has expired (code 190, 463)"]);
    expect(items[0]?.advice).toMatch(/^make a new token/);
    expect(meta.requests).toHaveLength(1);
  });

  test("permission, terms and a closed audience, all at once", async () => {
    const { check, run, project, meta } = await createMetaProject();
    await project.people(anna);
    await run();
    meta.permissions = [];
    meta.accepted = false;
    const [audience] = meta.audiences.values();
    if (audience) audience.status = 471;
    const items = await check();
    expect(told(items)).toEqual([
      "ok token: valid, of Retain system user",
      "failed permission: the token lacks ads_management",
      "failed terms: the Custom Audience terms were not accepted for the ad account",
      `failed audience: ${audience?.id}: Flagged. (471)`,
    ]);
    expect(items[2]?.advice).toBe("accept them at https://business.facebook.com/ads/manage/customaudiences/tos/?act=1234567890");
    const reads = meta.requests.length;
    const refused = await run();
    expect(refused.diagnostics.map(({ code }) => code)).toEqual(["RT0607", "RT0607", "RT0607"]);
    expect(meta.requests.slice(reads).every(({ method }) => method === "GET")).toBe(true);
    expect(renderChecks("winback -> facebook (meta)", items)).toBe(`winback -> facebook (meta)
  ok      token       valid, of Retain system user
  FAILED  permission  the token lacks ads_management
           make the token again with the permission ads_management
  FAILED  terms       the Custom Audience terms were not accepted for the ad account
           accept them at https://business.facebook.com/ads/manage/customaudiences/tos/?act=1234567890
  FAILED  audience    ${audience?.id}: Flagged. (471)
           Meta took its name or description for a hint at people's health or money: begin a new audience with other words
`);
  });
});

test("the history of an audience", async () => {
  const { status, run, project, meta, clock } = await createMetaProject();
  expect(renderStatus((await status()).value)).toBe(`Export         winback
Destination    facebook (meta)
On platform    not there yet
In the ledger  0 people

It was never run.
`);
  await project.people(anna, ben, carl);
  await run();
  await clock.sleep(24 * 60 * 60_000);
  await project.people(anna, ben);
  meta.faults.push({ answer: metaError(200, "Permissions error", undefined, 403) });
  await run();
  const { value } = await status();
  expect(value).toMatchObject({ ledger: { people: 2, unsure: 1 }, batches: { pending: 0, refusals: [] }, platform: { size: { least: 3, most: 3 } } });
  expect(value.runs.map(({ status: ended, adds, removes, sent }) => [ended, adds, removes, sent?.adds, sent?.removes])).toEqual([
    ["failed", 0, 1, 0, 0],
    ["delivered", 3, 0, 3, 0],
  ]);
  expect(renderStatus(value)).toBe(`Export         winback
Destination    facebook (meta)
On platform    3 people, Normal, id 238000000000001
In the ledger  2 people, and 1 more whom the next run settles

Started (UTC)     Status     Mode    Added  Removed  Size after
2026-07-02 09:00  failed     mirror      0        0           2  destination "facebook" failed: Permissions error (code 200)
2026-07-01 09:00  delivered  mirror      3        0           3
`);
});

describe("settings", () => {
  test.each<[string, string]>([
    [
      'base_url: "http://graph.facebook.com"',
      'RT0104 destination "facebook": base_url: the address must begin with https://; only this machine itself may be reached without',
    ],
    ['base_url: "https://user:secret@graph.facebook.com"', 'RT0104 destination "facebook": base_url: the address must not hold a user or a password'],
    ["base_url: graph", 'RT0104 destination "facebook": base_url: the address is not an address such as https://example.com'],
    ["api_version: 25", 'RT0104 destination "facebook": api_version: must be text'],
    ["ad_account: EAAB-a-token", 'RT0104 destination "facebook": ad_account: must be the number of an ad account, with or without act_'],
    ["acess_token: x", 'RT0103 unknown key "acess_token" in destination "facebook"'],
  ])("%s", (setting, message) => {
    const text = `name: shop\ndestinations:\n  facebook: {type: meta, access_token: t, ${setting.startsWith("ad_account") ? "" : "ad_account: 1, "}${setting}}\n`;
    const yaml = readYaml("retain.yml", text);
    const settings = (yaml.value as { readonly destinations: { readonly facebook: unknown } }).destinations.facebook;
    const opened = openDestination({
      exportName: "winback",
      format: undefined,
      exportSpan: { file: "exports/a.yml", start: 0, end: 1 },
      name: "facebook",
      settings,
      secrets: [],
      yaml,
      projectDir: "/project",
      clock: fakeClock(),
      signal: new AbortController().signal,
      onWait: () => undefined,
    });
    expect(opened.value).toBeUndefined();
    expect(opened.diagnostics.map((diagnostic) => `${diagnostic.code} ${diagnostic.message}`)).toEqual([message]);
  });
});
