/** The file destination on a real directory: what Meta's file looks like, and that no failure leaves half a file behind. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { csvRecord } from "../../src/destinations/file/csv.ts";
import { createFileDestination } from "../../src/destinations/file/file-destination.ts";
import { uploadFormats } from "../../src/destinations/file/formats.ts";
import { metaUpload } from "../../src/destinations/file/meta-upload.ts";
import type { HeaderNames, UploadText } from "../../src/destinations/file/upload-format.ts";
import type { DeliveryMode } from "../../src/ports/destination.ts";
import { audienceOf, deliver as deliverFiles, member, type Sent } from "./file-delivery.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const madid = "aece52e7-03ee-455a-b3c4-e57283966239";
const hashOfEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "retain-file-")), "exports");
});
afterEach(() => rm(join(directory, ".."), { recursive: true, force: true }));

const deliver = (sent: Partial<Sent>, headers: HeaderNames = {}) => deliverFiles({ directory, format: metaUpload, headers, ...sent });

/** What is there beside the manifest. */
const list = async () => (await readdir(directory)).filter((name) => name !== "winback.manifest.json").sort();
const read = (name: string) => readFile(join(directory, name), "utf8");
const anna = sha("anna@example.com");
const ben = sha("ben@example.com");
const carl = sha("carl@example.com");

function layoutOf(keys: readonly string[], headers: HeaderNames = {}): UploadText {
  const result = metaUpload.layOut(keys, headers);
  if (!result.ok) throw new Error(result.problems.join());
  return result.layout({ audience: audienceOf("winback", keys), operation: "add", number: 1 });
}

describe("records", () => {
  test.each([
    [["a", "b"], "a,b\n"],
    [["", ""], ",\n"],
    [['say "x"', "1,5", "two\nlines", "cr\rhere"], '"say ""x""","1,5","two\nlines","cr\rhere"\n'],
    [[" padded", "padded "], '" padded","padded "\n'],
    [["=1+1", "정"], "=1+1,정\n"],
  ])("%j", (fields, line) => {
    expect(csvRecord(fields)).toBe(line);
  });
});

describe("Meta's columns", () => {
  test("all of them, in the order of Meta's sample", () => {
    const keys = ["LOOKALIKE_VALUE", "EXTERN_ID", "PAGEUID", "APPUID", "GEN", "DOBY", "DOB", "COUNTRY", "ST", "CT", "ZIP", "LN", "FN", "MADID"];
    expect(layoutOf([...keys, "PHONE", "EMAIL", "PHONE", "EMAIL", "PHONE", "EMAIL"]).header).toBe(
      "email,email,email,phone,phone,phone,madid,fn,ln,zip,ct,st,country,dob,doby,gen,appuid,pageuid,external_id,value\n",
    );
  });

  test("cells follow their columns, repeated ones in the order given", () => {
    const layout = layoutOf(["COUNTRY", "EMAIL", "MADID", "EMAIL"]);
    expect(layout.header).toBe("email,email,madid,country\n");
    expect(layout.record([sha("kr"), anna, madid, ""])).toBe(`${anna},,${madid},${sha("kr")}\n`);
  });

  test("a header can be renamed", () => {
    expect(layoutOf(["EXTERN_ID", "EMAIL"], { EXTERN_ID: "uid" }).header).toBe("email,uid\n");
  });

  test("everything that cannot be written is said at once", () => {
    const result = metaUpload.layOut(["EMAIL", "EMAIL", "EMAIL", "EMAIL", "DOBM", "MADID", "MADID"], {});
    expect(result).toMatchObject({
      ok: false,
      problems: [
        "EMAIL is mapped 4 times; the upload file takes it 3 times",
        expect.stringMatching(/^the upload file has no column for DOBM; it takes EMAIL, PHONE, /),
        "MADID is mapped 2 times; the upload file takes it once",
      ],
    });
    expect(metaUpload.layOut([], { UID: "uid" })).toEqual({
      ok: false,
      problems: ["headers renames UID, which the upload file does not have", "no identifier is mapped"],
    });
  });

  test("the format is registered under its name", () => {
    expect(uploadFormats.get("meta")).toBe(metaUpload);
  });
});

