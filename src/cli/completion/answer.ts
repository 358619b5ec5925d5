/**
 * Answers a shell that asks what may come next: one candidate a line, its description after a tab, and `:files` or
 * `:folders` where the shell may offer paths of its own. Says nothing else, whatever is wrong, and is quick: no command is
 * loaded, and no database.
 */
import type { Environment } from "../../config/interpolate.ts";
import { commands } from "../declarations/registry.ts";
import { complete } from "./complete.ts";
import { lookupIn } from "./project-names.ts";

export function answerShell(words: readonly string[], cwd: string, environment: Environment): string {
  // Some shells cannot hand on an empty word, and send two quotes in its place.
  const given = words.map((word) => (word === '""' ? "" : word));
  const { candidates, paths } = complete(given, commands, lookupIn(cwd, environment));
  const unique = new Map(candidates.map(({ value, description }) => [value, description]));
  const lines = [...unique].map(([value, description]) => (description === undefined ? value : `${value}\t${description.replace(/\s+/g, " ")}`));
  return [...lines, ...(paths ? [`:${paths}`] : [])].map((line) => `${line}\n`).join("");
}
