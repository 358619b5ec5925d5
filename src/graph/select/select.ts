/**
 * Evaluates a selection on the graph, as dbt does: a tree of unions, intersections and differences, with tests pulled in by
 * the nodes that they test. Pure.
 */
import { type Diagnostic, diagnose, type Outcome } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { reach } from "../dag.ts";
import type { Graph } from "../graph.ts";
import type { Criterion, IndirectSelection } from "./criterion.ts";
import type { EarlierRun } from "./earlier-run.ts";
import { type Expression, nothingChosen, readExpression } from "./expression.ts";
import { methodNames, selectorMethods } from "./methods.ts";
import type { Selectors } from "./selectors-file.ts";

export interface Selection {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** How tests come along, unless a criterion of selectors.yml says otherwise. */
  readonly indirect: IndirectSelection;
  /** Name of a selector of selectors.yml; takes the place of `select`. */
  readonly selector?: string | undefined;
}

/** What a selection may look at beside the graph. */
export interface SelectionContext {
  readonly selectors?: Selectors | undefined;
  readonly earlier?: EarlierRun | undefined;
}

export function selectNodes(graph: Graph, selection: Selection, context: SelectionContext = {}): Outcome<ReadonlySet<string>> {
  const included = readExpression(selection.select);
  // An exclusion that is empty leaves nothing out, as whoever fills it from a variable expects.
  const excluded = readExpression(selection.exclude.filter((text) => text.trim() !== ""));
  const evaluator = new Evaluator(graph, context, selection.indirect, [...included.diagnostics, ...excluded.diagnostics]);
  const all: Chosen =
    selection.selector !== undefined
      ? evaluator.named(selection.selector)
      : selection.select.length === 0
        ? { direct: new Set(graph.nodes.keys()), waiting: new Map() }
        : evaluator.evaluate(included.value);
  const chosen = selection.exclude.length === 0 ? all : evaluator.subtract(all, evaluator.evaluate(excluded.value));
  if (chosen.direct.size === 0 && all.direct.size > 0) {
    const text = [...(selection.selector === undefined ? selection.select : [`selector:${selection.selector}`]), "--exclude", ...selection.exclude].join(" ");
    evaluator.diagnostics.push(nothingChosen(text, undefined, "everything that is selected is excluded, too"));
  }
  return { value: chosen.direct, diagnostics: evaluator.diagnostics };
}

/** Nodes chosen, and tests that wait for the rest of their parents to be chosen as well, with the mode that they wait in. */
interface Chosen {
  readonly direct: ReadonlySet<string>;
  readonly waiting: ReadonlyMap<string, IndirectSelection>;
}

const mostHelped = 5;

const nothing: Chosen = { direct: new Set(), waiting: new Map() };

class Evaluator {
  readonly diagnostics: Diagnostic[];
  private readonly graph: Graph;
  private readonly context: SelectionContext;
  private readonly indirect: IndirectSelection;
  private readonly bySelector = new Map<string, Chosen>();
  private readonly resourceTypes: ReadonlySet<string>;

  constructor(graph: Graph, context: SelectionContext, indirect: IndirectSelection, diagnostics: Diagnostic[]) {
    this.graph = graph;
    this.context = context;
    this.indirect = indirect;
    this.resourceTypes = new Set([...graph.nodes.values()].map((node) => node.resourceType));
    this.diagnostics = diagnostics;
  }

  evaluate(expression: Expression): Chosen {
    switch (expression.kind) {
      case "criterion":
        return this.criterion(expression.criterion);
      case "union": {
        const parts = expression.parts.map((part) => this.evaluate(part));
        const direct = new Set(parts.flatMap((part) => [...part.direct]));
        return this.settle(direct, new Map(parts.flatMap((part) => [...part.waiting])));
      }
      case "intersection":
        return this.intersect(expression.parts, expression.text, expression.span);
      case "difference":
        return this.subtract(this.evaluate(expression.from), this.evaluate(expression.without));
    }
  }

  /** What a selector of selectors.yml chooses. */
  named(name: string): Chosen {
    const { selectors } = this.context;
    const found = selectors?.get(name);
    if (!found) {
      const known = [...(selectors?.keys() ?? [])];
      const help =
        suggestion(name, known) ?? (known.length > 0 ? `there are ${known.join(", ")}` : "write it under `selectors:` in selectors.yml beside retain.yml");
      this.diagnostics.push(diagnose("RT0011", { name }, { help }));
      return nothing;
    }
    const before = this.bySelector.get(name);
    if (before) return before;
    const chosen = this.evaluate(found.expression);
    this.bySelector.set(name, chosen);
    return chosen;
  }

  subtract(from: Chosen, without: Chosen): Chosen {
    const direct = new Set([...from.direct].filter((id) => !without.direct.has(id)));
    const waiting = new Map([...from.waiting].filter(([id]) => !without.direct.has(id) && !without.waiting.has(id)));
    return this.settle(direct, waiting);
  }

