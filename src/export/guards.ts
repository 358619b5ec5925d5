/**
 * The limits that keep a broken model from emptying or flooding an audience. Compares numbers with limits and says which
 * one was broken; what follows from that is the caller's. All guards are asked, so that nobody mends them one by one.
 */
import { plural } from "../core/names.ts";
import type { ExportDeclaration } from "../parse/resource-schema.ts";
import type { ExportCounts, StoppedGuard } from "./export-plan.ts";
import { findFlaggedWord } from "./flagged-names.ts";

export const defaultMaxRemovePct = 30;

type Guards = ExportDeclaration["guards"];

export function checkGuards(guards: Guards, counts: ExportCounts): readonly StoppedGuard[] {
  return [...checkSize(guards, counts), ...checkRemovals(guards, counts), ...checkAdditions(guards, counts), ...checkInvalid(guards, counts)];
}

/** An audience of nobody is a question of its own: it is nearly always a mistake, and where it is none, no minimum forbids it. */
function checkSize({ min_size = 0, allow_empty }: Guards, { sizeAfter, people }: ExportCounts): readonly StoppedGuard[] {
  if (people === 0 || sizeAfter === 0) {
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
function checkRemovals({ max_remove_pct = defaultMaxRemovePct }: Guards, { removes, changed, sizeBefore }: ExportCounts): readonly StoppedGuard[] {
  const found = share(removes, sizeBefore);
  if (found <= max_remove_pct) return [];
  const back = changed === 0 ? "" : ` (${changed.toLocaleString("en-US")} of them come back with other identifiers)`;
  const problem = `${removes.toLocaleString("en-US")} of ${plural(sizeBefore, "person", "people")} would be removed${back}: ${percentage(found)}, more than ${max_remove_pct} %`;
  return [{ guard: "max_remove_pct", found, limit: max_remove_pct, problem }];
}

/** Of the people who are there: a first delivery has no measure. Those whose identifiers change are there already. */
function checkAdditions({ max_add_pct }: Guards, { adds, changed, sizeBefore }: ExportCounts): readonly StoppedGuard[] {
  if (max_add_pct === undefined || sizeBefore === 0) return [];
  const found = share(adds - changed, sizeBefore);
  if (found <= max_add_pct) return [];
  const problem = `${(adds - changed).toLocaleString("en-US")} people would be added to ${sizeBefore.toLocaleString("en-US")}: ${percentage(found)}, more than ${max_add_pct} %`;
  return [{ guard: "max_add_pct", found, limit: max_add_pct, problem }];
}

/** Per identifier, of all people who are asked for it: one broken column must not hide behind good ones. */
function checkInvalid({ max_invalid_pct }: Guards, counts: ExportCounts): readonly StoppedGuard[] {
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

const minutesPer: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60 };

/** `builtAt` is when the model's last good build ended, `max_age` such as 36h or 2d. */
export function checkAge({ max_age }: Guards, builtAt: Date | undefined, now: Date): readonly StoppedGuard[] {
  if (max_age === undefined || builtAt === undefined) return [];
  const limit = Number.parseInt(max_age, 10) * (minutesPer[max_age.slice(-1)] ?? 1);
  const found = (now.getTime() - builtAt.getTime()) / 60_000;
  if (found <= limit) return [];
  const problem = `the model was built ${builtAt.toISOString().slice(0, 16).replace("T", " ")} UTC, ${age(found)} ago, longer than ${max_age}`;
  return [{ guard: "max_age", found: Math.floor(found), limit, problem, advice: "run `retain build` first" }];
}

/** For platforms that read the names of audiences. */
export function checkName({ audience, description }: Pick<ExportDeclaration, "audience" | "description">): readonly StoppedGuard[] {
  const found = findFlaggedWord(audience.name) ?? findFlaggedWord(description);
  if (!found) return [];
  const problem = `"${found.word}" hints at people's ${found.topic}, and platforms close audiences for that`;
  return [{ guard: "audience_name", problem, advice: "choose a name and a description that say what people did, not what they are" }];
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}

/** One decimal, but never rounded to a limit that was passed: 30.04 is 30.04. */
function percentage(value: number): string {
  return `${value.toLocaleString("en-US", { maximumFractionDigits: Number.isInteger(Math.round(value * 10) / 10) ? 2 : 1 })} %`;
}

function age(minutes: number): string {
  if (minutes < 120) return plural(Math.floor(minutes), "minute");
  return minutes < 48 * 60 ? plural(Math.floor(minutes / 60), "hour") : plural(Math.floor(minutes / 60 / 24), "day");
}
