/**
 * Renders the model of a unit test once more: with the test's inputs in the place of what it reads, and with the test's
 * variables, environment, macros and clock. Says which inputs are missing or too many. Pure.
 */
import type { Config } from "../../config/config.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { type MappedText, mapSql, plainText, sliceMapped } from "../../core/mapped-text.ts";
import { listOf, quoteIdentifier } from "../../core/names.ts";
import { type Graph, resolve } from "../../graph/graph.ts";
import type { Fixture } from "../../parse/fixture.ts";
import { type Built, isBuilt, type Macro, type SourceTable, type UnitTest } from "../../parse/resource.ts";
import { parseTemplate } from "../../parse/template.ts";
import type { CompiledModel } from "../compiled.ts";
import { trimSql } from "../ephemeral.ts";
import { helpers } from "../helpers.ts";
import { noHooks } from "../hooks.ts";
import { materializations } from "../materializations/registry.ts";
import { type RenderContext, render } from "../render.ts";
import type { ProjectContext } from "../render-context.ts";
import { isRelation, type Relation, toSql, type Value } from "../values.ts";
import { findTopLevelTables } from "./common-table-end.ts";
import type { CompiledUnitTest, Expectation, FixtureRows, UnitTestRelation, UnitTestWrite } from "./compiled-unit-test.ts";
import { labelOf } from "./find-shapes.ts";

export interface UnitTestTools {
  readonly graph: Graph;
  readonly config: Config;
  readonly contextFor: ProjectContext["contextFor"];
}

const noSql: MappedText = { text: "", pieces: [] };

export function compileUnitTest(test: UnitTest, tools: UnitTestTools, diagnostics: Diagnostic[]): CompiledUnitTest {
  const { owner } = test;
  const schema = test.title;
  const self = inSchema(schema, owner.alias);
  const inputs = placeInputs(test, tools.graph, self, diagnostics);
  const context = testContext(test, tools, self, inputs, diagnostics);
  const compileRows = (fixture: Fixture): FixtureRows => {
    if (fixture.kind === "rows") return fixture;
    const rendered = render(fixture.template, context);
    diagnostics.push(...rendered.diagnostics);
    return { kind: "sql", sql: trimSql(rendered.text) ?? noSql, span: fixture.span };
  };
  const rendered = render(owner.template, context);
  diagnostics.push(...rendered.diagnostics);
  const sql = trimSql(rendered.text) ?? noSql;
  const isThisGiven = test.given.some(({ input }) => input === "this");
  const isTableAdded = test.expect.table !== undefined && context.isIncremental;
  if ((sql.text.includes(self.sql) || isTableAdded) && !isThisGiven) {
    const help = "add `- input: this` with the rows that are there before the run, or `rows: []` for an empty table";
    diagnostics.push(diagnose("RT0340", { test: test.title, missing: "this" }, { span: test.span, help }));
  }
  return {
    kind: "unit_test",
    node: test,
    sql,
    schema,
    inputs: inputs.map(
      ({ given, label, relation, shapeOf }): UnitTestRelation => ({ label, relation, shapeOf, rows: compileRows(given.fixture), span: given.span }),
    ),
    expectations: expectationsOf(test, sql, compileRows, diagnostics),
    write: compileWrite(test, self, sql, context, compileRows, diagnostics),
    privacy: { pii: [], declared: [] },
  };
}

interface PlacedInput {
  readonly given: UnitTest["given"][number];
  readonly label: string;
  readonly relation: Relation;
  readonly shapeOf: string;
}

function inSchema(schema: string, name: string): Relation {
  return { kind: "relation", database: undefined, schema, name, sql: `${quoteIdentifier(schema)}.${quoteIdentifier(name)}` };
}