describe("delivering", () => {
  test("the whole audience and the removals, with true sizes and checksums", async () => {
    const report = await deliver({
      columns: ["EXTERN_ID", "EMAIL", "MADID"],
      members: [member("u1", anna, madid), member("u2", ben, ""), member('u"3', "", "")],
      removes: [member("u4", carl, "")],
    });
    expect(await read("winback.csv")).toBe(`email,madid,external_id\n${anna},${madid},u1\n${ben},,u2\n,,"u""3"\n`);
    expect(await read("winback.remove.csv")).toBe(`email,madid,external_id\n${carl},,u4\n`);
    expect(report.files.map(({ path, rows, operation }) => ({ path, rows, operation }))).toEqual([
      { path: join(directory, "winback.remove.csv"), rows: 1, operation: "remove" },
      { path: join(directory, "winback.csv"), rows: 3, operation: "add" },
    ]);
    for (const file of report.files) {
      const bytes = await readFile(file.path);
      expect([file.bytes, file.sha256]).toEqual([bytes.byteLength, createHash("sha256").update(bytes).digest("hex")]);
    }
    expect(await list()).toEqual(["winback.csv", "winback.remove.csv"]);
  });

  test("the same audience gives the same bytes, and nobody to remove gives no file", async () => {
    const first = await deliver({ members: [member(anna)] });
    const second = await deliver({ members: [member(anna)] });
    expect(second).toEqual(first);
    expect(await list()).toEqual(["winback.csv"]);
  });

  test("an audience of nobody is a header", async () => {
    const report = await deliver({ columns: ["EMAIL", "COUNTRY"] });
    expect(await read("winback.csv")).toBe("email,country\n");
    expect(report.files).toMatchObject([{ rows: 0, bytes: 14 }]);
  });

  test.each<[DeliveryMode, readonly string[]]>([
    ["mirror", ["winback.csv", "winback.remove.csv"]],
    ["add", ["winback.csv", "winback.remove.csv"]],
    ["replace", ["winback.csv"]],
    ["remove", ["winback.remove.csv"]],
  ])("mode %s", async (mode, files) => {
    const report = await deliver({ mode, members: [member(anna)], removes: [member(ben)] });
    expect(await list()).toEqual(files);
    expect(report.files).toHaveLength(files.length);
  });

  test.runIf(process.platform !== "win32")("only the owner can read the files", async () => {
    await deliver({ members: [member(anna)] });
    expect((await stat(join(directory, "winback.csv"))).mode & 0o777).toBe(0o600);
  });
});

describe("removals wait until their file is taken away", () => {
  test("later ones are put behind earlier ones", async () => {
    await deliver({ removes: [member(anna)] });
    await deliver({});
    const report = await deliver({ removes: [member(ben), member(carl)] });
    expect(await read("winback.remove.csv")).toBe(`email\n${anna}\n${ben}\n${carl}\n`);
    expect(report.files[0]).toMatchObject({ rows: 3, bytes: 3 * 65 + 6, sha256: sha(`email\n${anna}\n${ben}\n${carl}\n`) });
    await rm(join(directory, "winback.remove.csv"));
    await deliver({ removes: [member(ben)] });
    expect(await read("winback.remove.csv")).toBe(`email\n${ben}\n`);
  });

  test("rows with line ends in a cell count once, and a missing last line end is added", async () => {
    await mkdir(directory);
    await writeFile(join(directory, "winback.remove.csv"), 'external_id\n"two\nlines"\nu2');
    const report = await deliver({ columns: ["EXTERN_ID"], removes: [member("u3")] });
    expect(await read("winback.remove.csv")).toBe('external_id\n"two\nlines"\nu2\nu3\n');
    expect(report.files[0]?.rows).toBe(3);
  });

  test("a file with other columns stays, and the new one has a name of its own", async () => {
    await deliver({ removes: [member(anna)] });
    const wider = { columns: ["EMAIL", "MADID"], removes: [member(ben, "")] };
    await deliver(wider);
    await deliver(wider);
    expect(await read("winback.remove.csv")).toBe(`email\n${anna}\n`);
    expect(await read("winback.remove.2.csv")).toBe(`email,madid\n${ben},\n${ben},\n`);
  });
});