  private intersect(expressions: readonly Expression[], text: string, span: Criterion["span"]): Chosen {
    const parts = expressions.map((part) => this.evaluate(part));
    const [first, ...rest] = parts;
    if (!first) return nothing;
    const direct = new Set([...first.direct].filter((id) => rest.every((part) => part.direct.has(id))));
    if (direct.size === 0 && parts.every((part) => part.direct.size > 0)) this.diagnostics.push(nothingChosen(text, span));
    const waiting = new Map(parts.flatMap((part) => [...part.waiting]).filter(([id]) => parts.every((part) => part.direct.has(id) || part.waiting.has(id))));
    return this.settle(direct, waiting);
  }

  /** A set operation may complete what one criterion alone did not: both parents of a test chosen by two criteria. */
  private settle(direct: Set<string>, waiting: ReadonlyMap<string, IndirectSelection>): Chosen {
    const left = new Map(waiting);
    if (waiting.size === 0) return { direct, waiting: left };
    const available = { cautious: new Set(direct), buildable: this.buildableWith(direct) };
    for (const [id, mode] of waiting) {
      if (!this.hasParentsIn(id, mode === "buildable" ? available.buildable : available.cautious)) continue;
      direct.add(id);
      left.delete(id);
    }
    return { direct, waiting: left };
  }

  private criterion(criterion: Criterion): Chosen {
    const { dag } = this.graph;
    const matched = this.match(criterion);
    const chosen = new Set(matched);
    if (criterion.childrensParents) {
      for (const id of reach(dag.children, matched)) chosen.add(id);
      for (const id of reach(dag.parents, [...chosen])) chosen.add(id);
    }
    for (const id of reach(dag.parents, matched, criterion.parents)) chosen.add(id);
    for (const id of reach(dag.children, matched, criterion.children)) chosen.add(id);
    return this.pullTests(chosen, criterion.indirect ?? this.indirect);
  }

  private match(criterion: Criterion): readonly string[] {
    const { graph } = this;
    const [name = "", ...argument] = criterion.method.split(".");
    const method = Object.hasOwn(selectorMethods, name) ? selectorMethods[name] : undefined;
    if (!method || (name === "config") !== argument.length > 0) {
      const place = { span: criterion.span, help: suggestion(criterion.method, methodNames) };
      this.diagnostics.push(diagnose("RT0004", { method: criterion.method, known: methodNames.join(", ") }, place));
      return [];
    }
    const predicate = method(criterion.value, {
      projectName: graph.projectName,
      argument: argument.join("."),
      resourceTypes: this.resourceTypes,
      earlier: this.context.earlier,
      selector: (wanted) => this.named(wanted).direct,
    });
    if (typeof predicate !== "function") {
      this.diagnostics.push(criterion.span && !predicate.span ? { ...predicate, span: criterion.span } : predicate);
      return [];
    }
    const matched = [...graph.nodes.values()].filter(predicate).map((node) => node.uniqueId);
    if (matched.length === 0 && !this.diagnostics.some(({ code }) => code === "RT0011")) {
      this.diagnostics.push(nothingChosen(criterion.text, criterion.span, criterion.method === "fqn" ? this.helpWithName(criterion.value) : undefined));
    }
    return matched;
  }

  /** Some kinds of nodes are not chosen by their names alone; another name may only be misspelt. */
  private helpWithName(name: string): string | undefined {
    // A list of names of another project would take long to compare, and nobody reads so much.
    if (this.diagnostics.length >= mostHelped) return undefined;
    const nodes = [...this.graph.nodes.values()];
    const source = nodes.find(
      (node) => node.resourceType === "source" && (name === node.sourceName || name === `${node.sourceName}.${node.name}` || name === node.name),
    );
    if (source?.resourceType === "source") return `sources are chosen by source:${name === source.name ? `${source.sourceName}.${name}` : name}`;
    const exposure = nodes.find((node) => (node.resourceType === "exposure" || node.resourceType === "export") && node.name === name);
    if (exposure) return `exposures and exports are chosen by exposure:${name}`;
    return suggestion(
      name,
      nodes.map((node) => node.name),
    );
  }

  private pullTests(chosen: ReadonlySet<string>, mode: IndirectSelection): Chosen {
    const direct = new Set(chosen);
    const waiting = new Map<string, IndirectSelection>();
    if (mode === "empty") return { direct, waiting };
    const available = mode === "buildable" ? this.buildableWith(chosen) : chosen;
    for (const id of chosen) {
      for (const child of this.graph.dag.children.get(id) ?? []) {
        if (!this.isPulled(child)) continue;
        if (mode === "eager" || this.hasParentsIn(child, available)) direct.add(child);
        else waiting.set(child, mode);
      }
    }
    return { direct, waiting };
  }

  private isPulled(id: string): boolean {
    const type = this.graph.nodes.get(id)?.resourceType;
    return type === "test" || type === "unit_test";
  }

  /** What is chosen, all that is above it, and every source: those are always there. */
  private buildableWith(chosen: ReadonlySet<string>): ReadonlySet<string> {
    const available = new Set([...chosen, ...reach(this.graph.dag.parents, chosen)]);
    for (const node of this.graph.nodes.values()) if (node.resourceType === "source") available.add(node.uniqueId);
    return available;
  }

  private hasParentsIn(id: string, set: ReadonlySet<string>): boolean {
    return (this.graph.dag.parents.get(id) ?? []).every((parent) => set.has(parent));
  }
}