/** Everything that the model reads must be given, and nothing else can be: a typing mistake would go unseen. */
function placeInputs(test: UnitTest, graph: Graph, self: Relation, diagnostics: Diagnostic[]): readonly PlacedInput[] {
  const { owner } = test;
  const reads = new Map<string, Built | SourceTable>();
  for (const id of graph.dag.parents.get(owner.uniqueId) ?? []) {
    const node = graph.nodes.get(id);
    if (node && (isBuilt(node) || node.resourceType === "source")) reads.set(id, node);
  }
  const labels = [...reads.values()].map(labelOf);
  const placed = new Map<string, PlacedInput>();
  const taken = new Set([owner.alias.toLowerCase()]);
  for (const given of test.given) {
    const node = given.input === "this" ? owner : resolve(graph.names, given.input);
    const label = given.input === "this" ? "this" : node ? labelOf(node) : given.text;
    if (!node || (given.input !== "this" && !reads.has(node.uniqueId))) {
      const help = suggestion(label, labels) ?? (labels.length > 0 ? `it reads ${listOf(labels)}` : "it reads nothing");
      diagnostics.push(diagnose("RT0341", { test: test.title, input: label, model: owner.name }, { span: given.span, help }));
    } else if (placed.has(label)) {
      const first = placed.get(label)?.given.span;
      const notes = first ? [{ message: "given here, too", span: first }] : [];
      diagnostics.push(diagnose("RT0342", { test: test.title, input: label }, { span: given.span, notes }));
    } else {
      const name = node.resourceType === "source" ? node.identifier : node.alias;
      const isTaken = given.input !== "this" && taken.has(name.toLowerCase());
      const unique = isTaken ? `${node.resourceType === "source" ? node.sourceName : node.schema} ${name}` : name;
      taken.add(unique.toLowerCase());
      placed.set(label, { given, label, relation: given.input === "this" ? self : inSchema(self.schema, unique), shapeOf: node.uniqueId });
    }
  }
  const missing = labels.filter((label) => !placed.has(label));
  if (missing.length > 0) diagnostics.push(diagnose("RT0340", { test: test.title, missing: listOf(missing) }, { span: test.span }));
  return [...placed.values()];
}

function testContext(
  test: UnitTest,
  { graph, config, contextFor }: UnitTestTools,
  self: Relation,
  inputs: readonly PlacedInput[],
  diagnostics: Diagnostic[],
): RenderContext {
  const { overrides } = test.declaration;
  const standard = contextFor(self);
  const byId = new Map(inputs.filter(({ label }) => label !== "this").map((input) => [input.shapeOf, input.relation]));
  const { run } = standard.globals;
  const isThisGiven = inputs.some(({ label }) => label === "this");
  const macros = overrideMacros(test, graph, diagnostics);
  const isIncremental = test.macros.find(({ name }) => name === "is_incremental")?.value;
  return {
    ...standard,
    vars: { ...config.vars, ...overrides.vars },
    environment: { ...config.environment, ...overrides.env_vars },
    macros,
    ...(standard.macrosFor && { macrosFor: (packageName: string) => (packageName === test.packageName ? macros : graph.scopeOf(packageName).macros) }),
    // As in a run: an incremental model adds to its table when there is one.
    isIncremental: typeof isIncremental === "boolean" ? isIncremental : materializations[test.owner.materialized]?.isIncremental === true && isThisGiven,
    globals: { ...standard.globals, run: withStart(run as Record<string, Value>, overrides.run.started_at) },
    relation: (dependency) => {
      const node = resolve(graph.names, dependency);
      // What is not given has been complained of; an empty name lets rendering go on.
      return (node && byId.get(node.uniqueId)) ?? inSchema(self.schema, "");
    },
  };
}

/** Nothing of the run is read to copy it: who reads it is compiled anew each time. */
function withStart(run: Record<string, Value>, startedAt: string | undefined): Record<string, Value> {
  if (!startedAt) return run;
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(run));
  return Object.defineProperty(copy, "started_at", { value: startedAt, enumerable: true }) as Record<string, Value>;
}

