/**
 * Renders every model and test of the graph to SQL. Pure: the same project, variables, environment and target give the
 * same text. Problems are collected over all nodes.
 */
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { type MappedText, plainText, spanIn } from "../core/mapped-text.ts";
import type { Span } from "../core/span.ts";
import { type Graph, resolve } from "../graph/graph.ts";
import type { Operation } from "../parse/operations.ts";
import type { Built, Model, SingularTest } from "../parse/resource.ts";
import { type Dependency, forgetSyntax, syntaxOf, type Template } from "../parse/template.ts";
import { batchOverrides, isBatched, wholeOverrides } from "./batch-overrides.ts";
import { checkCalls } from "./check-calls.ts";
import type { Compiled, CompiledIncrement, CompiledProject } from "./compiled.ts";
import { type ConstraintContext, compileConstraints } from "./constraints.ts";
import { checkContractColumns } from "./contracts.ts";
import { checkDeprecations } from "./deprecations.ts";
import { type CommonTable, prependCommonTables, trimSql } from "./ephemeral.ts";
import { compileHooks } from "./hooks.ts";
import { compileJavascript } from "./javascript.ts";
import { checkInputLimit, nameLimitedInputs } from "./limited-inputs.ts";
import { checkLocations } from "./materializations/external.ts";
import { materializations } from "./materializations/registry.ts";
import { checkSnapshot } from "./materializations/snapshot.ts";
import { compileRunOperations, resultsRelation } from "./operations.ts";
import { findPrivacy, nothingPersonal, type Privacy } from "./privacy.ts";
import { namedWithoutRef } from "./raw-names.ts";
import { relationOf } from "./relations.ts";
import { render } from "./render.ts";
import { type ChangeWatch, type ContextOptions, createProjectContext, createViews, type RenderOverrides } from "./render-context.ts";
import { checkSingleQuery } from "./single-query.ts";
import { compileGenericTest } from "./tests/generic-test.ts";
import { compileUnitTest } from "./unit/compile-unit-test.ts";
import { findShapes } from "./unit/find-shapes.ts";
import type { Relation, Value } from "./values.ts";

