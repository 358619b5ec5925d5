/** What of a node's declaration is another than before, in words; and what a change means for its readers. Pure. */
import type { Compiled } from "../compile/compiled.ts";
import type { Stored } from "../compile/is-stored.ts";
import type { EarlierRun } from "../graph/select/earlier-run.ts";
import { type FingerprintContext, ownParts } from "../plan/fingerprint.ts";
import { type ColumnDifference, isDifferent } from "../run/compare-columns.ts";
import type { Impact, ModelStatus } from "./diff-report.ts";

/** Nodes that become relations, or parts of those that do. */
export type Compared = Extract<Compiled, { readonly kind: "model" | "seed" | "snapshot" }>;

export function isCompared(node: Compiled | undefined): node is Compared {
  return node?.kind === "model" || node?.kind === "seed" || node?.kind === "snapshot";
}

const words: Readonly<Record<string, string>> = {
  sql: "SQL",
  file: "file",
  columns: "declared types",
  hooks: "hooks",
  descriptions: "descriptions",
  relation: "name or schema",
};

/** By the parts that --changed compares: what compilation makes of both, without layout and comments. */
export function reasonsByParts(
  before: Compared,
  after: Compared,
  contexts: { readonly before: FingerprintContext; readonly after: FingerprintContext },
): readonly string[] {
  const was = ownParts(before, contexts.before);
  const is = ownParts(after, contexts.after);
  return [...new Set([...Object.keys(is), ...Object.keys(was)])]
    .filter((key) => was[key] !== is[key])
    .flatMap((key) => {
      if (key.startsWith("config:")) return [key.slice("config:".length)];
      // The SQL that a model in JavaScript comes with is what it reads and is told.
      if (key === "sql" && after.kind === "model" && after.javascript) return ["inputs"];
      // What a macro writes stands in the SQL.
      return words[key] === undefined ? [] : [words[key]];
    });
}

const kinds = [
  ["body", "SQL"],
  ["macros", "macros"],
  ["configs", "settings"],
  ["relation", "name or schema"],
  ["contract", "contract"],
  ["persisted_descriptions", "descriptions"],
] as const;

/** By the manifest of an earlier run. */
export function reasonsByManifest(id: string, isSeed: boolean, earlier: EarlierRun): readonly string[] {
  return kinds.flatMap(([kind, word]) => (earlier.isModified(id, kind) ? [kind === "body" && isSeed ? "file" : word] : []));
}

export function impactOf(status: ModelStatus, columns: ColumnDifference | undefined, isMoved: boolean): Impact {
  if (status === "added") return "additive";
  if (status === "removed" || isMoved) return "breaking";
  if (!columns) return "unknown";
  if (columns.removed.length + columns.changed.length > 0) return "breaking";
  return isDifferent(columns) ? "additive" : "compatible";
}

/** Whether a relation that others may read has another name now, or is none any more. */
export function isMoved(before: Compared, after: Compared): boolean {
  const place = ({ relation }: Pick<Stored, "relation">) => `${relation.schema}.${relation.name}`.toLowerCase();
  return before.relation.schema !== "" && place(before) !== place(after);
}
