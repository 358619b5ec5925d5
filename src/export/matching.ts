/**
 * What finds a person on a platform: some identifiers by themselves, others only as a whole group, such as a postal address.
 * Sets of keys, and SQL over packed identifiers; runs nothing.
 */
import { listOf, quoteLiteral } from "../core/names.ts";
import type { IdentityPlatform } from "./identity/identifier.ts";

export interface Matching {
  /** Keys that find a person by themselves. */
  readonly alone: readonly string[];
  /** Groups of keys that find a person when all of a group are there. */
  readonly together: readonly (readonly string[])[];
}

/** What of `keys` finds a person. */
export function matchingOf(platform: IdentityPlatform | undefined, keys: readonly string[]): Matching {
  const alone = [...(platform?.keys ?? [])].filter(([, { matches }]) => matches === "alone").map(([key]) => key);
  return {
    alone: alone.filter((key) => keys.includes(key)),
    together: (platform?.together ?? []).filter((group) => group.every((key) => keys.includes(key))),
  };
}

export function findsSomebody({ alone, together }: Matching): boolean {
  return alone.length + together.length > 0;
}

/** Such as "EMAIL, PHONE or all of FN, LN, COUNTRY and ZIP". */
export function describeMatching({ alone, together }: Matching): string {
  return listOf([...alone, ...together.map((group) => `all of ${listOf(group)}`)], "or");
}

/** A list of texts, one for each identifier and one for each whole group; two people who share one are one person to the platform. */
export function findersSql({ together }: Matching): string {
  const groups = together.map(
    (group) => `if(${hasAllSql(group)}, [array_to_string(list_filter(${lines}, lambda line: ${keyOfLine} in (${literals(group)})), chr(10))], [])`,
  );
  return groups.length === 0 ? lines : `list_concat(${[lines, ...groups].join(", ")})`;
}

/** Whether one of these texts, in the column `identifier`, finds somebody. Only those of groups have several lines. */
export function isFinderSql({ alone, together }: Matching): string {
  const single = alone.length === 0 ? "false" : `split_part(identifier, '=', 1) in (${literals(alone)})`;
  return together.length === 0 ? single : `(if(contains(identifier, chr(10)), true, ${single}))`;
}

/** Whether packed identifiers find somebody. */
export function isFindableSql({ alone, together }: Matching): string {
  const single = alone.length === 0 ? [] : [`list_has_any(${keys}, [${literals(alone)}])`];
  return [...single, ...together.map(hasAllSql)].join(" or ") || "false";
}

const lines = "string_split(identifiers, chr(10))";
const keyOfLine = "split_part(line, '=', 1)";
const keys = `list_transform(${lines}, lambda line: ${keyOfLine})`;

function hasAllSql(group: readonly string[]): string {
  return `list_has_all(${keys}, [${literals(group)}])`;
}

function literals(texts: readonly string[]): string {
  return texts.map(quoteLiteral).join(", ");
}
