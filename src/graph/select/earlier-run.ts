/**
 * What a selection may ask of an earlier run: an interface only, because comparing with its manifest and reading its results
 * are the artifacts' business. Methods that need it say so when it is not there.
 */
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import type { Predicate } from "./matchers.ts";

/** What of a node can differ, as the words after `state:modified.`. */
export const changeKinds = ["body", "configs", "persisted_descriptions", "relation", "macros", "contract"] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface EarlierRun {
  /** Whether the node was there. */
  has(id: string): boolean;
  /** Whether anything of the node differs, or only what is named; nodes that were not there differ in everything they have. */
  isModified(id: string, kind: ChangeKind | undefined): boolean;
  /** Status by id, or why it is not known. */
  readonly results: ReadonlyMap<string, string> | Diagnostic;
  /** Sources that were loaded since, or why that is not known. */
  readonly fresherSources: ReadonlySet<string> | Diagnostic;
}

/** The statuses that dbt and retain write into run results. */
const statuses = ["success", "error", "fail", "warn", "skipped", "pass", "reused", "no-op", "partial success", "runtime error"];
const stateValues = ["new", "old", "modified", "unmodified", ...changeKinds.map((kind) => `modified.${kind}`)];

export function stateMethod(value: string, earlier: EarlierRun | undefined): Predicate | Diagnostic {
  if (!stateValues.includes(value)) return wrongValue("state", value, stateValues);
  if (!earlier) return needsState(`state:${value}`);
  const [word, kind] = value.split(".") as [string, ChangeKind | undefined];
  switch (word) {
    case "new":
      return ({ uniqueId }) => !earlier.has(uniqueId);
    case "old":
      return ({ uniqueId }) => earlier.has(uniqueId);
    case "unmodified":
      return ({ uniqueId }) => !earlier.isModified(uniqueId, undefined);
    default:
      return ({ uniqueId }) => earlier.isModified(uniqueId, kind);
  }
}

export function resultMethod(value: string, earlier: EarlierRun | undefined): Predicate | Diagnostic {
  if (!statuses.includes(value)) return wrongValue("result", value, statuses);
  if (!earlier) return needsState(`result:${value}`);
  const { results } = earlier;
  return "code" in results ? results : ({ uniqueId }) => results.get(uniqueId) === value;
}

export function sourceStatusMethod(value: string, earlier: EarlierRun | undefined): Predicate | Diagnostic {
  if (value !== "fresher") return wrongValue("source_status", value, ["fresher"]);
  if (!earlier) return needsState("source_status:fresher");
  const { fresherSources } = earlier;
  return "code" in fresherSources ? fresherSources : ({ uniqueId }) => fresherSources.has(uniqueId);
}

export function wrongValue(method: string, value: string, known: readonly string[]): Diagnostic {
  return diagnose("RT0016", { method, value, known: known.join(", ") }, { help: suggestion(value, known) });
}

function needsState(what: string): Diagnostic {
  return diagnose("RT0014", { what }, { help: "name the folder with the earlier manifest.json, as in --state path/to/artifacts" });
}
