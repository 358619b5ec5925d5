/** Reads the project's files from disk, the only place that does. Returns what it could read and says what it could not. */
import { hash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { fileSpan } from "../core/span.ts";
import type { ModuleFunction, SourceFile } from "./config.ts";
import type { PathKind, Project } from "./schema.ts";

/** What each folder may hold; any YAML file may declare any kind of resource. */
const extensions: Readonly<Record<PathKind, readonly string[]>> = {
  models: ["yml", "yaml", "sql", "mjs"],
  seeds: ["yml", "yaml", "csv"],
  snapshots: ["yml", "yaml", "sql"],
  macros: ["yml", "yaml", "hbs", "mjs"],
  exports: ["yml", "yaml"],
  tests: ["yml", "yaml", "sql", "csv"],
};

export const skippedFolders = new Set(["node_modules", "target", ".git", ".retain"]);

/** A seed's header lies well within this many bytes. */
const headBytes = 65536;

export async function readTree(projectDir: string, paths: Project["paths"]): Promise<Outcome<readonly SourceFile[]>> {
  const files: SourceFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const kind of Object.keys(extensions) as PathKind[]) {
    for (const root of paths[kind]) {
      const walked = listFiles(join(projectDir, root), normalise(root));
      diagnostics.push(...walked.diagnostics);
      for (const path of walked.value) {
        const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
        if (!extensions[kind].includes(extension) || seen.has(path)) continue;
        seen.add(path);
        const read = await readSourceFile(projectDir, path, normalise(root), kind, extension === "yaml" ? "yml" : (extension as SourceFile["extension"]));
        diagnostics.push(...read.diagnostics);
        if (read.value) files.push(read.value);
      }
    }
  }
  return { value: files, diagnostics };
}

function normalise(path: string): string {
  return path.replaceAll("\\", "/").replace(/^\.\//, "").replace(/\/+$/, "");
}

/** All files below a folder, sorted, relative to the project. A folder that does not exist has none. */
function listFiles(absolute: string, relative: string): Outcome<readonly string[]> {
  let entries: ReturnType<typeof readEntries>;
  try {
    entries = readEntries(absolute);
  } catch (error) {
    const problem = error as NodeJS.ErrnoException;
    if (problem.code === "ENOENT") return { value: [], diagnostics: [] };
    return { value: [], diagnostics: [diagnose("RT0107", { path: relative, problem: problem.message }, { span: fileSpan(relative) })] };
  }
  const value: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${relative}/${entry.name}`;
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && isDirectory(join(absolute, entry.name)));
    if (!isFolder) value.push(path);
    else if (!skippedFolders.has(entry.name)) {
      const below = listFiles(join(absolute, entry.name), path);
      value.push(...below.value);
      diagnostics.push(...below.diagnostics);
    }
  }
  return { value, diagnostics };
}

function readEntries(absolute: string) {
  return readdirSync(absolute, { withFileTypes: true });
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // A link that leads nowhere, or around in a circle.
    return false;
  }
}

async function readSourceFile(
  projectDir: string,
  path: string,
  root: string,
  kind: PathKind,
  extension: SourceFile["extension"],
): Promise<Outcome<SourceFile | undefined>> {
  const absolute = join(projectDir, path);
  try {
    const bytes = readFileSync(absolute);
    const text = (extension === "csv" && kind === "seeds" ? bytes.subarray(0, headBytes) : bytes).toString("utf8");
    const checksum = extension === "mjs" ? moduleChecksum(absolute, bytes) : hash("sha256", bytes, "hex");
    const file: SourceFile = { path, root, kind, extension, text: text.startsWith("\uFEFF") && extension !== "csv" ? text.slice(1) : text, checksum };
    // A macro runs while templates are rendered; a model only when it is its turn.
    return { value: extension === "mjs" && kind === "macros" ? { ...file, functions: await importFunctions(absolute, checksum) } : file, diagnostics: [] };
  } catch (error) {
    return { value: undefined, diagnostics: [diagnose("RT0107", { path, problem: (error as Error).message }, { span: fileSpan(path) })] };
  }
}

/** Of a module and the files beside it that it imports, and what those import; of one that imports none it is that of its bytes. */
function moduleChecksum(absolute: string, bytes: Buffer): string {
  const seen = new Set([absolute]);
  const imported: string[] = [];
  const visit = (from: string, text: string): void => {
    for (const [, quoted = ""] of text.matchAll(/\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g)) {
      const path = resolve(dirname(from), quoted);
      if (seen.has(path)) continue;
      seen.add(path);
      // What is not there makes the module fail where it is used.
      const content = isFile(path) ? readFileSync(path) : Buffer.from("");
      imported.push(hash("sha256", content, "hex"));
      visit(path, content.toString("utf8"));
    }
  };
  visit(absolute, bytes.toString("utf8"));
  const own = hash("sha256", bytes, "hex");
  return imported.length === 0 ? own : hash("sha256", [own, ...imported].join("\n"), "hex");
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The checksum in the address makes an edited file a new module. */
async function importFunctions(absolute: string, checksum: string): Promise<Record<string, ModuleFunction>> {
  const module = (await import(`${pathToFileURL(absolute).href}?v=${checksum.slice(0, 12)}`)) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(module).filter((entry): entry is [string, ModuleFunction] => typeof entry[1] === "function"));
}
