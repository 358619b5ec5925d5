/** Which of the variables that were given nobody asks for. */
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { Graph } from "../graph/graph.ts";
import { findTemplates, readVariables } from "../parse/find-templates.ts";

/** A misspelt variable would silently leave the real one as it was. */
export function checkVars(given: Readonly<Record<string, unknown>>, config: Config, graph: Graph): readonly Diagnostic[] {
  // A package's name stands for the variables of that package.
  const declared = new Set([...Object.keys(config.project.vars), ...config.packages.flatMap(({ project }) => [project.name, ...Object.keys(project.vars)])]);
  const unknown = Object.keys(given).filter((name) => !declared.has(name));
  if (unknown.length === 0) return [];
  const read = readVariables(findTemplates([...graph.nodes.values(), ...graph.macros.values(), ...graph.operations]));
  if (read.isOpen) return [];
  const known = [...declared, ...read.names];
  const isInCode = (name: string): boolean => config.files.some(({ extension, text }) => extension === "mjs" && new RegExp(`\\b${name}\\b`).test(text));
  return unknown
    .filter((name) => !read.names.has(name) && !(/^\w+$/.test(name) && isInCode(name)))
    .map((name) => diagnose("RT0027", { name }, { help: suggestion(name, known) }));
}
