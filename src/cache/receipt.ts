/**
 * The receipt of a project that was read and found sound: what it was read from, and a note of what came of it. While
 * nothing of that has changed, the note still holds, and the project need not be opened at all.
 *
 * No file is read to tell. A file or folder counts as unchanged while its inode, size and times are the same; the time of a
 * change (ctime) cannot be set back by a program, unlike that of a modification. What was changed shortly before or while
 * it was read might change once more within the same tick of the file system's clock, so no receipt is made out then.
 */
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config, SourceFile } from "../config/config.ts";
import { environmentFile, projectFile, readEnvironment, selectorsFiles } from "../config/find-project.ts";
import { type Environment, secretsOf } from "../config/interpolate.ts";
import { skippedFolders } from "../config/read-tree.ts";
import { cacheFolder } from "./cache-file.ts";
import { sealVariables } from "./project-key.ts";

/** Whose project it is, and how it was asked for. Another question gets another answer. */
export interface Question {
  readonly projectDir: string;
  /** Stands for retain itself. */
  readonly program: string;
  /** Whatever else was asked for, such as the target. */
  readonly variant: unknown;
}

/** What came of the project, besides the texts of its files. */
export interface Reading {
  readonly config: Config;
  /** Every file that was read, by its path. */
  readonly sources: ReadonlyMap<string, string>;
  /** The environment variables that templates have read. */
  readonly variables: readonly string[];
  /** The day of the run, if it may be another thing tomorrow. */
  readonly day: string | null;
}

interface Receipt {
  readonly question: string;
  readonly day: string | null;
  readonly variables: ReturnType<typeof sealVariables>;
  readonly secrets: ReturnType<typeof sealVariables>;
  /** Files and folders with what tells one state from another; `null` for what was not there. */
  readonly states: readonly (readonly [path: string, state: string | null])[];
  readonly note: unknown;
}

/** Times of some file systems are as coarse as this. */
const coarsestTick = 2000;

const receiptPath = (projectDir: string): string => join(projectDir, cacheFolder, "receipt.json");

/** The note, if nothing has changed since. */
export function findReceipt(question: Question, given: Environment, today: string): unknown {
  const { projectDir } = question;
  try {
    const receipt = JSON.parse(readFileSync(receiptPath(projectDir), "utf8")) as Receipt;
    if (receipt.question !== describe(question) || (receipt.day ?? today) !== today) return undefined;
    const environment = readEnvironment(projectDir, given);
    const names = receipt.variables.map(([name]) => name);
    if (JSON.stringify(sealVariables(names, environment, receipt.question)) !== JSON.stringify(receipt.variables)) return undefined;
    if (JSON.stringify(sealSecrets(environment, receipt.question)) !== JSON.stringify(receipt.secrets)) return undefined;
    return receipt.states.every(([path, state]) => stateOf(join(projectDir, path))?.text === (state ?? undefined)) ? receipt.note : undefined;
  } catch {
    return undefined;
  }
}

/** A receipt that is made out while the project is read. */
export interface PendingReceipt {
  /** Makes it out, unless something was changed lately. */
  readonly complete: (reading: Reading, note: unknown) => void;
  /** Always to be called in the end; it leaves a receipt that was made out. */
  readonly discard: () => void;
}

/** To be called before anything is read: its file tells what time it was then, by the clock of the file system. */
export function beginReceipt(question: Question): PendingReceipt {
  const path = receiptPath(question.projectDir);
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  const discard = (): void => {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // It could not be made either.
    }
  };
  let began = Date.now();
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, "wx");
    began = Math.min(began, fstatSync(file).mtimeMs);
    closeSync(file);
  } catch {
    return { complete: () => {}, discard };
  }
  const complete = (reading: Reading, note: unknown): void => {
    try {
      const receipt = makeOut(question, reading, note, began - coarsestTick);
      if (!receipt) return;
      writeFileSync(temporary, JSON.stringify(receipt));
      renameSync(temporary, path);
    } catch {
      // Then the next run goes the long way as well.
    }
  };
  return { complete, discard };
}

function makeOut(question: Question, { config, sources, variables, day }: Reading, note: unknown, latest: number): Receipt | undefined {
  const { projectDir, project, environment, files } = config;
  // What modules say is known only when they are asked, and they may import others; packages have folders of their own.
  if (files.some((file) => file.functions !== undefined || importsFiles(file)) || project.packages.length > 0) return undefined;
  const paths = new Set([projectFile, environmentFile, ...selectorsFiles, ...sources.keys()]);
  for (const root of Object.values(project.paths).flat()) for (const folder of foldersBelow(projectDir, root)) paths.add(folder);
  const states: (readonly [string, string | null])[] = [];
  for (const path of paths) {
    const state = stateOf(join(projectDir, path));
    if (state && state.changed >= latest) return undefined;
    states.push([path, state?.text ?? null]);
  }
  const key = describe(question);
  const mentioned = [...(sources.get(projectFile) ?? "").matchAll(/\$\{(\w+)/g)].map((match) => match[1] as string);
  const names = [...new Set([...variables, ...mentioned, "RETAIN_TARGET"])];
  return { question: key, day, variables: sealVariables(names, environment, key), secrets: sealSecrets(environment, key), states, note };
}

/** Their bytes count as the module's own. */
function importsFiles({ extension, text }: SourceFile): boolean {
  return extension === "mjs" && /["']\.{1,2}\//.test(text);
}

function describe({ projectDir, program, variant }: Question): string {
  return JSON.stringify([program, process.version, projectDir, variant]);
}

/** Whatever is a secret is masked in what was made of the project. */
function sealSecrets(environment: Environment, key: string): ReturnType<typeof sealVariables> {
  return sealVariables(["secrets"], { secrets: JSON.stringify(secretsOf(environment)) }, key);
}

/** A folder's state changes with every entry that comes, goes or gets another name. */
function stateOf(path: string): { readonly text: string; readonly changed: number } | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  const { dev, ino, size, mtimeMs, ctimeMs } = found;
  return { text: `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`, changed: Math.max(mtimeMs, ctimeMs) };
}

function* foldersBelow(projectDir: string, folder: string): Generator<string> {
  yield folder;
  const entries = statSync(join(projectDir, folder), { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(join(projectDir, folder), { withFileTypes: true })
    : [];
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && statSync(join(projectDir, path), { throwIfNoEntry: false })?.isDirectory());
    if (isFolder && !skippedFolders.has(entry.name)) yield* foldersBelow(projectDir, path);
  }
}
