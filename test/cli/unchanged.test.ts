/**
 * The short way of `parse` never gives a stale answer: after any change manifest and screen are those of a run without
 * cache. And it is taken: where nothing changed, nodes keep the time at which they were read.
 */
import { existsSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { type TemporaryProject, temporaryProject } from "../fixtures/temporary-project.ts";
import { runIn } from "./in-process.ts";

const files = {
  "retain.yml": `name: shop
default_target: dev
targets:
  dev: {type: duckdb, path: ":memory:", schema: "\${MART:-main}"}
  prod: {type: duckdb, path: ":memory:", schema: prod}
vars: {day: "2026-06-30"}
models: {marts: {tags: [mart]}}
`,
  ".env": "FROM_FILE=one\n",
  "models/marts/orders.yml": "models: [{name: orders, description: Orders., columns: [{name: id, tests: [unique]}]}]\n",
  "models/marts/orders.sql": 'select 1 as id, {{literal (env "TOWN" "none")}} as town, {{literal (env "FROM_FILE")}} as f, {{> two}} as two\n',
  "models/marts/quiet.yml": 'models: [{name: quiet, sql: "select * from orders -- retain-lint: disable=RT0213"}]\n',
  "macros/macros.yml": "macros: [{name: two}]\n",
  "macros/two.hbs": "2\n",
  "seeds/countries.csv": "code,name\nkr,Korea\n",
  "seeds/empty/notes.txt": "no seed\n",
};

type Environment = Readonly<Record<string, string>>;

interface Seen {
  readonly code: number;
  readonly said: string;
  /** Without times and the run's own id. */
  readonly manifest: string;
  /** When the first model was read. */
  readonly readAt: unknown;
}

async function parse({ directory }: TemporaryProject, parameters: readonly string[] = [], environment: Environment = {}): Promise<Seen> {
  const { code, stdout, stderr } = await runIn(directory, ["parse", ...parameters], environment);
  const path = join(directory, "target", "manifest.json");
  const { metadata, ...manifest } = JSON.parse(readFileSync(path, "utf8"));
  const { generated_at, invocation_id, invocation_started_at, run_started_at, ...head } = metadata;
  expect(new Set([generated_at, invocation_id, invocation_started_at, run_started_at])).not.toContain(undefined);
  return {
    code,
    said: stdout + stderr,
    manifest: JSON.stringify([head, manifest], (key, value) => (key === "created_at" ? undefined : value), 1),
    readAt: manifest.nodes["model.shop.orders"]?.created_at,
  };
}

const receipt = ({ directory }: TemporaryProject): string => join(directory, ".retain", "cache", "receipt.json");

/** With the same size and the same time of modification, as some tools do. */
function replaceQuietly(project: TemporaryProject, path: string, from: string, to: string): void {
  const file = join(project.directory, path);
  const { atime, mtime, size } = statSync(file);
  writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
  utimesSync(file, atime, mtime);
  expect(statSync(file).size).toBe(size);
}

interface Case {
  readonly files?: Readonly<Record<string, string>>;
  readonly before?: Environment;
  readonly change?: (project: TemporaryProject) => void;
  readonly after?: Environment;
  readonly parameters?: readonly string[];
}

const move = (from: string, to: string) => (project: TemporaryProject) => renameSync(join(project.directory, from), join(project.directory, to));
const manifestOf = ({ directory }: TemporaryProject): string => join(directory, "target", "manifest.json");

const changes: Readonly<Record<string, Case>> = {
  "of SQL, with the same size and time": { change: (p) => replaceQuietly(p, "models/marts/orders.sql", "1 as", "7 as") },
  "of YAML, with the same size and time": { change: (p) => replaceQuietly(p, "models/marts/orders.yml", "Orders.", "Odders.") },
  "of a macro, with the same size and time": { change: (p) => replaceQuietly(p, "macros/two.hbs", "2", "3") },
  "of a seed, with the same size and time": { change: (p) => replaceQuietly(p, "seeds/countries.csv", "Korea", "Koreo") },
  "of retain.yml, with the same size and time": { change: (p) => replaceQuietly(p, "retain.yml", "[mart]", "[marx]") },
  "of .env, with the same size and time": { change: (p) => replaceQuietly(p, ".env", "one", "two") },
  "of a variable that a template reads": { before: { TOWN: "Seoul" }, after: { TOWN: "Busan" } },
  "of a variable that was not set": { after: { TOWN: "Busan" } },
  "of a variable in the target": { after: { MART: "mart" } },
  "of RETAIN_TARGET": { after: { RETAIN_TARGET: "prod" } },
  "of the target": { parameters: ["--target", "prod"] },
  "of --vars": { parameters: ["--vars", "{day: tomorrow}"] },
  "of what is a secret": { before: { TOWN: "Seoul-si-Gangnam" }, after: { TOWN: "Seoul-si-Gangnam", API_TOKEN: "Seoul-si-Gangnam" } },
  "a new file": { change: (p) => p.write({ "models/new.yml": "models: [{name: new, sql: select 1}]" }) },
  "a new file in a folder that had none": { change: (p) => p.write({ "seeds/empty/more.csv": "id\n1\n" }) },
  "a new folder": { change: (p) => p.write({ "models/a/b/new.yml": "models: [{name: new, sql: select 1}]" }) },
  "a folder that a setting names and that was not there": {
    change: (p) => p.write({ "exports/new.yml": "exposures: [{name: e, type: dashboard, owner: {name: x}}]" }),
  },
  "a file with another name": { change: move("seeds/countries.csv", "seeds/lands.csv") },
  "a folder with another name": { change: move("models/marts", "models/smart") },
  "a file that is gone": { change: (p) => p.remove("seeds/countries.csv") },
  "a mistake": { change: (p) => p.write({ "models/marts/orders.sql": "select {{nothing}}" }) },
  "selectors.yml": { change: (p) => p.write({ "selectors.yml": "selectors: [{name: all, definition: {method: fqn, value: '*'}}]" }) },
  "a folder that is another one with the same name": {
    change: (p) => {
      p.write({ "other/orders.yml": files["models/marts/orders.yml"].replace("Orders.", "Others."), "other/orders.sql": "select 1 as id" });
      p.remove("models/marts");
      symlinkSync(join(p.directory, "other"), join(p.directory, "models", "marts"), "junction");
    },
  },
  "a manifest of another program": { change: (p) => writeFileSync(manifestOf(p), readFileSync(manifestOf(p), "utf8").replace("select 1", "select 2")) },
  "a manifest that is gone": { change: (p) => rmSync(manifestOf(p)) },
};

const untouched: Readonly<Record<string, Case>> = {
  "when nothing has changed": {},
  "when a variable changes that nothing reads": { before: { OTHER: "a" }, after: { OTHER: "b", MORE: "c" } },
  "when a file changes that is no part of the project": { change: (p) => p.write({ "README.md": "new", "data/x.csv": "id\n" }) },
};

/** Those that cannot be answered without being read again, each time. */
const neverKept: Readonly<Record<string, Case>> = {
  "the time of the run": { files: { "models/marts/orders.sql": "select {{literal run.started_at}} as id" } },
  "functions of the project's own": {
    files: { "macros/macros.yml": "macros: [{name: two}, {name: tick}]\n", "macros/tick.mjs": "export const tick = () => 1;\n" },
  },
  "a module that imports another one": {
    files: {
      "models/script.yml": "models: [{name: script, columns: [{name: id, data_type: integer}]}]\n",
      "models/script.mjs": 'import { rows } from "../lib/rows.mjs";\nexport default () => rows;\n',
      "lib/rows.mjs": "export const rows = [{ id: 1 }];\n",
    },
  },
  "a package, whose files stand elsewhere": {
    files: {
      "retain.yml": `${files["retain.yml"]}packages: [shared]\n`,
      "node_modules/shared/package.json": '{"name": "shared", "version": "1.0.0"}',
      "node_modules/shared/retain.yml": 'name: shared\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n',
      "node_modules/shared/models/more.yml": "models: [{name: more, sql: select 1 as id}]\n",
    },
  },
  "a warning": { files: { "models/marts/quiet.yml": "models: [{name: quiet, sql: select * from orders}]\n" } },
};

const projects = new Map<Case, TemporaryProject>();

beforeAll(async () => {
  for (const one of [changes, untouched, neverKept].flatMap((cases) => Object.values(cases))) projects.set(one, temporaryProject({ ...files, ...one.files }));
  // What was written a moment ago might be written once more within the same tick of the clock, and is not trusted.
  await sleep(2600);
}, 30_000);

const projectOf = (one: Case): TemporaryProject => projects.get(one) as TemporaryProject;

test.each(Object.entries(changes))("a change is seen: %s", async (_, one) => {
  const project = projectOf(one);
  const first = await parse(project, [], one.before);
  expect(first.code).toBe(0);
  expect(existsSync(receipt(project))).toBe(true);
  const manifest = readFileSync(manifestOf(project), "utf8");
  one.change?.(project);
  const isSame = existsSync(manifestOf(project)) && readFileSync(manifestOf(project), "utf8") === manifest;
  const warm = await parse(project, one.parameters, one.after);
  const cold = await parse(project, [...(one.parameters ?? []), "--no-cache"], one.after);
  expect([warm.code, warm.said, warm.manifest]).toEqual([cold.code, cold.said, cold.manifest]);
  if (isSame && warm.code === 0) expect(warm.readAt).not.toBe(first.readAt);
});

test.each(Object.entries(untouched))("the short way is taken %s", async (_, one) => {
  const project = projectOf(one);
  let before = await parse(project, [], one.before);
  one.change?.(project);
  for (const parameters of [[], ["--project-dir", project.directory], ["--json"], ["--quiet"]]) {
    const again = await parse(project, parameters, one.after);
    expect([again.manifest, again.readAt]).toEqual([before.manifest, before.readAt]);
    const cold = await runIn(project.directory, ["parse", ...parameters, "--no-cache"], one.after);
    expect([again.code, again.said]).toEqual([cold.code, cold.stdout + cold.stderr]);
    // The run without cache has left a manifest that no receipt is for.
    before = await parse(project, [], one.after);
    expect(before.readAt).not.toBe(again.readAt);
  }
});

test("nodes keep the time at which they were read, and the head is the run's own", async () => {
  const project = projectOf(Object.values(untouched)[0] as Case);
  const first = await parse(project);
  const [{ metadata: before }, again, { metadata: after }] = [readManifest(project), await parse(project), readManifest(project)];
  expect(again).toEqual(first);
  expect(after.invocation_id).not.toBe(before.invocation_id);
  expect(after.run_started_at > before.run_started_at).toBe(true);
  expect(Object.keys(after)).toEqual(Object.keys(before));
});

test.each(Object.entries(neverKept))("no receipt is left for %s", async (_, one) => {
  const project = projectOf(one);
  expect((await parse(project)).code).toBe(0);
  expect(existsSync(receipt(project))).toBe(false);
});

describe("no receipt is left", () => {
  test("for what was changed a moment ago", async () => {
    const project = temporaryProject(files);
    await parse(project);
    expect(existsSync(receipt(project))).toBe(false);
  });

  test("with --no-cache or --vars", async () => {
    const project = projectOf(Object.values(untouched)[2] as Case);
    rmSync(receipt(project), { force: true });
    await parse(project, ["--no-cache"]);
    await parse(project, ["--vars", "{day: x}"]);
    expect(existsSync(receipt(project))).toBe(false);
  });
});

test("a receipt that is damaged is none", async () => {
  const project = projectOf(Object.values(untouched)[1] as Case);
  const first = await parse(project);
  const text = readFileSync(receipt(project), "utf8");
  for (const spoilt of ["", "{", "null", text.slice(0, -9), text.replace(/"bodyCheck":"./, '"bodyCheck":"-'), "{}"]) {
    writeFileSync(receipt(project), spoilt);
    expect((await parse(project)).manifest).toBe(first.manifest);
  }
});

function readManifest(project: TemporaryProject) {
  return JSON.parse(readFileSync(manifestOf(project), "utf8"));
}
