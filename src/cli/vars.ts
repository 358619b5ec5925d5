/** Reads --vars, as YAML or JSON or from a file, and says which of them nobody asks for. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { readYaml } from "../core/yaml.ts";
import type { Graph } from "../graph/graph.ts";
import { findTemplates, readVariables } from "../parse/find-templates.ts";

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
  if (first) return fail(file === undefined ? [diagnose("RT0005", { problem: first.message })] : diagnostics);
  if (value !== null && typeof value === "object" && !Array.isArray(value))
    return { value: { value: value as Record<string, unknown>, source }, diagnostics: [] };
  return fail([diagnose("RT0005", { problem: value === null ? "it is empty" : `it is ${JSON.stringify(value)}` })]);
}

/** A misspelt variable would silently leave the real one as it was. */
export function checkVars(given: Readonly<Record<string, unknown>>, config: Config, graph: Graph): readonly Diagnostic[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(config.project.vars, name));
  if (unknown.length === 0) return [];
  const read = readVariables(findTemplates([...graph.nodes.values(), ...graph.macros.values()]));
  if (read.isOpen) return [];
  const known = [...Object.keys(config.project.vars), ...read.names];
  const isInCode = (name: string): boolean => config.files.some(({ extension, text }) => extension === "mjs" && new RegExp(`\\b${name}\\b`).test(text));
  return unknown
    .filter((name) => !read.names.has(name) && !(/^\w+$/.test(name) && isInCode(name)))
    .map((name) => diagnose("RT0027", { name }, { help: suggestion(name, known) }));
}
