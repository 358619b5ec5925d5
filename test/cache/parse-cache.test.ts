/**
 * The parse cache never gives a stale answer: after any change the project is the same as without a cache. And it is used:
 * where nothing changed, nothing is written anew. The file's inode tells: whatever was read anew is kept as a new file.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MappedText } from "../../src/core/mapped-text.ts";
import { type Opened, type OpenOptions, type TemporaryProject, temporaryProject } from "../fixtures/temporary-project.ts";

const cache = { program: "1" };

const files = {
  "retain.yml": `name: shop
default_target: dev
targets:
  dev: {type: duckdb, path: ":memory:", schema: "\${MART:-main}"}
  prod: {type: duckdb, path: ":memory:", schema: prod}
vars: {day: "2026-06-30", area: "\${AREA:-Seoul}"}
models: {marts: {tags: [mart]}}
`,
  ".env": "FROM_FILE=one\n",
  "models/sources.yml": "sources: [{name: web, tables: [{name: visits, location: data/visits.csv}]}]\n",
  "models/marts/orders.yml": `models:
  - name: orders
    description: Orders.
    columns:
      - {name: id, data_type: bigint, tests: [unique, not_null, {accepted_values: {values: [1, 2]}}]}
      - {name: email, pii: email}
    tests: [{expression_is_true: {expression: "id > {{var 'zero' 0}}"}}]
  - {name: in_line, sql: "select id\\nfrom {{ref 'orders'}} where {{literal (var \\"day\\")}} > ''"}
  - {name: raw, sql: "select * from orders"}
`,
  "models/marts/orders.sql":
    'select {{> doubled column="id"}} as id, {{literal (env "TOWN" "none")}} as email, {{literal (env "FROM_FILE")}} as f from {{ref "part"}}\n',
  "models/part.yml": "models: [{name: part, config: {materialized: ephemeral}}]\n",
  "models/part.sql": 'select 1 as id, {{literal (var "area")}} as area from {{source "web" "visits"}}',
  "macros/macros.yml": "macros: [{name: doubled, arguments: [{name: column}]}]\n",
  "macros/doubled.hbs": "2 * {{column}}\n",
  "seeds/countries.csv": "code,name\nkr,Korea\n",
  "test/data/no_orders.sql": "-- config: {severity: warn}\nselect * from {{ref 'orders'}} where id < 0\n",
};

/** All that later stages and people see of a project as plain data, with the places of every piece of SQL. */
function seen({ graph, compiled, diagnostics, said, counts }: Opened, withPlaces = true): unknown {
  const all = {
    said,
    diagnostics,
    counts,
    nodes: graph && [...graph.nodes],
    disabled: graph?.disabled,
    edges: graph && [...graph.dag.parents, ...graph.dag.children],
    names: graph && [[...graph.names.relations.keys()], [...graph.names.sources.keys()]],
    macros: graph && [...graph.macros],
    compiled: compiled && [...compiled.nodes],
    changing: compiled && [...compiled.changing],
  };
  return JSON.parse(JSON.stringify(all, (_, value: unknown) => (isMapped(value) ? { text: value.text, pieces: withPlaces && value.pieces } : value)));
}

function isMapped(value: unknown): value is MappedText {
  return value !== null && typeof value === "object" && "pieces" in value;
}

async function openWarm(project: TemporaryProject, options: OpenOptions = {}): Promise<unknown> {
  return seen(await project.open({ cache, ...options }));
}

async function openCold(project: TemporaryProject, options: OpenOptions = {}): Promise<unknown> {
  return seen(await project.open({ ...options, cache: undefined }));
}

const cacheFolder = (project: TemporaryProject) => join(project.directory, ".retain", "cache");

/** The cache's files, each with what tells one writing from another. */
function cacheFiles(project: TemporaryProject): readonly string[] {
  if (!existsSync(cacheFolder(project))) return [];
  return readdirSync(cacheFolder(project)).map((name) => `${name} ${statSync(join(cacheFolder(project), name)).ino}`);
}

interface Case {
  readonly before?: OpenOptions;
  readonly change?: (project: TemporaryProject) => void;
  readonly after?: OpenOptions;
  /** The change shows nowhere but in the cache. */
  readonly isHidden?: boolean;
}

/** Keeps the size and the time of a file, as some tools do. */
function replaceQuietly(project: TemporaryProject, path: string, from: string, to: string): void {
  const file = join(project.directory, path);
  const { atime, mtime, size } = statSync(file);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(from, to));
  utimesSync(file, atime, mtime);
  expect(readFileSync(file, "utf8")).not.toBe(text);
  expect(statSync(file).size).toBe(size);
}

const rename = (from: string, to: string) => (project: TemporaryProject) => renameSync(join(project.directory, from), join(project.directory, to));

