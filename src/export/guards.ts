/**
 * The limits that keep a broken model from emptying or flooding an audience. Compares numbers with limits and says which
 * one was broken; what follows from that is the caller's. All guards are asked, so that nobody mends them one by one.
 */
import { plural } from "../core/names.ts";
import type { ExportDeclaration } from "../parse/resource-schema.ts";
import type { ExportCounts, StoppedGuard } from "./export-plan.ts";

export const defaultMaxRemovePct = 30;

export function checkGuards(guards: ExportDeclaration["guards"], counts: ExportCounts): readonly StoppedGuard[] {
  return [...checkSize(guards, counts), ...checkRemovals(guards, counts), ...checkInvalid(guards, counts)];
}

/** An audience of nobody is a question of its own: it is nearly always a mistake, and where it is none, no minimum forbids it. */
function checkSize({ min_size = 0, allow_empty }: ExportDeclaration["guards"], { sizeAfter, people }: ExportCounts): readonly StoppedGuard[] {
  if (sizeAfter === 0) {
    const why = people === 0 ? "the model has no rows" : "nobody would be left in the audience";
    return allow_empty ? [] : [{ guard: "allow_empty", found: 0, limit: 1, problem: `${why}, and allow_empty is false` }];
  }
  if (sizeAfter >= min_size) return [];
  return [
    {
      guard: "min_size",
      found: sizeAfter,
      limit: min_size,
      problem: `the audience would have ${plural(sizeAfter, "person", "people")}, fewer than ${min_size.toLocaleString("en-US")}`,
    },
  ];
}

/** Changed identifiers count as removals, as they are: a column that breaks for everybody takes the old identifiers away. */
function checkRemovals(
  { max_remove_pct = defaultMaxRemovePct }: ExportDeclaration["guards"],
  { removes, changed, sizeBefore }: ExportCounts,
): readonly StoppedGuard[] {
  const found = share(removes, sizeBefore);
  if (found <= max_remove_pct) return [];
  const back = changed === 0 ? "" : ` (${changed.toLocaleString("en-US")} of them come back with other identifiers)`;
  const problem = `${removes.toLocaleString("en-US")} of ${plural(sizeBefore, "person", "people")} would be removed${back}: ${percentage(found)}, more than ${max_remove_pct} %`;
  return [{ guard: "max_remove_pct", found, limit: max_remove_pct, problem }];
}

/** Per identifier, of all people who are asked for it: one broken column must not hide behind good ones. */
function checkInvalid({ max_invalid_pct }: ExportDeclaration["guards"], counts: ExportCounts): readonly StoppedGuard[] {
  if (max_invalid_pct === undefined) return [];
  const asked = counts.eligible + counts.leftOut.no_identifier;
  const identifiers = [...new Set(counts.rejects.map(({ identifier }) => identifier))];
  return identifiers.flatMap((identifier): readonly StoppedGuard[] => {
    const invalid = counts.rejects.filter((reject) => reject.identifier === identifier && reject.invalid).reduce((sum, { people }) => sum + people, 0);
    const found = share(invalid, asked);
    if (found <= max_invalid_pct) return [];
    const problem = `${identifier} is invalid for ${invalid.toLocaleString("en-US")} of ${plural(asked, "person", "people")}: ${percentage(found)}, more than ${max_invalid_pct} %`;
    return [{ guard: "max_invalid_pct", found, limit: max_invalid_pct, problem }];
  });
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}

/** One decimal, but never rounded to a limit that was passed: 30.04 is 30.04. */
function percentage(value: number): string {
  return `${value.toLocaleString("en-US", { maximumFractionDigits: Number.isInteger(Math.round(value * 10) / 10) ? 2 : 1 })} %`;
}
