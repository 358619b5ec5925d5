/**
 * Answers what a selection asks of an earlier run: compares its manifest with the one that this project would write now.
 * Reads no files; the comparison is made when it is first asked for.
 */
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import type { EarlierRun } from "../../graph/select/earlier-run.ts";
import { collectSections } from "../json-pieces.ts";
import { type ManifestInput, manifestSections } from "../manifest.ts";
import { type Change, compareEntries } from "./compare-entries.ts";
import { type EarlierEntry, type EarlierManifest, record, toEarlierManifest } from "./earlier-manifest.ts";
import type { EarlierArtifacts } from "./read-earlier.ts";

/** `loadedAt` is what the newest sources.json of this project says. */
export function createEarlierRun(
  artifacts: EarlierArtifacts,
  current: Omit<ManifestInput, "compiled" | "catalogName">,
  loadedAt: ReadonlyMap<string, string> | Diagnostic,
): EarlierRun {
  const { manifest: earlier } = artifacts;
  let made: ReadonlyMap<string, ReadonlySet<Change>> | undefined;
  const changes = (): ReadonlyMap<string, ReadonlySet<Change>> => {
    made ??= compareManifests(earlier, currentManifest(current));
    return made;
  };
  return {
    has: (id) => earlier.entries.has(id),
    isModified: (id, kind) => {
      const found = changes().get(id);
      return found !== undefined && (kind === undefined ? found.size > 0 : found.has(kind));
    },
    results: artifacts.results,
    fresherSources: findFresher(artifacts.loadedAt, loadedAt),
  };
}

function currentManifest(current: Omit<ManifestInput, "compiled" | "catalogName">): EarlierManifest {
  const now = toEarlierManifest(collectSections(manifestSections({ ...current, compiled: undefined, catalogName: "" })));
  if (typeof now === "string") throw new Error(now);
  return now;
}

/** What a relation or test that was not there differs in: in all that it has. */
const everything: readonly Change[] = ["body", "configs", "persisted_descriptions", "relation", "contract"];

function compareManifests(earlier: EarlierManifest, now: EarlierManifest): ReadonlyMap<string, ReadonlySet<Change>> {
  const modifiedMacros = new Set([...now.macros].filter(([id, macro]) => !isSameMacro(earlier.macros.get(id), macro)).map(([id]) => id));
  return new Map(
    [...now.entries].map(([id, entry]) => {
      const before = earlier.entries.get(id);
      const changes = new Set<Change>(before ? compareEntries(before, entry) : isExecutable(entry) ? everything : ["other"]);
      if (usesModified(entry, now, modifiedMacros)) changes.add("macros");
      return [id, changes];
    }),
  );
}

function isExecutable(entry: EarlierEntry): boolean {
  return !["source", "exposure", "unit_test"].includes(String(entry["resource_type"]));
}

/** A function can call anything in its file, so that the file as a whole counts. */
function isSameMacro(before: EarlierEntry | undefined, now: EarlierEntry): boolean {
  const text = (macro: EarlierEntry): string =>
    String(macro["macro_sql"] ?? "")
      .replaceAll("\r\n", "\n")
      .trim();
  const file = (macro: EarlierEntry): unknown => record(record(macro["meta"])["retain"])["checksum"];
  const meaning = (macro: EarlierEntry): string => JSON.stringify(record(record(macro["meta"])["retain"])["defaults"] ?? {});
  return before !== undefined && text(before) === text(now) && file(before) === file(now) && meaning(before) === meaning(now);
}

/** Directly, or through other macros. */
function usesModified(entry: EarlierEntry, manifest: EarlierManifest, modified: ReadonlySet<string>): boolean {
  if (modified.size === 0) return false;
  const seen = new Set<string>();
  const visit = (user: EarlierEntry): boolean => {
    const used = record(user["depends_on"])["macros"];
    return (Array.isArray(used) ? used.map(String) : []).some((id) => {
      if (seen.has(id)) return false;
      seen.add(id);
      return modified.has(id) || visit(manifest.macros.get(id) ?? {});
    });
  };
  return visit(entry);
}

function findFresher(before: ReadonlyMap<string, string> | Diagnostic, now: ReadonlyMap<string, string> | Diagnostic): ReadonlySet<string> | Diagnostic {
  if ("code" in before) return before;
  if ("code" in now)
    return diagnose("RT0015", { path: "target/sources.json", problem: "there is nothing to compare with" }, { help: "run `retain freshness` first" });
  return new Set([...now].filter(([id, at]) => Date.parse(at) > Date.parse(before.get(id) ?? "1970-01-01T00:00:00Z")).map(([id]) => id));
}
