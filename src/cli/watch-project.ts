/**
 * Hears of edits to the files that a project is made of: its own and those of its packages. Edits that come in quick
 * succession are told together, those that come while nobody listens are kept. Decides nothing.
 */
import { basename, extname, isAbsolute, relative, resolve, sep } from "node:path";
import { watch } from "chokidar";
import type { Config } from "../config/config.ts";
import { environmentFile, projectFile, selectorsFiles } from "../config/find-project.ts";
import { skippedFolders } from "../config/read-tree.ts";

export interface Edit {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly kind: "added" | "changed" | "deleted";
}

export interface ProjectWatch {
  /** What was edited since the last call, as soon as it is something and all is quiet; `undefined` when the signal ends the waiting. */
  readonly next: (signal: AbortSignal) => Promise<readonly Edit[] | undefined>;
  /** Takes over the folders of settings that may be others now. */
  readonly follow: (config: Config) => void;
  readonly close: () => Promise<void>;
}

/** A file that is gone for so long is deleted: some editors write a file by putting another one in its place. */
const goneMilliseconds = 50;
/** People save several files at once, and a file with another name is one that went and one that came. */
const quietMilliseconds = 2 * goneMilliseconds;

const extensions: ReadonlySet<string> = new Set([".yml", ".yaml", ".sql", ".hbs", ".mjs", ".csv"]);
const kinds: Readonly<Record<string, Edit["kind"]>> = { add: "added", change: "changed", unlink: "deleted" };

/** What two things that happened to a file are as one: a new file is written in several steps, and some editors replace files. */
function together(before: Edit["kind"] | undefined, now: Edit["kind"]): Edit["kind"] {
  if (before === "added" && now === "changed") return "added";
  return before === "deleted" && now === "added" ? "changed" : now;
}

/** Listens from when it is there: what was edited before is what a first look finds. */
export async function watchProject(projectDir: string): Promise<ProjectWatch> {
  const ofProject: readonly string[] = [projectFile, environmentFile, ...selectorsFiles];
  const watched = new Set<string>([projectDir]);
  let roots: readonly string[] | undefined;
  const isIgnored = (path: string, stats?: { isFile(): boolean }): boolean => {
    const absolute = resolve(path);
    const root = [...watched].filter((each) => absolute === each || absolute.startsWith(each + sep)).toSorted((a, b) => b.length - a.length)[0] ?? projectDir;
    const inside = relative(root, absolute);
    if (inside.split(sep).some((part) => skippedFolders.has(part))) return true;
    return stats?.isFile() === true && !extensions.has(extname(path).toLowerCase()) && basename(path) !== environmentFile;
  };
  /** Files that a build itself writes are of the same kinds, but lie elsewhere. */
  const matters = (path: string): boolean => ofProject.includes(path) || roots === undefined || roots.some((root) => path.startsWith(`${root}/`));

  const edits = new Map<string, Edit>();
  let hear = (): void => {};
  const watcher = watch(projectDir, { ignoreInitial: true, ignored: isIgnored, atomic: goneMilliseconds });
  watcher.on("all", (event, path) => {
    const kind = kinds[event];
    const shown = relative(projectDir, resolve(path)).replaceAll("\\", "/");
    if (!kind || !matters(shown)) return;
    edits.set(shown, { path: shown, kind: together(edits.get(shown)?.kind, kind) });
    hear();
  });
  // What cannot be watched any more, such as a folder that was removed, is not there to be edited.
  watcher.on("error", () => {});
  await new Promise<void>((ready) => watcher.once("ready", () => ready()));

  return {
    next: (signal) =>
      new Promise((done) => {
        let timer: NodeJS.Timeout | undefined;
        const finish = (found: readonly Edit[] | undefined): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", stop);
          hear = () => {};
          done(found);
        };
        const stop = (): void => finish(undefined);
        hear = () => {
          clearTimeout(timer);
          timer = setTimeout(() => {
            const found = [...edits.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
            edits.clear();
            finish(found);
          }, quietMilliseconds);
        };
        signal.addEventListener("abort", stop);
        if (signal.aborted) stop();
        else if (edits.size > 0) hear();
      }),
    follow: (config) => {
      const inProject = (folder: string): string => relative(projectDir, resolve(projectDir, folder)).replaceAll("\\", "/");
      const own = Object.values(config.project.paths).flat().map(inProject);
      const ofPackages = config.packages.map(({ yaml }) => inProject(yaml.file.slice(0, -projectFile.length)));
      roots = [...own, ...ofPackages];
      const more = [...own.filter((path) => path.startsWith("..") || isAbsolute(path)), ...ofPackages].map((path) => resolve(projectDir, path));
      const fresh = more.filter((path) => !watched.has(path));
      for (const path of fresh) watched.add(path);
      if (fresh.length > 0) watcher.add(fresh);
    },
    close: () => watcher.close(),
  };
}
