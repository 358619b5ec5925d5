/**
 * Evaluates a selection on the graph, as dbt does: union of intersections, minus the exclusion, with tests pulled in by the
 * nodes that they test. Pure.
 */
import { type Diagnostic, diagnose, type Outcome } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { reach } from "../dag.ts";
import type { Graph } from "../graph.ts";
import { type Criterion, readSelection } from "./criterion.ts";
import { methodNames, selectorMethods } from "./methods.ts";

export const indirectSelections = ["eager", "cautious", "buildable", "empty"] as const;
export type IndirectSelection = (typeof indirectSelections)[number];

export interface Selection {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** How tests come along: when any (eager), all (cautious), or all buildable parents are selected, or not at all. */
  readonly indirect: IndirectSelection;
}

export function selectNodes(graph: Graph, selection: Selection): Outcome<ReadonlySet<string>> {
  const included = readSelection(selection.select);
  const excluded = readSelection(selection.exclude);
  const diagnostics: Diagnostic[] = [...included.diagnostics, ...excluded.diagnostics];
  const all = selection.select.length === 0 ? new Set(graph.nodes.keys()) : evaluate(graph, included.value, selection.indirect, diagnostics);
  const without = evaluate(graph, excluded.value, selection.indirect, diagnostics);
  return { value: new Set([...all].filter((id) => !without.has(id))), diagnostics };
}

/** Nodes chosen directly, and tests that wait for the rest of their parents to be chosen as well. */
interface Chosen {
  readonly direct: ReadonlySet<string>;
  readonly waiting: ReadonlySet<string>;
}

function evaluate(graph: Graph, unions: readonly (readonly Criterion[])[], indirect: IndirectSelection, diagnostics: Diagnostic[]): ReadonlySet<string> {
  const direct = new Set<string>();
  const waiting = new Set<string>();
  for (const intersection of unions) {
    const parts = intersection.map((criterion) => expand(graph, criterion, indirect, diagnostics));
    const [first, ...rest] = parts;
    if (!first) continue;
    const common = [...first.direct].filter((id) => rest.every((part) => part.direct.has(id)));
    for (const id of common) direct.add(id);
    if (common.length === 0 && parts.every((part) => part.direct.size > 0)) {
      diagnostics.push(diagnose("RT0002", { criterion: intersection.map((criterion) => criterion.text).join(",") }));
    }
    for (const part of parts) for (const id of part.waiting) waiting.add(id);
  }
  // A union may complete what one criterion alone did not: both parents of a test chosen by two criteria.
  const available = indirect === "buildable" ? new Set([...direct, ...reach(graph.dag.parents, direct)]) : new Set(direct);
  for (const id of waiting) if (parentsWithin(graph, id, available)) direct.add(id);
  return direct;
}

function expand(graph: Graph, criterion: Criterion, indirect: IndirectSelection, diagnostics: Diagnostic[]): Chosen {
  const matched = match(graph, criterion, diagnostics);
  const chosen = new Set(matched);
  if (criterion.childrensParents) {
    for (const id of reach(graph.dag.children, matched)) chosen.add(id);
    for (const id of reach(graph.dag.parents, [...chosen])) chosen.add(id);
  }
  for (const id of reach(graph.dag.parents, matched, criterion.parents)) chosen.add(id);
  for (const id of reach(graph.dag.children, matched, criterion.children)) chosen.add(id);
  return pullTests(graph, chosen, indirect);
}

function match(graph: Graph, criterion: Criterion, diagnostics: Diagnostic[]): readonly string[] {
  const [name = "", ...argument] = criterion.method.split(".");
  const method = selectorMethods[name];
  if (!method || (name === "config") !== argument.length > 0) {
    const help = suggestion(criterion.method, methodNames);
    diagnostics.push(diagnose("RT0004", { method: criterion.method, known: methodNames.join(", ") }, { help }));
    return [];
  }
  const context = { projectName: graph.projectName, argument: argument.join(".") };
  const matched = [...graph.nodes.values()].filter((node) => method(node, criterion.value, context)).map((node) => node.uniqueId);
  if (matched.length === 0) {
    const names = [...graph.nodes.values()].map((node) => node.name);
    diagnostics.push(diagnose("RT0002", { criterion: criterion.text }, { help: criterion.method === "fqn" ? suggestion(criterion.value, names) : undefined }));
  }
  return matched;
}

function pullTests(graph: Graph, chosen: ReadonlySet<string>, indirect: IndirectSelection): Chosen {
  const direct = new Set(chosen);
  const waiting = new Set<string>();
  if (indirect === "empty") return { direct, waiting };
  const buildable = indirect === "buildable" ? new Set([...chosen, ...reach(graph.dag.parents, chosen)]) : chosen;
  for (const id of chosen) {
    for (const child of graph.dag.children.get(id) ?? []) {
      if (graph.nodes.get(child)?.resourceType !== "test") continue;
      if (indirect === "eager" || parentsWithin(graph, child, buildable)) direct.add(child);
      else waiting.add(child);
    }
  }
  return { direct, waiting };
}

function parentsWithin(graph: Graph, id: string, set: ReadonlySet<string>): boolean {
  return (graph.dag.parents.get(id) ?? []).every((parent) => set.has(parent));
}
