/** Reads the artifacts of an earlier run from a folder, and says of each what is wrong with it. Never writes there. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Diagnostic, diagnose, type Outcome } from "../../core/diagnostic.ts";
import { fileProblem } from "../file-problem.ts";
import { type EarlierManifest, record, toEarlierManifest } from "./earlier-manifest.ts";

export interface EarlierArtifacts {
  /** The folder as it was named, for messages. */
  readonly shown: string;
  readonly manifest: EarlierManifest;
  /** Status by id, or why it is not known. */
  readonly results: ReadonlyMap<string, string> | Diagnostic;
  /** When the newest row of each source was loaded, or why that is not known. */
  readonly loadedAt: ReadonlyMap<string, string> | Diagnostic;
}

/** `folder` is absolute; `shown` is how messages call it. */
export function readEarlier(folder: string, shown: string, projectName: string): Outcome<EarlierArtifacts | undefined> {
  const fail = (path: string, problem: string, help?: string): Outcome<undefined> => ({
    value: undefined,
    diagnostics: [diagnose("RT0015", { path, problem }, { help })],
  });
  const howTo = "keep a copy of target/ from the run to compare with, and name that folder";
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return fail(shown, "there is no such folder", howTo);
  if (!existsSync(join(folder, "manifest.json"))) return fail(shown, "there is no manifest.json in it", howTo);
  const json = readJson(folder, shown, "manifest.json");
  if ("code" in json) return { value: undefined, diagnostics: [json] };
  const manifest = toEarlierManifest(json.value);
  if (typeof manifest === "string") return fail(`${shown}/manifest.json`, manifest, howTo);
  if (manifest.projectName !== undefined && manifest.projectName !== projectName)
    return fail(
      `${shown}/manifest.json`,
      `it is of the project "${manifest.projectName}" and this one is "${projectName}"`,
      "name a folder of this project's own artifacts",
    );
  return { value: { shown, manifest, results: readResults(folder, shown), loadedAt: readLoadedAt(folder, shown) }, diagnostics: [] };
}

/** When each source of a sources.json was loaded; sources that could not be asked are left out. */
export function readLoadedAt(folder: string, shown: string): ReadonlyMap<string, string> | Diagnostic {
  const json = readJson(folder, shown, "sources.json");
  if ("code" in json) return json;
  const results = resultsOf(json.value);
  if (!results) return diagnose("RT0015", { path: `${shown}/sources.json`, problem: "it holds no results" });
  return new Map(results.flatMap(({ unique_id, max_loaded_at }) => (typeof max_loaded_at === "string" ? [[String(unique_id), max_loaded_at] as const] : [])));
}

function readResults(folder: string, shown: string): ReadonlyMap<string, string> | Diagnostic {
  const json = readJson(folder, shown, "run_results.json");
  if ("code" in json) return json;
  const results = resultsOf(json.value);
  if (!results) return diagnose("RT0015", { path: `${shown}/run_results.json`, problem: "it holds no results" });
  return new Map(results.map(({ unique_id, status }) => [String(unique_id), String(status)]));
}

function resultsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] | undefined {
  const { results } = record(value);
  return Array.isArray(results) ? results.map(record) : undefined;
}

function readJson(folder: string, shown: string, name: string): { readonly value: unknown } | Diagnostic {
  const path = `${shown}/${name}`;
  try {
    return { value: JSON.parse(readFileSync(join(folder, name), "utf8")) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError)
      return diagnose("RT0015", { path, problem: "it is not whole JSON" }, { help: "copy it again from the run that wrote it" });
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const help = isMissing ? `copy the ${name} of that run beside its manifest.json` : undefined;
    return diagnose("RT0015", { path, problem: isMissing ? "there is no such file" : fileProblem(error) }, { help });
  }
}
