/** Every upload format: its exact header and rows, how removals look, and files that are continued where one would be too large. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileDestination } from "../../src/destinations/file/file-destination.ts";
import { uploadFormats } from "../../src/destinations/file/formats.ts";
import type { UploadFormat } from "../../src/destinations/file/upload-format.ts";
import { identityPlatforms } from "../../src/export/identity/platforms.ts";
import { audienceOf, deliver, member, type Sent } from "./file-delivery.ts";

const sha = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
const [a, b, c] = ["a", "b", "c"].map(sha) as [string, string, string];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "retain-formats-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function formatOf(name: string): UploadFormat {
  const format = uploadFormats.get(name);
  if (!format) throw new Error(`no format ${name}`);
  return format;
}

const send = (format: string, sent: Partial<Sent>) => deliver({ directory, format: formatOf(format), ...sent });
const read = (name: string) => readFile(join(directory, name), "utf8");
const list = async () => (await readdir(directory)).sort();
const manifest = async () =>
  JSON.parse(await read("winback.manifest.json")) as {
    people: number;
    files: { file: string; operation: string; rows: number; bytes: number; sha256: string }[];
  };
const people = (count: number, from = 0) => Array.from({ length: count }, (_, i) => member(sha(`person ${from + i}`)));

test("every format has identifiers under its name, and takes no key that they do not know", () => {
  for (const format of uploadFormats.values()) {
    const keys = [...(identityPlatforms.get(format.name)?.keys.keys() ?? [])];
    expect(keys.length, format.name).toBeGreaterThan(0);
    const listed = format.layOut(["NOTHING"], {});
    const takes = listed.ok ? [] : (listed.problems[0]?.split("it takes ")[1]?.split(", ") ?? []);
    expect(takes.length, format.name).toBeGreaterThan(0);
    expect(
      takes.filter((key) => !keys.includes(key)),
      format.name,
    ).toEqual([]);
  }
  expect([...uploadFormats.keys()].sort()).toEqual([...identityPlatforms.keys()].sort());
});

describe("headers and rows", () => {
  const head = "Type,Status,Id,Parent Id,Client Id,Modified Time,Name,Description,Scope,Audience,Action Type,Sub Type,Text\nFormat Version,,,,,,6.0,,,,,,\n";
  test.each<[string, readonly string[], readonly string[], string, string?]>([
    [
      "google",
      ["ZIP", "COUNTRY", "LN", "FN", "PHONE", "EMAIL"],
      ["M1 1AE", "GB", a, b, "", c],
      `Email,Phone,First Name,Last Name,Country,Zip\n${c},,${b},${a},GB,M1 1AE\n`,
    ],
    ["google", ["EMAIL", "ZIP", "EMAIL", "PHONE", "PHONE"], [a, "94016", b, c, ""], `Email,Email,Phone,Phone,Zip\n${a},${b},${c},,94016\n`],
    ["google", ["MADID"], ["aece52e7-03ee-455a-b3c4-e57283966239"], "Mobile Device ID\naece52e7-03ee-455a-b3c4-e57283966239\n"],
    ["tiktok", ["PHONE", "EMAIL", "GAID", "IDFA"], [a, b, "", c], `Email_SHA256,Phone_SHA256,MAID_SHA256,MAID_SHA256\n${b},${a},${c},\n`],
    ["snapchat", ["PHONE"], [a], `PHONE_SHA256\n${a}\n`],
    ["pinterest", ["EMAIL"], [a], `email\n${a}\n`],
    [
      "linkedin",
      ["MADID", "COUNTRY", "COMPANY", "JOB_TITLE", "LN", "FN", "EMAIL"],
      ["", "KR", "Kim, Park & Co", "CEO", "김", "민준", a],
      `email,firstname,lastname,jobtitle,employeecompany,country,googleaid\n${a},민준,김,CEO,"Kim, Park & Co",KR,\n`,
    ],
    [
      "x",
      ["EXTERN_ID", "USER_ID", "HANDLE", "MADID", "PHONE", "EMAIL"],
      ["u1", "", a, "", b, c],
      `email,phone_number,device_id,handle,twitter_id,partner_user_id\n${c},${b},,${a},,u1\n`,
    ],
    [
      "microsoft",
      ["EMAIL"],
      [a],
      `${head}Customer List,Active,77,,,,,,Customer,Win back,Replace,,\nCustomer List Item,,,77,,,,,,,,Email,${a}\n`,
      `${head}Customer List,Active,77,,,,,,Customer,Win back,Remove,,\nCustomer List Item,,,77,,,,,,,,Email,${a}\n`,
    ],
    ["criteo", ["EXTERN_ID"], ["u1"], "customerid\nu1\n"],
    ["braze", ["EXTERN_ID"], ["u1"], "external_id,retain_winback\nu1,true\n", "external_id,retain_winback\nu1,false\n"],
    [
      "braze",
      ["ALIAS_LABEL", "ALIAS_NAME"],
      ["crm", "ann"],
      "user_alias_name,user_alias_label,retain_winback\nann,crm,true\n",
      "user_alias_name,user_alias_label,retain_winback\nann,crm,false\n",
    ],
    ["iterable", ["EXTERN_ID"], ["u1"], "userId,retain_winback\nu1,true\n", "userId,retain_winback\nu1,false\n"],
    ["iterable", ["EMAIL"], ["ann@example.com"], "email,retain_winback\nann@example.com,true\n", "email,retain_winback\nann@example.com,false\n"],
    ["customerio", ["EXTERN_ID"], ["u1"], "id,retain_winback\nu1,true\n", "id,retain_winback\nu1,false\n"],
    [
      "onesignal",
      ["PHONE", "EMAIL", "EXTERN_ID"],
      ["", "ann@example.com", "u1"],
      "external_id,email,phone_number,retain_winback\nu1,ann@example.com,,true\n",
      "external_id,email,phone_number,retain_winback\nu1,ann@example.com,,false\n",
    ],
  ])("%s %j", async (format, columns, cells, whole, removal = whole) => {
    await send(format, { columns, members: [member(...cells)], removes: [member(...cells)] });
    expect(await read("winback.csv")).toBe(whole);
    expect(await read("winback.remove.csv")).toBe(removal);
    expect((await readFile(join(directory, "winback.csv")))[0]).not.toBe(0xef);
  });

  test("klaviyo only adds: the whole audience, and no removals", async () => {
    const destination = createFileDestination({ directory, format: formatOf("klaviyo") });
    expect(Object.keys(destination.capabilities.modes)).toEqual(["replace"]);
    await send("klaviyo", { mode: "replace", columns: ["PHONE", "EMAIL"], members: [member("+821012345678", "ann@example.com")] });
    expect(await read("winback.csv")).toBe("Email,Phone Number\nann@example.com,+821012345678\n");
    expect(await list()).toEqual(["winback.csv", "winback.manifest.json"]);
  });

  test("headers are renamed, each is there as often as it may be", async () => {
    await send("snapchat", { headers: { EMAIL: "Hashed E-mail" }, members: people(1) });
    expect(await read("winback.csv")).toMatch(/^Hashed E-mail\n/);
    await send("microsoft", { columns: ["EXTERN_ID"], headers: { EXTERN_ID: "CrmId" }, members: [member("u1")] });
    expect(await read("winback.csv")).toMatch(/,CrmId,u1\n$/);
    expect(formatOf("tiktok").layOut(["IDFA", "GAID", "AAID", "MADID"], {})).toMatchObject({
      problems: expect.arrayContaining(["IDFA is mapped 4 times; the upload file takes it 3 times"]),
    });
    expect(formatOf("onesignal").layOut(["EMAIL", "EMAIL"], {})).toMatchObject({ problems: ["EMAIL is mapped 2 times; the upload file takes it once"] });
  });

  test.each(["google", "tiktok", "snapchat", "pinterest", "linkedin", "x", "microsoft", "criteo"])("%s: no plain address gets through", async (format) => {
    await expect(send(format, { members: [member("ann@example.com")] })).rejects.toThrow("a cell of EMAIL is not the SHA-256 of a value");
    expect(await list()).toEqual([]);
  });

  test("microsoft needs to know the list, and says so when it is asked", async () => {
    const destination = createFileDestination({ directory, format: formatOf("microsoft") });
    expect(await destination.check({ ...audienceOf("winback", ["EMAIL"]), id: undefined })).toMatchObject([
      { outcome: "ok" },
      { what: "audience", outcome: "failed", detail: "Microsoft's bulk file must name the customer list", advice: /audience\.id/ },
    ]);
    expect(await destination.check(audienceOf("winback", ["EMAIL"]))).toHaveLength(1);
  });
});

describe("files that are continued", () => {
  test("by rows, and what is not needed any more goes", async () => {
    const { files } = await send("pinterest", { limits: { rows: 3 }, members: people(8) });
    expect(files.map(({ path, rows }) => [path.slice(directory.length + 1), rows])).toEqual([
      ["winback.csv", 3],
      ["winback.2.csv", 3],
      ["winback.3.csv", 2],
    ]);
    const texts = await Promise.all(["winback.csv", "winback.2.csv", "winback.3.csv"].map(read));
    expect(texts.every((text) => text.startsWith("email\n"))).toBe(true);
    expect(texts.flatMap((text) => text.trimEnd().split("\n").slice(1))).toEqual(people(8).map(({ cells }) => cells[0]));
    await send("pinterest", { limits: { rows: 3 }, members: people(6) });
    expect(await list()).toEqual(["winback.2.csv", "winback.csv", "winback.manifest.json"]);
    await send("pinterest", { limits: { rows: 3 } });
    expect(await list()).toEqual(["winback.csv", "winback.manifest.json"]);
  });

  test("by bytes: no file is larger, and no line is cut", async () => {
    const bytes = 200;
    const names = ["민준", "Ann", "Zoë", "Bartholomew", "O'Neil, Jr.", "李"];
    const columns = ["EMAIL", "FN", "LN"];
    await send("linkedin", { limits: { bytes }, columns, members: names.map((name) => member(sha(name), name, name)) });
    const files = (await manifest()).files;
    expect(files.length).toBeGreaterThan(2);
    expect(files.every((file) => file.bytes <= bytes)).toBe(true);
    expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(names.length);
  });

  test("a line that is larger than a file has one for itself", async () => {
    await send("pinterest", { limits: { bytes: 10 }, members: people(2) });
    expect((await manifest()).files.map(({ rows }) => rows)).toEqual([1, 1]);
  });

  test("microsoft: the first file replaces the list, the others add to it", async () => {
    await send("microsoft", { limits: { rows: 1 }, members: people(2) });
    expect([await read("winback.csv"), await read("winback.2.csv")].map((text) => /,(Replace|Add|Remove),/.exec(text)?.[1])).toEqual(["Replace", "Add"]);
  });

  test("removals fill the files that wait, then new ones; a file that is full stays", async () => {
    const limits = { rows: 2 };
    await send("microsoft", { limits, removes: people(3) });
    await send("microsoft", { limits, removes: people(2, 10) });
    const removals = (await manifest()).files.filter(({ operation }) => operation === "remove");
    expect(removals.map(({ file, rows }) => [file, rows])).toEqual([
      ["winback.remove.csv", 2],
      ["winback.remove.2.csv", 2],
      ["winback.remove.3.csv", 1],
    ]);
    const texts = await Promise.all(removals.map(({ file }) => read(file)));
    const found = texts.flatMap((text) => [...text.matchAll(/,Email,([0-9a-f]{64})\n/g)].map((match) => match[1]));
    expect(found).toEqual([...people(3), ...people(2, 10)].map(({ cells }) => cells[0]));
  });

  test("the limits are the platforms' own", () => {
    const limits = [...uploadFormats.values()].flatMap(({ name, limits: own }) => (own ? [[name, own.rows ?? own.bytes]] : []));
    expect(limits).toEqual([
      ["tiktok", 50_000_000],
      ["x", 10_000_000_000],
      ["microsoft", 100_000_000],
      ["criteo", 50_000],
      ["braze", 500_000_000],
      ["klaviyo", 50_000_000],
      ["iterable", 2_000_000],
      ["customerio", 100_000_000],
      ["onesignal", 150_000_000],
    ]);
  });
});

describe("the manifest", () => {
  test("tells what there is, in the order of uploading, also what waits from earlier", async () => {
    await send("meta", { removes: [member(c)] });
    await send("meta", { members: [member(a), member(b)] });
    const told = await manifest();
    expect(told).toMatchObject({ export: "winback", audience: { name: "Win back", id: "77" }, format: "meta", mode: "mirror", columns: ["EMAIL"], people: 2 });
    expect(told.files.map(({ file, operation, rows }) => [file, operation, rows])).toEqual([
      ["winback.remove.csv", "remove", 1],
      ["winback.csv", "add", 2],
    ]);
    for (const { file, bytes, sha256 } of told.files) {
      const content = await readFile(join(directory, file));
      expect([bytes, sha256]).toEqual([content.byteLength, sha(content)]);
    }
  });

  test("knows removals whose first file was taken away, and those of other columns", async () => {
    await send("meta", { removes: [member(c)] });
    await send("meta", { columns: ["EMAIL", "MADID"], removes: [member(b, "")] });
    await rm(join(directory, "winback.remove.csv"));
    await send("meta", { members: [member(a)] });
    expect((await manifest()).files.map(({ file }) => file)).toEqual(["winback.remove.2.csv", "winback.csv"]);
  });

  test("is left as it was by a delivery that fails", async () => {
    await send("meta", { members: [member(a)] });
    const before = await read("winback.manifest.json");
    await expect(send("meta", { members: [member("plain")] })).rejects.toThrow();
    expect(await read("winback.manifest.json")).toBe(before);
    expect(await list()).toEqual(["winback.csv", "winback.manifest.json"]);
  });
});

test("withdrawing takes the whole audience away, and nothing of other exports", async () => {
  await send("klaviyo", { mode: "replace", limits: { rows: 1 }, members: [member("a@example.com"), member("b@example.com")] });
  await send("klaviyo", { mode: "replace", exportName: "winback_2", members: [member("c@example.com")] });
  await writeFile(join(directory, "winback.notes.csv"), "");
  const destination = createFileDestination({ directory, format: formatOf("klaviyo") });
  await destination.withdraw?.(audienceOf("winback", ["EMAIL"]));
  await destination.withdraw?.(audienceOf("nobody", ["EMAIL"]));
  expect(await list()).toEqual(["winback.notes.csv", "winback_2.csv", "winback_2.manifest.json"]);
});
