/**
 * The files of the project as they are at a git ref, in a temporary folder. Git is asked for objects only: without a shell,
 * and without touching the working tree, the index or a branch.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Environment } from "../config/interpolate.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";

export interface GitProject {
  /** The folder with its retain.yml. */
  readonly folder: string;
  /** `main (1a2b3c4)` */
  readonly title: string;
  remove(): void;
}

export interface GitRequest {
  readonly projectDir: string;
  readonly ref: string;
  readonly environment: Environment;
}

/** What a project is made of; data that sources read in place stays where it is. */
const read = /\.(?:ya?ml|sql|csv|hbs|[cm]?js|json)$/i;
const skipped = /(?:^|\/)(?:node_modules|target|\.retain)\//;

export async function readGitProject({ projectDir, ref, environment }: GitRequest): Promise<Outcome<GitProject | undefined>> {
  const git = (...parameters: readonly string[]) => ask(projectDir, environment, parameters);
  const fail = (...diagnostics: readonly Diagnostic[]): Outcome<undefined> => ({ value: undefined, diagnostics });
  try {
    const prefix = await git("rev-parse", "--show-prefix");
    if (prefix.code !== 0) return fail(diagnose("RT0512", { problem: firstLine(prefix.stderr) || "this folder is in no repository" }));
    const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
    if (commit.code !== 0) {
      const known = (await git("for-each-ref", "--format=%(refname:short)")).stdout.toString("utf8").split("\n").filter(Boolean);
      return fail(diagnose("RT0513", { ref, problem: "there is no such commit" }, { help: suggestion(ref, known) ?? "`git fetch` brings what is elsewhere" }));
    }
    const id = commit.stdout.toString("utf8").trim();
    const folder = prefix.stdout.toString("utf8").trim();
    const tree = await git("ls-tree", "-r", "-z", "--full-tree", id, "--", ...(folder === "" ? [] : [folder]));
    if (tree.code !== 0) return fail(diagnose("RT0512", { problem: firstLine(tree.stderr) }));
    const files = filesIn(tree.stdout.toString("utf8"), folder);
    if (!files.has("retain.yml"))
      return fail(diagnose("RT0513", { ref, problem: `it has no ${folder}retain.yml` }, { help: "name a ref that has the project in the same folder" }));
    const target = realpathSync(mkdtempSync(join(tmpdir(), "retain-git-")));
    const remove = (): void => rmSync(target, { recursive: true, force: true });
    try {
      await writeBlobs(projectDir, environment, files, target);
      linkPackages(projectDir, target);
      return { value: { folder: target, title: `${ref} (${id.slice(0, 7)})`, remove }, diagnostics: [] };
    } catch (error) {
      remove();
      throw error;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return fail(diagnose("RT0512", { problem: code === "ENOENT" ? "there is no program called git" : message }));
  }
}

/** Object ids by their paths below the project; links and submodules are left out. */
function filesIn(tree: string, folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of tree.split("\0")) {
    const [, mode = "", id = "", path = ""] = /^(\d+) blob ([0-9a-f]+)\t([\s\S]+)$/.exec(entry) ?? [];
    const relative = path.slice(folder.length);
    if (mode.startsWith("100") && path.startsWith(folder) && read.test(relative) && !skipped.test(relative)) files.set(relative, id);
  }
  return files;
}

/** Macros may import packages; those of today stand for those of then. */
function linkPackages(projectDir: string, target: string): void {
  let folder = projectDir;
  while (!existsSync(join(folder, "node_modules")) && dirname(folder) !== folder) folder = dirname(folder);
  const packages = join(folder, "node_modules");
  if (existsSync(packages)) symlinkSync(packages, join(target, "node_modules"), "junction");
}

interface Answer {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function start(cwd: string, environment: Environment, parameters: readonly string[]) {
  // Not even the index is refreshed; and what git says is read here, so that it has to say it in English.
  const env = { PATH: process.env["PATH"], ...environment, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
  return spawn("git", parameters, { cwd, env, stdio: ["pipe", "pipe", "pipe"], windowsHide: true });
}

function ask(cwd: string, environment: Environment, parameters: readonly string[]): Promise<Answer> {
  return new Promise((done, fail) => {
    const child = start(cwd, environment, parameters);
    const stdout: Buffer[] = [];
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout: Buffer.concat(stdout), stderr }));
    child.stdin.end();
  });
}

/** One process for all files; one file at a time is held in memory. */
async function writeBlobs(cwd: string, environment: Environment, files: ReadonlyMap<string, string>, target: string): Promise<void> {
  const child = start(cwd, environment, ["cat-file", "--batch"]);
  const failed = new Promise<never>((_, fail) => child.on("error", fail));
  child.stdin.on("error", () => undefined);
  child.stdin.end([...files.values()].map((id) => `${id}\n`).join(""));
  const paths = [...files.keys()];
  const reading = (async () => {
    let chunks: Buffer[] = [];
    let length = 0;
    let size: number | undefined;
    let next = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      // A file that is not whole yet is not put together again and again.
      if (size !== undefined && length <= size) continue;
      let held: Buffer = Buffer.concat(chunks);
      for (;;) {
        if (size === undefined) {
          const end = held.indexOf(10);
          if (end < 0) break;
          // `<id> blob <size>`
          size = Number(held.subarray(0, end).toString("utf8").split(" ")[2]);
          if (!Number.isInteger(size)) throw new Error(`git has no content of ${paths[next]}`);
          held = held.subarray(end + 1);
        }
        if (held.length <= size) break;
        const path = join(target, paths[next++] ?? "");
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, held.subarray(0, size));
        held = held.subarray(size + 1);
        size = undefined;
      }
      chunks = [held];
      length = held.length;
    }
    if (next < paths.length) throw new Error(`git said nothing of ${paths[next]}`);
  })();
  await Promise.race([reading, failed]);
}

function firstLine(text: string): string {
  return (
    text
      .trim()
      .split("\n", 1)[0]
      ?.replace(/^fatal: /, "") ?? ""
  );
}
