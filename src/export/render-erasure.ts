/** What became of an erasure as plain text. It never says who was erased. */
import { plural } from "../core/names.ts";
import type { ErasedFrom, ErasureReport } from "./forget-person.ts";
import { type Line, table } from "./text-table.ts";

const outcomeTexts: Readonly<Record<ErasedFrom["outcome"], string>> = {
  removed: "removed",
  pending: "removal taken, the platform works on it",
  failed: "NOT removed",
};

export function renderErasure({ audiences, assignments }: ErasureReport, isKnown: boolean): string {
  if (!isKnown) return "Nobody was found: no audience, ledger or holdout knows this person.\n";
  const rows = table(
    audiences.map(({ export: name, target, audience, outcome }): Line => [`  ${name}`, `${audience} (target ${target})`, outcomeTexts[outcome]]),
  );
  const lines = audiences.length === 0 ? ["The person is in no audience."] : ["Audiences", ...rows];
  const arms = assignments === 0 ? [] : [`Erased from the experiments of ${plural(assignments, "export")}.`];
  const isWhole = audiences.every(({ outcome }) => outcome !== "failed");
  return `${[...lines, ...arms, isWhole ? "Erased. That it was done is remembered, and not for whom." : "Not erased everywhere: run it again once the errors are mended."].join("\n")}\n`;
}