function overrideMacros(test: UnitTest, graph: Graph, diagnostics: Diagnostic[]): ReadonlyMap<string, Macro> {
  const overridden = new Map(graph.macros);
  const fail = (macro: string, problem: string, span: UnitTest["span"], help?: string) =>
    diagnostics.push(diagnose("RT0343", { test: test.title, macro, problem }, { span, help }));
  for (const { name, value, span } of test.macros) {
    const macro = graph.macros.get(name);
    if (name === "is_incremental") {
      if (typeof value !== "boolean") fail(name, "is true or false", span);
    } else if (!macro) {
      const help = Object.hasOwn(helpers, name)
        ? "of what is built in, only is_incremental can be overridden; variables are under `vars`, the environment under `env_vars`"
        : suggestion(name, [...graph.macros.keys(), "is_incremental"]);
      fail(name, "is no macro of this project", span, help);
    } else if (macro.body.kind === "function") {
      overridden.set(name, { ...macro, body: { kind: "function", call: () => value } });
    } else {
      const text = toSql(value);
      if (text === undefined || isRelation(value)) fail(name, "writes text, so its value must be a text, a number, true or false", span);
      else
        overridden.set(name, {
          ...macro,
          body: { kind: "template", template: parseTemplate({ file: span.file, text, written: { start: span.start, raw: "" } }) },
        });
    }
  }
  return overridden;
}

function expectationsOf(test: UnitTest, sql: MappedText, compileRows: (fixture: Fixture) => FixtureRows, diagnostics: Diagnostic[]): readonly Expectation[] {
  const { rows, ctes } = test.expect;
  const expectations: Expectation[] = [];
  if (rows) expectations.push({ of: "rows", sql, rows: compileRows(rows) });
  const tables = ctes.length > 0 && sql.text !== "" ? findTopLevelTables(sql.text) : undefined;
  for (const { name, fixture, span } of ctes) {
    const known = tables?.names ?? [];
    const found = known.find((other) => other.toLowerCase() === name.toLowerCase());
    if (!tables || found === undefined) {
      const help = suggestion(name, known) ?? (known.length > 0 ? `it has ${listOf(known)}` : "it has none at its top");
      if (sql.text !== "")
        diagnostics.push(
          diagnose("RT0344", { test: test.title, problem: `model "${test.owner.name}" has no common table expression "${name}"` }, { span, help }),
        );
      continue;
    }
    const query = mapSql(undefined)`${sliceMapped(sql, 0, tables.end)}\n${plainText(`select * from ${quoteIdentifier(found)}`)}`;
    expectations.push({ of: `cte "${found}"`, sql: query, rows: compileRows(fixture) });
  }
  return expectations;
}

/** What a build would do with the table: the model's materialization says it, with the test's table in the place of the real one. */
function compileWrite(
  test: UnitTest,
  self: Relation,
  sql: MappedText,
  context: RenderContext,
  compileRows: (fixture: Fixture) => FixtureRows,
  diagnostics: Diagnostic[],
): UnitTestWrite | undefined {
  const { owner, expect } = test;
  if (!expect.table) return undefined;
  const materialization = materializations[owner.materialized];
  if (!materialization?.isIncremental) {
    const problem = `a table is expected, but model "${owner.name}" is no incremental model`;
    diagnostics.push(diagnose("RT0344", { test: test.title, problem }, { span: expect.table.span, help: "expect `rows` instead" }));
    return undefined;
  }
  const anew = trimSql(render(owner.template, { ...context, isIncremental: false }).text) ?? noSql;
  const predicates = owner.predicates.map((predicate) => trimSql(render(predicate, context).text) ?? noSql);
  const model: CompiledModel = {
    kind: "model",
    node: owner,
    relation: self,
    sql: anew,
    hooks: noHooks,
    constraints: [],
    increment: context.isIncremental ? { rows: sql, predicates } : undefined,
    privacy: { pii: [], declared: [] },
  };
  return {
    relation: self,
    steps: materialization.steps(model),
    increment: materialization.increment?.(model),
    expectation: { of: "table", sql: plainText(`select * from ${self.sql}`), rows: compileRows(expect.table) },
  };
}