describe("a change is seen", () => {
  const cases: Readonly<Record<string, Case>> = {
    "of SQL, with the same size and time": { change: (p) => replaceQuietly(p, "models/part.sql", "select 1", "select 2") },
    "of YAML, with the same size and time": { change: (p) => replaceQuietly(p, "models/marts/orders.yml", "Orders.", "Odders.") },
    "of a macro": { change: (p) => replaceQuietly(p, "macros/doubled.hbs", "2 *", "3 *") },
    "of a macro's declaration": { change: (p) => replaceQuietly(p, "macros/macros.yml", "name: column", "name: colum_") },
    "of a seed": { change: (p) => replaceQuietly(p, "seeds/countries.csv", "Korea", "Koreo") },
    "of a singular test": { change: (p) => replaceQuietly(p, "test/data/no_orders.sql", "id < 0", "id < 9") },
    "of retain.yml": { change: (p) => replaceQuietly(p, "retain.yml", "[mart]", "[marx]") },
    "of a comment in retain.yml, which moves what is below it": { isHidden: true, change: (p) => p.write({ "retain.yml": `# one\n${files["retain.yml"]}` }) },
    "of .env": { change: (p) => replaceQuietly(p, ".env", "one", "two") },
    "of a variable that a template reads": { before: { environment: { TOWN: "Seoul" } }, after: { environment: { TOWN: "Busan" } } },
    "of a variable that was not set": { after: { environment: { TOWN: "Busan" } } },
    "of a variable that is not set any more": { before: { environment: { TOWN: "Seoul" } } },
    "of a variable in retain.yml": { after: { environment: { AREA: "Jeju" } } },
    "of a variable in the target": { after: { environment: { MART: "mart" } } },
    "of --vars": { before: { vars: { day: "2026-01-01" } }, after: { vars: { day: "2026-01-02" } } },
    "of --vars between null and what is no number": { before: { vars: { day: null } }, after: { vars: { day: Number.NaN } } },
    "of the target": { after: { target: "prod" } },
    "of --sample": { after: { inputs: { kind: "rows", rows: 5 } } },
    "a file with another name": { change: rename("macros/macros.yml", "macros/others.yml") },
    "a folder with another name": { change: rename("models/marts", "models/smart") },
    "a new file": { change: (p) => p.write({ "models/new.yml": "models: [{name: new, sql: select 1}]" }) },
    "a new file that is wrong": { change: (p) => p.write({ "models/new.sql": "select 1" }) },
    "a file that is gone": { change: (p) => p.remove("test/data/no_orders.sql") },
    "a file that is gone and was needed": { change: (p) => p.remove("models/part.sql") },
    "a mistake": { change: (p) => p.write({ "models/part.sql": 'select * from {{ref "nothing"}}' }) },
    "a mistake in YAML": { change: (p) => p.write({ "models/part.yml": "models: [{name: part" }) },
  };

  test.each(Object.entries(cases))("%s", async (_, { before, change, after, isHidden }) => {
    const project = temporaryProject(files);
    const first = await openWarm(project, before);
    const kept = cacheFiles(project);
    expect(kept).toHaveLength(1);
    change?.(project);
    const warm = await openWarm(project, after);
    expect(warm).toEqual(await openCold(project, after));
    if (isHidden) expect(cacheFiles(project)).not.toEqual(kept);
    else expect(warm).not.toEqual(first);
  });
});

describe("nothing is read anew", () => {
  const cases: Readonly<Record<string, Case>> = {
    "when nothing has changed": {},
    "when a variable changes that nothing reads": { before: { environment: { OTHER: "a" } }, after: { environment: { OTHER: "b", MORE: "c" } } },
    "when a file changes that is no part of the project": { change: (p) => p.write({ "README.md": "new", "target/x.json": "{}", "models/notes.txt": "x" }) },
    "when the time of a file changes": { change: (p) => utimesSync(join(p.directory, "models/part.sql"), 1, 1) },
    "in the next run": { after: { invocation: { invocationId: "99999999-2222-4333-8444-555555555555", startedAt: "2027-01-01T00:00:00.000Z" } } },
  };

  test.each(Object.entries(cases))("%s", async (_, { before, change, after }) => {
    const project = temporaryProject(files);
    const first = await openWarm(project, before);
    const kept = cacheFiles(project);
    change?.(project);
    expect(await openWarm(project, after)).toEqual(first);
    expect(cacheFiles(project)).toEqual(kept);
    expect(await openCold(project, after)).toEqual(first);
  });

  test("when two targets take turns", async () => {
    const project = temporaryProject(files);
    const dev = await openWarm(project);
    const prod = await openWarm(project, { target: "prod" });
    const kept = cacheFiles(project);
    expect(kept).toHaveLength(2);
    expect([await openWarm(project), await openWarm(project, { target: "prod" })]).toEqual([dev, prod]);
    expect(cacheFiles(project)).toEqual(kept);
  });
});

