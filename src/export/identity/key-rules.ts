/** Rules about which identifiers go together, in words that say what to do. Platforms name the keys; nothing here knows a platform. */
import { listOf } from "../../core/names.ts";

/** For lists that hold one kind of identifier from their first day to their last. */
export function onlyOneOf(platform: string, keys: readonly string[], among: readonly string[]): readonly string[] {
  const mapped = among.filter((key) => keys.includes(key));
  if (mapped.length <= 1) return [];
  return [`${platform} takes one kind of identifier in a list, not ${listOf(mapped)} together: make one export for each`];
}

/** For identifiers that say nothing without each other. */
export function allOrNone(because: string, keys: readonly string[], group: readonly string[]): readonly string[] {
  const missing = group.filter((key) => !keys.includes(key));
  if (missing.length === 0 || missing.length === group.length) return [];
  return [`${because} all of ${group.join(", ")}, and ${listOf(missing)} ${missing.length === 1 ? "is" : "are"} not mapped`];
}