describe("failure", () => {
  const before = { members: [member(anna)], removes: [member(ben)] };

  async function expectUntouched(failing: Promise<unknown>, message: RegExp) {
    await expect(failing).rejects.toThrow(message);
    expect(await list()).toEqual(["winback.csv", "winback.remove.csv"]);
    expect(await read("winback.csv")).toBe(`email\n${anna}\n`);
    expect(await read("winback.remove.csv")).toBe(`email\n${ben}\n`);
  }

  test("a delivery that is given up", async () => {
    await deliver(before);
    const destination = createFileDestination({ directory, format: metaUpload });
    const audience = audienceOf("winback", ["EMAIL"]);
    const parts = (destination.capabilities.modes.mirror ?? []).map((step) => ({ ...step, columns: ["EMAIL"], people: 1 }));
    const session = await destination.open({ audience, mode: "mirror", runId: "run", parts, schema: "meta" });
    await session.send({ id: "1", operation: "remove", members: [member(carl)], isLast: true });
    expect(await readdir(directory)).toHaveLength(5);
    await session.abort();
    await expectUntouched(Promise.reject(new Error("given up")), /given up/);
  });

  test.each<[string, readonly string[], RegExp]>([
    ["a plain value", ["carl@example.com"], /^a cell of EMAIL is not the SHA-256 of a value$/],
    ["upper-case digits", [carl.toUpperCase()], /a cell of EMAIL/],
    ["the hash of nothing", [hashOfEmpty], /a cell of EMAIL/],
    ["no identifier", [""], /a row has no identifier at all/],
    ["a cell too many", [carl, ""], /a row has 2 cells for 1 columns/],
  ])("%s stops everything", async (_, cells, message) => {
    await deliver(before);
    await expectUntouched(deliver({ members: [member(anna), member(ben), member(...cells)] }), message);
    await expectUntouched(deliver({ members: [member(carl)], removes: [member(...cells)] }), message);
  });

  test("columns that do not fit, before anything is written", async () => {
    await expect(deliver({ columns: ["FI"] })).rejects.toThrow(/no column for FI/);
    await expect(readdir(directory)).rejects.toThrow(/ENOENT/);
  });

  test.each(["../winback", "a/b", "a\\b", ".hidden", ""])("an export name that is no file name: %j", async (exportName) => {
    await expect(deliver({ exportName })).rejects.toThrow(/cannot be a file name/);
  });

  test("a name that is taken by a directory", async () => {
    await mkdir(join(directory, "winback.csv"), { recursive: true });
    await writeFile(join(directory, "winback.csv", "x"), "");
    await expect(deliver({ members: [member(anna)] })).rejects.toThrow();
    expect(await list()).toEqual(["winback.csv"]);
  });

  test("a directory that nothing can be written to is told by the check", async () => {
    const check = (path: string) => createFileDestination({ directory: path, format: metaUpload }).check(audienceOf("winback", ["EMAIL"]));
    expect(await check(directory)).toEqual([{ what: "directory", outcome: "ok", detail: directory }]);
    await writeFile(directory, "");
    const refused = { what: "directory", outcome: "failed", detail: `${directory} is no directory`, advice: expect.stringContaining("`directory`") };
    expect(await check(directory)).toEqual([refused]);
    expect(await check(join(directory, "below"))).toEqual([refused]);
  });

  test("what a killed process left is cleared away, what another one is writing is not", async () => {
    await mkdir(directory);
    await writeFile(join(directory, ".winback.csv.old.partial"), "half");
    await writeFile(join(directory, ".winback.remove.45.csv.old.partial"), "half");
    for (const name of [".winback.csv", ".winback.remove.45.csv"]) await utimes(join(directory, `${name}.old.partial`), new Date(0), new Date(0));
    await writeFile(join(directory, ".winback.csv.new.partial"), "half");
    await writeFile(join(directory, ".other.csv.old.partial"), "half");
    await deliver({ members: [member(anna)] });
    expect(await list()).toEqual([".other.csv.old.partial", ".winback.csv.new.partial", "winback.csv"]);
  });
});