test("another version of retain reads everything anew", async () => {
  const project = temporaryProject(files);
  await project.open({ cache: { program: "1" } });
  const kept = cacheFiles(project);
  await project.open({ cache: { program: "2" } });
  expect(cacheFiles(project)).not.toEqual(kept);
});

test("a project that was moved is another one: sources are read by their whole path", async () => {
  const project = temporaryProject(files);
  await openWarm(project);
  const copy = temporaryProject({});
  cpSync(project.directory, copy.directory, { recursive: true });
  const warm = await openWarm(copy);
  expect(warm).toEqual(await openCold(copy));
  expect(JSON.stringify(warm)).not.toContain(project.directory);
});

describe("what the run itself or code of the project's own has written is compiled in every run", () => {
  const run = (n: number): OpenOptions => ({ invocation: { invocationId: `id-${n}`, startedAt: `2026-07-01T0${n}:00:00.000Z` } });
  const changing: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "the time": { "models/part.sql": "select 1 as id, {{literal run.started_at}} as at" },
    "the id, in a view": { "models/part.yml": "models: [{name: part}]", "models/part.sql": "select 1 as id, {{literal run.invocation_id}} as at" },
    "the time, in a test": { "test/data/no_orders.sql": "select {{literal run.started_at}} from {{ref 'orders'}}" },
    "the time, passed on to a macro": {
      "macros/macros.yml": "macros: [{name: doubled, arguments: [{name: column}]}, {name: stamp, arguments: [{name: of}]}]\n",
      "macros/stamp.hbs": "{{literal of.started_at}}",
      "models/part.sql": "select 1 as id, {{> stamp of=run}} as at",
    },
    "a function": {
      "macros/macros.yml": "macros: [{name: doubled, arguments: [{name: column}]}, {name: tick, arguments: []}]\n",
      "macros/tick.mjs": "export const tick = () => (globalThis.retainTick = (globalThis.retainTick ?? 100) + 1);\n",
      "models/part.sql": "select {{tick}} as id",
    },
  };

  test.each(Object.entries(changing))("%s", async (_, more) => {
    // Without the model that names another one without ref: with a warning to give, nothing that was compiled is taken.
    for (const orders of [files["models/marts/orders.yml"], files["models/marts/orders.yml"].replace('"select * from orders"', '"select 1"')]) {
      const project = temporaryProject({ ...files, "models/marts/orders.yml": orders, ...more });
      const first = await openWarm(project, run(1));
      const kept = cacheFiles(project);
      const second = await openWarm(project, run(2));
      expect(second).not.toEqual(first);
      expect(cacheFiles(project)).toEqual(kept);
      // A function that counts has counted on.
      const text = (value: unknown) => JSON.stringify(value).replaceAll(/select \d+ as id/g, "select n as id");
      expect(text(second)).toBe(text(await openCold(project, run(2))));
    }
  });
});

test("a unit test is compiled in every run only where it reads the run", async () => {
  const given = `given: [{input: "ref('orders')", rows: [{id: 1}]}], expect: {rows: [{id: 1}]}`;
  const project = temporaryProject({
    ...files,
    "models/clock.yml": `models:
  - {name: clock, sql: "select id, {{literal run.started_at}} as at from {{ref 'orders'}}"}
  - {name: plain, sql: "select id from {{ref 'orders'}}"}
unit_tests:
  - {name: frozen, model: clock, overrides: {run: {started_at: "2026-01-01T00:00:00Z"}}, ${given}}
  - {name: moving, model: clock, ${given}}
  - {name: still, model: plain, ${given}}
`,
  });
  const { compiled } = await project.open();
  expect([...(compiled?.changing ?? [])].map((id) => id.split(".").at(-1)).toSorted()).toEqual(["clock", "moving"]);
});

test("an inline query is compiled with what was kept", async () => {
  const project = temporaryProject(files);
  await openWarm(project);
  const kept = cacheFiles(project);
  const inline = "select * from {{ref 'orders'}} join {{ref 'part'}} using (id)";
  const warm = await openWarm(project, { inline });
  expect(cacheFiles(project)).toEqual(kept);
  expect(warm).toEqual(await openCold(project, { inline }));
  expect(await openWarm(project, { inline: "select {{nothing}}" })).toEqual(await openCold(project, { inline: "select {{nothing}}" }));
});

