/** What `--only` and `--limit` leave out of a run, and where they are refused. */
import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { defaultExport, ExportProject, messages } from "./export-project.ts";
import { type Asked, recording } from "./recording-destination.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const person = (id: string, email = `${id}@example.com`, phone = "null", consent = true) => `'${id}', '${email}', ${phone}, 'KR', null, ${consent}`;
const withMode = (mode: string) => `${defaultExport}    mode: ${mode}\n`;
const emails = (cells: readonly (readonly string[])[]) => cells.map(([email]) => email);
const hashes = (...names: readonly string[]) => names.map((name) => sha(`${name}@example.com`)).sort();

let project: ExportProject;
afterEach(() => project?.dispose());

/** Ann stays, Ben changes his address, Cat leaves, Dan withdraws, Eve shares Cat's phone and stays, Fay is new. */
async function changed(mode: string, options: Parameters<ExportProject["run"]>[0]): Promise<Asked | undefined> {
  project = await ExportProject.create(defaultExport);
  await project.people(person("ann"), person("ben"), person("cat", undefined, "'010-1234-5678'"), person("dan"), person("eve", undefined, "'010-1234-5678'"));
  await project.run({ destination: recording([]) });
  await project.people(
    person("ann"),
    person("ben", "new@example.com"),
    person("dan", undefined, "null", false),
    person("eve", undefined, "'010-1234-5678'"),
    person("fay"),
  );
  await project.write("exports/winback.yml", withMode(mode));
  const asked: Asked[] = [];
  await project.run({ ...options, destination: recording(asked) });
  return asked[0];
}

/** What a full run sends after the partial one: nothing is lost by it. */
async function rest(): Promise<Asked | undefined> {
  await project.write("exports/winback.yml", defaultExport);
  const asked: Asked[] = [];
  await project.run({ destination: recording(asked) });
  expect((await project.run({ destination: recording([]) })).value?.status).toBe("unchanged");
  return asked[0];
}

describe("--only", () => {
  test("adds: who is new, and nobody whose old identifiers would stay", async () => {
    const asked = await changed("mirror", { options: { only: "adds" } });
    expect([emails(asked?.adds ?? []), asked?.removes]).toEqual([hashes("fay"), []]);
    const after = await rest();
    expect([emails(after?.adds ?? []), emails(after?.removes ?? [])]).toEqual([hashes("new", "eve"), hashes("ben", "cat", "dan")]);
  });

  test("removes: who must go, and again who would go with them", async () => {
    const asked = await changed("mirror", { options: { only: "removes" } });
    expect([emails(asked?.adds ?? []), emails(asked?.removes ?? [])]).toEqual([hashes("eve"), hashes("cat", "dan")]);
    const after = await rest();
    expect([emails(after?.adds ?? []), emails(after?.removes ?? [])]).toEqual([hashes("new", "fay"), hashes("ben")]);
  });
});

describe("--limit", () => {
  test("in mode add: changed addresses first, and whoever withdrew goes all the same", async () => {
    const asked = await changed("add", { options: { limit: 1 } });
    expect([emails(asked?.adds ?? []), emails(asked?.removes ?? [])]).toEqual([hashes("new"), hashes("ben", "dan")]);
    const after = await rest();
    expect([emails(after?.adds ?? []), emails(after?.removes ?? [])]).toEqual([hashes("fay", "eve"), hashes("cat")]);
  });

  test("in mode remove: whoever withdrew first", async () => {
    const asked = await changed("remove", { options: { limit: 1 } });
    expect([asked?.adds, emails(asked?.removes ?? [])]).toEqual([[], hashes("dan")]);
    const after = await rest();
    expect([emails(after?.adds ?? []), emails(after?.removes ?? [])]).toEqual([hashes("new", "fay", "eve"), hashes("ben", "cat")]);
  });
});

test.each<[string, Parameters<ExportProject["run"]>[0], string]>([
  [
    "mirror",
    { options: { limit: 5 } },
    "cannot be run with --limit: mode mirror makes the audience exactly what the model says, and part of it would be something else",
  ],
  [
    "replace",
    { options: { limit: 5 } },
    "cannot be run with --limit: mode replace makes the audience exactly what the model says, and part of it would be something else",
  ],
  ["replace", { options: { only: "removes" } }, "cannot be run with --only removes: mode replace sends the whole audience at once"],
  ["remove", { options: { only: "adds" } }, "cannot be run with --only adds: mode remove adds nobody"],
  [
    "mirror",
    { options: { only: "adds" } },
    "cannot be run with --only adds: its destination always writes the whole audience, and nobody may stay in it who must be removed",
  ],
])("mode %s, %j", async (mode, overrides, problem) => {
  project = await ExportProject.create(withMode(mode));
  await project.people(person("ann"));
  const refused = await project.run(overrides);
  expect(messages(refused)).toEqual([`RT0608 export "winback" ${problem}`]);
  expect(await project.pointedAt(refused.diagnostics[0] as never)).toBe(mode);
  expect(await project.files()).toEqual([]);
});
