/** Reads --vars, as YAML or JSON or from a file. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { readYaml } from "../core/yaml.ts";

export interface GivenVars {
  /** `undefined` after a problem. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
  /** The file and its text, for a code frame. */
  readonly source: { readonly file: string; readonly text: string } | undefined;
}

export function readVars(given: string | undefined, cwd: string): Outcome<GivenVars> {
  if (given === undefined) return { value: { value: {}, source: undefined }, diagnostics: [] };
  const file = given.startsWith("@") ? given.slice(1) : undefined;
  let text: string;
  try {
    text = file === undefined ? given : readFileSync(resolve(cwd, file), "utf8");
  } catch (error) {
    return { value: { value: undefined, source: undefined }, diagnostics: [diagnose("RT0107", { path: file ?? "", problem: (error as Error).message })] };
  }
  const source = file === undefined ? undefined : { file, text };
  const { value, diagnostics } = readYaml(file ?? "--vars", text);
  const fail = (found: readonly Diagnostic[]): Outcome<GivenVars> => ({ value: { value: undefined, source }, diagnostics: found });
  const [first] = diagnostics;
  if (first) return fail(file === undefined ? [notMapping(first.message)] : diagnostics);
  if (value !== null && typeof value === "object" && !Array.isArray(value))
    return { value: { value: value as Record<string, unknown>, source }, diagnostics: [] };
  return fail([notMapping(value === null ? "it is empty" : `it is ${JSON.stringify(value)}`)]);
}

function notMapping(problem: string): Diagnostic {
  return diagnose("RT0005", { problem: `--vars is not a YAML mapping: ${problem}` });
}
