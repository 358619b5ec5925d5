/**
 * Where the SQL of each model and test stands below `target/compiled/<project>` and `target/run/<project>`: under the same
 * path as its source, and below the YAML file's own path when it was written there. Pure; `/` on every system.
 */
import type { CompiledProject } from "../compile/compiled.ts";
import type { Model, Snapshot, Test, UnitTest } from "../parse/resource.ts";
import { nameWithVersion } from "../parse/versions.ts";

/** The folder of generated files, below the project. */
export const targetFolder = "target";

/** In bytes; file systems end at 255. A character is four at most. */
const longestName = 200;

/** Paths by unique id. No two are alike, also where the file system does not tell upper from lower case. */
export function compiledPaths(compiled: CompiledProject): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  for (const [id, entry] of compiled.nodes) {
    if (entry.kind === "seed") continue;
    let path = pathOf(entry.node);
    for (let i = 2; taken.has(path.toLowerCase()); i++) path = `${pathOf(entry.node).slice(0, -".sql".length)}_${i}.sql`;
    taken.add(path.toLowerCase());
    paths.set(id, path);
  }
  return paths;
}

function pathOf(node: Model | Snapshot | Test | UnitTest): string {
  const file = node.originalFilePath;
  if (/\.(sql|mjs)$/.test(file)) return inside(file).replace(/\.mjs$/, ".sql");
  return `${inside(file)}/${safeName(node.resourceType === "unit_test" ? node.title : nameWithVersion(node))}.sql`;
}

/** Folders outside the project must not lead out of the target folder. */
function inside(path: string): string {
  if (!path.includes("..") && !path.includes("\\") && !path.startsWith("/")) return path;
  return path
    .split(/[\\/]+/)
    .filter((part) => part !== "" && part !== ".")
    .map((part) => (part === ".." ? "__" : part))
    .join("/");
}

/** A test may be called anything; a file may not. */
function safeName(name: string): string {
  if (name.length <= longestName && /^\w+$/.test(name)) return name;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what file systems refuse
  const safe = name.replace(/[<>:"/\\|?*\u0000-\u001f]/g, "_").replace(/[. ]+$/, "_");
  return Buffer.byteLength(safe) <= longestName ? safe : [...safe].slice(0, longestName / 4).join("");
}
