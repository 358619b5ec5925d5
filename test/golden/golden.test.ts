/**
 * Golden projects: each folder here is a case. Its `project/` is copied, its commands run in the built program one after
 * another, and all that users and other tools get from them is compared with `expected/`: the screens with their exit codes,
 * what became of each node, the compiled SQL, and the manifest. UPDATE_GOLDEN=1 writes `expected/` anew.
 *
 * A case is `case.yml` (about, run, and perhaps env), `project/`, and `project.N/` with the files that change before command N.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { plainEnvironment, startProcess, temporaryFolder } from "../cli/program-process.ts";
import { normaliseManifest, normaliseScreen, resultLines } from "./normalise.ts";

interface Case {
  readonly about: string;
  /** Command lines without `retain`. */
  readonly run: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What one command of a case said. */
interface Step {
  readonly line: string;
  readonly directory: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Text by path below `expected/`. */
type Texts = Readonly<Record<string, string>>;

const here = fileURLToPath(new URL(".", import.meta.url));
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";
const names = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const steps = new Map<string, readonly Step[]>();
beforeAll(async () => {
  const planned = names.flatMap((name) => planCase(name));
  const running = startProcess(process.execPath, [join(here, "run-commands.mjs")], { cwd: here });
  running.child.stdin?.end(JSON.stringify(planned));
  const ended = await running.ended;
  if (ended.code !== 0) throw new Error(ended.stderr);
  const outcomes = JSON.parse(ended.stdout) as readonly Omit<Step, "line" | "directory">[];
  planned.forEach(({ name, line, directory }, i) => {
    const outcome = outcomes[i];
    if (outcome) steps.set(name, [...(steps.get(name) ?? []), { line, directory, ...outcome }]);
  });
});

function planCase(name: string) {
  const folder = join(here, name);
  const { run, env } = parse(readFileSync(join(folder, "case.yml"), "utf8")) as Case;
  const directory = temporaryFolder();
  cpSync(join(folder, "project"), directory, { recursive: true });
  return run.map((line, i) => {
    const change = join(folder, `project.${i + 1}`);
    return { name, line, directory, parameters: splitLine(line), env: plainEnvironment(env), ...(existsSync(change) && { change }) };
  });
}

/** Words, of which single quotes hold some together. */
function splitLine(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((found) => found[1] ?? found[2] ?? "");
}

describe.each(names)("%s", (name) => {
  test("gives what it gave before", () => {
    const found = textsOf(steps.get(name) ?? []);
    const folder = join(here, name, "expected");
    if (isUpdate) writeTexts(folder, found);
    const expected = readTexts(folder);
    expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [path, text] of Object.entries(found)) expect(text, path).toBe(expected[path]);
  });
});

function textsOf(ran: readonly Step[]): Texts {
  const directory = ran[0]?.directory ?? "";
  const target = join(directory, "target");
  const manifest = join(target, "manifest.json");
  const results = ran.flatMap(({ line }, i) => {
    const path = join(directory, `run_results.${i}.json`);
    return existsSync(path) ? [`$ retain ${line}\n${resultLines(readFileSync(path, "utf8"))}`] : [];
  });
  const compiled = Object.entries(readTexts(join(target, "compiled"))).map(([path, text]) => [`compiled/${path}`, text.replaceAll(directory, "<project>")]);
  return {
    "screen.txt": ran.map((step) => screenOf(step)).join("\n"),
    ...(results.length > 0 && { "results.txt": results.join("\n") }),
    ...(existsSync(manifest) && { "manifest.json": normaliseManifest(readFileSync(manifest, "utf8"), directory) }),
    ...Object.fromEntries(compiled),
  };
}

function screenOf({ line, stdout, stderr, code, directory }: Step): string {
  const parts = [stderr === "" ? "" : `--- stderr\n${stderr}`, stdout === "" ? "" : `--- stdout\n${stdout}`];
  return normaliseScreen(`$ retain ${line}\n${parts.join("")}--- exit ${code}\n`, directory);
}

function readTexts(folder: string): Texts {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).toSorted();
  return Object.fromEntries(paths.map((path) => [path.replaceAll("\\", "/"), readFileSync(join(folder, path), "utf8")]));
}

function writeTexts(folder: string, texts: Texts): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