test("errors are never kept; warnings are said each time", async () => {
  const project = temporaryProject({ ...files, "models/wrong.yml": "models: [{name: wrong, sql: 'select {{nothing}}'}]" });
  const cold = await openCold(project);
  expect([await openWarm(project), await openWarm(project)]).toEqual([cold, cold]);
  expect(cacheFiles(project)).toEqual([]);
  project.remove("models/wrong.yml");
  const sound = await openWarm(project);
  expect((sound as { readonly said: readonly string[] }).said).toEqual([
    expect.stringMatching(/^RT0213 warning models\/marts\/orders\.yml:9:\d+ "orders" is a model/),
  ]);
  expect(await openWarm(project)).toEqual(sound);
});

test("a secret is not kept, nor anything that it is written into", async () => {
  const environment = { API_TOKEN: "s3cr3t-t0ken", AREA: "s3cr3t-t0ken" };
  const project = temporaryProject({ ...files, "models/part.sql": 'select 1 as id, {{literal (env "API_TOKEN")}} as token' });
  await openWarm(project, { environment });
  expect(cacheFiles(project)).toEqual([]);
  project.write({ "models/part.sql": 'select 1 as id, {{#if (eq (env "API_TOKEN") "x")}}1{{else}}2{{/if}} as token' });
  await openWarm(project, { environment: { API_TOKEN: "s3cr3t-t0ken" } });
  expect(cacheFiles(project)).toHaveLength(1);
  for (const name of readdirSync(cacheFolder(project))) expect(readFileSync(join(cacheFolder(project), name), "utf8")).not.toContain("s3cr3t-t0ken");
});

describe("a file that is not what was written", () => {
  test("is as good as none, wherever it is damaged or cut off", async () => {
    const project = temporaryProject(files);
    const cold = await openCold(project);
    await openWarm(project);
    const [name = ""] = readdirSync(cacheFolder(project));
    const file = join(cacheFolder(project), name);
    const bytes = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.constantFrom("damage", "cut", "grow"), async (at, flip, how) => {
        const damaged = Buffer.from(how === "cut" ? bytes.subarray(0, at) : how === "grow" ? Buffer.concat([bytes, Buffer.from("x")]) : bytes);
        if (how === "damage") damaged[at] = (damaged[at] ?? 0) ^ flip;
        writeFileSync(file, damaged);
        expect(await openWarm(project)).toEqual(cold);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ["a folder", replaceByFolder],
    ["empty", (file: string) => writeFileSync(file, "")],
    ["of another program", (file: string) => writeFileSync(file, "retain-cache {}")],
  ])("is as good as none when it is %s", async (_, spoil) => {
    const project = temporaryProject(files);
    const cold = await openCold(project);
    await openWarm(project);
    const [name = ""] = readdirSync(cacheFolder(project));
    spoil(join(cacheFolder(project), name));
    expect(await openWarm(project)).toEqual(cold);
  });

  test("and a cache that cannot be written keeps nobody from working", async () => {
    const project = temporaryProject({ ...files, ".retain/cache": "a file where the folder should be" });
    expect(await openWarm(project)).toEqual(await openCold(project));
  });
});

test("many at once in one process get the same, warm or cold", async () => {
  const project = temporaryProject(files);
  const cold = await openCold(project);
  const all = await Promise.all(Array.from({ length: 12 }, () => openWarm(project)));
  for (const one of all) expect(one).toEqual(cold);
  expect(readdirSync(cacheFolder(project))).toHaveLength(1);
});

test("only the newest few entries stay, and no leftovers of writers that were killed long ago", async () => {
  const project = temporaryProject(files);
  await openWarm(project);
  const old = join(cacheFolder(project), "dev-1.cache.12-ab.tmp");
  const fresh = join(cacheFolder(project), "dev-1.cache.13-ab.tmp");
  for (const path of [old, fresh]) writeFileSync(path, "half");
  utimesSync(old, 1, 1);
  for (let i = 0; i < 12; i++) await project.open({ cache, vars: { day: String(i) } });
  const names = readdirSync(cacheFolder(project));
  expect(names.filter((name) => name.endsWith(".cache"))).toHaveLength(8);
  expect(names.filter((name) => name.endsWith(".tmp"))).toEqual(["dev-1.cache.13-ab.tmp"]);
});

/** Whatever the shipped project uses can be kept; a new kind of resource that cannot would make every run slow. */
test("the shipped project is kept as a whole", async () => {
  const project = temporaryProject({});
  for (const part of ["retain.yml", "models", "macros", "seeds", "exports", "test/data"])
    cpSync(join(import.meta.dirname, "../..", part), join(project.directory, part), { recursive: true });
  // Finding out where all of its SQL came from would take long; the other tests do that.
  const look = async (options: OpenOptions) => seen(await project.open(options), false);
  const first = await look({ cache });
  const kept = cacheFiles(project);
  expect(kept).toHaveLength(1);
  expect(await look({ cache })).toEqual(first);
  expect(cacheFiles(project)).toEqual(kept);
  expect(await look({})).toEqual(first);
});

function replaceByFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}