/** `kept` are nodes that were compiled before, from the very same project: they are taken as they are. */
export function compileProject(graph: Graph, config: Config, options: ContextOptions, kept?: ReadonlyMap<string, Compiled>): Outcome<CompiledProject> {
  const diagnostics: Diagnostic[] = [...checkInputLimit(graph, options.inputs), ...checkDeprecations(graph, options.invocation)];
  for (const { body, packageName } of graph.macros.values())
    if (body.kind === "template") diagnostics.push(...checkCalls(body.template, graph.scopeOf(packageName).macros));

  const watch: ChangeWatch = { hasChanged: false };
  const changing = new Set<string>();
  const run = {
    get startedAt() {
      watch.hasChanged = true;
      return options.invocation.startedAt;
    },
  };
  const { relation } = createProjectContext(graph, config, options, watch);
  const viewOf = createViews(graph, config, options, watch);
  /** The project as the package means it whose nodes are being compiled. */
  let view = viewOf(graph.projectName);
  const addSince = (since: number, found: readonly Diagnostic[]): void => {
    if (found.length === 0) return;
    diagnostics.push(...found.filter((one) => !diagnostics.slice(since).some((known) => isSameMistake(known, one))));
  };
  /** What rendering stumbles over may be known from the calls already, or from an earlier rendering of the same text. */
  const renderText = (template: Template, self: Value, overrides?: RenderOverrides, since = diagnostics.length) => {
    addSince(since, checkCalls(template, view.graph.macros));
    const rendered = render(template, view.contextFor(self, overrides));
    addSince(since, rendered.diagnostics);
    return { ...rendered, text: nameLimitedInputs(rendered.text) };
  };
  const renderSql = (template: Template, self: Value, what: string, overrides?: RenderOverrides, since = diagnostics.length) => {
    const rendered = renderText(template, self, overrides, since);
    const sql = trimSql(rendered.text);
    if (sql === undefined && syntaxOf(template).program && rendered.diagnostics.length === 0) {
      addSince(since, [diagnose("RT0308", { name: what }, { span: spanIn(template.source, 0, 0) })]);
    }
    return sql ?? { text: "", pieces: [] };
  };
  const checked = (sql: MappedText, fallback: Span, since = diagnostics.length): MappedText => {
    const problem = checkSingleQuery(sql, fallback);
    if (problem) addSince(since, [problem]);
    return sql;
  };

  /** Ephemeral models as they stand in common table expressions, without those of their own parents. */
  const bodies = new Map<string, CommonTable>();
  const commonTables = (id: string): readonly CommonTable[] => {
    if (bodies.size === 0) return [];
    // Ephemeral ancestors are reached only through ephemeral models: a view or table in between has them already.
    const found = new Set<string>();
    const visit = (from: string): void => {
      for (const parent of graph.dag.parents.get(from) ?? []) {
        if (!bodies.has(parent) || found.has(parent)) continue;
        visit(parent);
        found.add(parent);
      }
    };
    visit(id);
    return [...found].map((parent) => bodies.get(parent) as CommonTable);
  };

  /** `since` is the number of diagnostics before the model was compiled the first time. */
  const compileIncrement = (node: Model, self: Value, tables: readonly CommonTable[], since: number): CompiledIncrement => {
    const batch = isBatched(node) ? batchOverrides(view.graph, relation) : {};
    const overrides: RenderOverrides = { ...batch, isIncremental: true };
    const body = checked(renderSql(node.template, self, node.name, overrides, since), node.span, since);
    const predicates = node.predicates.map((predicate) => checked(renderSql(predicate, self, `a condition of "${node.name}"`, overrides), node.span));
    const rows = prependCommonTables(body, tables);
    if (!isBatched(node)) return { rows, predicates };
    const first = renderSql(node.template, self, node.name, { ...batch, isIncremental: false }, since);
    return { rows, predicates, firstBatch: prependCommonTables(first, tables) };
  };

  const relationTo = (dependency: Dependency): Relation | undefined => {
    const target = resolve(view.graph.names, dependency);
    return target && relation(target);
  };

  const privacy = findPrivacy(graph);
  const privacyOf = (id: string): Privacy => privacy.get(id) ?? nothingPersonal;

  const common = (node: Built) => {
    const own = relationOf(node);
    return { relation: own, hooks: compileHooks(node.hooks, (template) => renderText(template, own).text, diagnostics), privacy: privacyOf(node.uniqueId) };
  };

  const nodes = new Map<string, Compiled>();
  const broken = new Set<string>();
  for (const [id, node] of graph.nodes) {
    const before = kept?.get(id);
    watch.hasChanged = false;
    view = viewOf(node.packageName);
    if (before) nodes.set(id, before);
    else if (node.resourceType === "seed") nodes.set(id, { kind: "seed", node, ...common(node) });
    else if (node.resourceType === "model") {
      const own = relationOf(node);
      const tables = commonTables(id);
      const since = diagnostics.length;
      const isScript = node.language === "javascript";
      const body = isScript ? plainText(`select * from ${own.sql}`) : checked(renderSql(node.template, own, node.name, wholeOverrides(node, run)), node.span);
      if (hasErrors(diagnostics.slice(since))) broken.add(id);
      diagnostics.push(
        ...checkMaterialization(node, run),
        ...(isScript ? [] : checkContractColumns(node)),
        ...(isScript ? [] : namedWithoutRef(node, view.graph.names)),
      );
      const constraintContext: ConstraintContext = {
        materialization: materializations[node.materialized],
        render: (template) => renderText(template, own).text,
        relation: relationTo,
      };
      nodes.set(id, {
        kind: "model",
        node,
        ...common(node),
        sql: isScript ? body : prependCommonTables(body, tables),
        javascript: isScript ? compileJavascript(node, view.config, view.contextFor(own), (sql) => prependCommonTables(sql, tables)) : undefined,
        constraints: compileConstraints(node, constraintContext, diagnostics),
        increment: materializations[node.materialized]?.isIncremental ? compileIncrement(node, own, tables, since) : undefined,
        location: node.location && renderText(node.location, own).text.text.trim(),
      });
      if (node.materialized === "ephemeral") bodies.set(id, { name: own.name, sql: body });
    } else if (node.resourceType === "snapshot") {
      const own = relationOf(node);
      const sql = prependCommonTables(checked(renderSql(node.template, own, node.name), node.span), commonTables(id));
      diagnostics.push(...checkSnapshot(node));
      nodes.set(id, { kind: "snapshot", node, ...common(node), sql });
    } else if (node.resourceType === "unit_test") {
      // What is wrong with the model itself has been said.
      if (!broken.has(node.owner.uniqueId)) nodes.set(id, compileUnitTest(node, view, diagnostics));
    } else if (node.resourceType === "test") {
      const sql =
        node.testKind === "singular"
          ? renderSql((node as SingularTest).template, undefined, node.name)
          : compileGenericTest(node, { graph: view.graph, context: view.contextFor(relation(node.owner)), relation }, diagnostics);
      if (sql) nodes.set(id, { kind: "test", node, sql: prependCommonTables(checked(sql, node.span), commonTables(id)), privacy: privacyOf(id) });
    }
    if (watch.hasChanged) changing.add(id);
    if ("template" in node) forgetSyntax(node.template);
  }
  view = viewOf(graph.projectName);
  diagnostics.push(...checkLocations(nodes.values()));
  const unitTests = [...nodes.values()].filter((node) => node.kind === "unit_test");
  const shaped = new Set(unitTests.flatMap(({ inputs }) => inputs.map(({ shapeOf }) => shapeOf)));
  watch.hasChanged = false;
  const shapes = findShapes(shaped, { graph, config, dialect: options.dialect, viewOf });
  if (watch.hasChanged) for (const { node } of unitTests) changing.add(node.uniqueId);
  for (const { moment, template } of graph.operations) if (moment === "on demand") diagnostics.push(...checkCalls(template, graph.macros));
  const renderOperation = ({ template, moment }: Operation): MappedText =>
    renderText(template, undefined, moment === "on_run_end" ? { globals: { results: resultsRelation } } : {}).text;
  watch.hasChanged = false;
  const operations = compileRunOperations(graph.operations, renderOperation, diagnostics);
  if (watch.hasChanged) for (const { node } of operations) changing.add(node.uniqueId);
  return { value: { nodes, operations, changing, shapes }, diagnostics };
}

/** What rendering stumbles over may have been found by looking at the calls already. */
function isSameMistake(a: Diagnostic, b: Diagnostic): boolean {
  if (a.code !== b.code || !a.span || !b.span) return false;
  return a.span.file === b.span.file && a.span.start < Math.max(b.span.end, b.span.start + 1) && b.span.start < Math.max(a.span.end, a.span.start + 1);
}

function checkMaterialization(node: Model, run: { readonly startedAt: string }): readonly Diagnostic[] {
  const hook = node.settingSpans.pre_hook ?? node.settingSpans.post_hook;
  if (node.materialized === "ephemeral" && hook) return [diagnose("RT0334", { model: node.name }, { span: hook })];
  if (Object.hasOwn(materializations, node.materialized)) return materializations[node.materialized]?.check?.(node, run) ?? [];
  const known = Object.keys(materializations);
  const problem = `"${node.materialized}" is not a materialization (known: ${known.join(", ")})`;
  return [
    diagnose(
      "RT0104",
      { where: `model "${node.name}"`, problem },
      { span: node.settingSpans.materialized ?? node.span, help: suggestion(node.materialized, known) },
    ),
  ];
}
