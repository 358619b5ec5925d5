/** Compiles one generic test, built in or of the project, to the query for its failing rows. */
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { type MappedText, mapSql, type Origin, originOfSpan, plainText } from "../../core/mapped-text.ts";
import { quoteIdentifier } from "../../core/names.ts";
import type { Graph } from "../../graph/graph.ts";
import { resolve } from "../../graph/graph.ts";
import type { Built, GenericTest, SourceTable, TestArgument } from "../../parse/resource.ts";
import type { ArgumentDeclaration } from "../../parse/resource-schema.ts";
import { checkNames, checkValue } from "../macro-arguments.ts";
import { type RenderContext, render } from "../render.ts";
import type { Bound } from "../scope.ts";
import { type Relation, toSql, type Value } from "../values.ts";
import { builtInTests } from "./built-in.ts";

export interface TestCompilation {
  readonly graph: Graph;
  readonly context: RenderContext;
  readonly relation: (node: Built | SourceTable) => Relation;
}

interface Resolved {
  readonly value: Value;
  readonly text: MappedText;
  readonly argument: TestArgument | undefined;
}

/** The query, or `undefined` after a problem that was added to `diagnostics`. */
export function compileGenericTest(test: GenericTest, compilation: TestCompilation, diagnostics: Diagnostic[]): MappedText | undefined {
  const builtIn = Object.hasOwn(builtInTests, test.testName) ? builtInTests[test.testName] : undefined;
  const macro = compilation.graph.macros.get(test.testName);
  const own = macro?.kind === "test" && macro.body.kind === "template" ? macro : undefined;
  if (!builtIn && !own) {
    const known = [...Object.keys(builtInTests), ...[...compilation.graph.macros.values()].filter((m) => m.kind === "test").map((m) => m.name)];
    diagnostics.push(
      diagnose("RT0211", { name: test.testName }, { span: test.span, help: suggestion(test.testName, known) ?? `known tests: ${known.join(", ")}` }),
    );
    return undefined;
  }
  const fail = (problem: string, help?: string, argument?: string): undefined => {
    const span = argument === undefined ? test.span : (test.arguments[argument]?.span ?? test.span);
    diagnostics.push(diagnose("RT0212", { test: test.testName, problem }, { span, help }));
    return undefined;
  };
  if (builtIn?.on === "column" && test.columnName === undefined) return fail("tests a column; write it under the column's `tests`");
  if (builtIn?.on === "model" && test.columnName !== undefined) return fail("tests a whole model; write it under the model's `tests`");

  const declared = (builtIn ?? own)?.arguments.filter((a) => a.name !== "model" && a.name !== "column_name") ?? [];
  const problems = checkNames(declared, Object.keys(test.arguments));
  for (const { problem, help, given } of problems) fail(problem, help, given);
  if (problems.length > 0) return undefined;
  const resolved = resolveArguments(test, declared, compilation, diagnostics);
  for (const argument of declared) {
    const value = resolved.get(argument.name)?.value;
    const problem = value === null && argument.default === null ? undefined : checkValue(argument, value);
    if (problem !== undefined) return fail(problem, undefined, argument.name);
  }
  const origin = originOfSpan(test.span);
  const relation = testedRelation(test, origin, compilation, diagnostics);
  const columnOrigin = originOfSpan(test.columnSpan ?? test.span);
  const column = test.columnName === undefined ? undefined : mapSql(columnOrigin)`${quoteIdentifier(test.columnName)}`;
  if (builtIn) {
    const values = Object.fromEntries([...resolved].map(([name, { value }]) => [name, value]));
    const text = (name: string) => resolved.get(name)?.text ?? plainText("null");
    const quote = (path: string) => quoteIdentifier(String(path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], values)));
    return builtIn.sql(mapSql(origin), { relation, column, values, text, quote });
  }
  const names = new Map<string, Bound>([...resolved].map(([name, { value, argument }]) => [name, { value, origin: argument && originOfSpan(argument.span) }]));
  names.set("model", { value: relation.text, origin });
  if (column !== undefined) names.set("column_name", { value: column.text, origin: columnOrigin });
  if (own?.body.kind !== "template") return undefined;
  const rendered = render(own.body.template, compilation.context, names);
  diagnostics.push(...rendered.diagnostics.map((d) => ({ ...d, notes: [...(d.notes ?? []), { message: "tested here", span: test.span }] })));
  return rendered.text;
}

function resolveArguments(
  test: GenericTest,
  declared: readonly ArgumentDeclaration[],
  compilation: TestCompilation,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, Resolved> {
  return new Map(
    declared.map((declaration): [string, Resolved] => {
      const argument = test.arguments[declaration.name];
      if (argument === undefined)
        return [declaration.name, { value: declaration.default as Value, text: plainText(toSql(declaration.default) ?? "null"), argument }];
      const origin = originOfSpan(argument.span);
      if (argument.kind === "relation") {
        const node = resolve(compilation.graph.names, argument.dependency);
        const relation = node ? compilation.relation(node) : undefined;
        return [declaration.name, { value: relation, text: mapSql(origin)`${relation?.sql ?? ""}`, argument }];
      }
      if (argument.kind === "value")
        return [declaration.name, { value: argument.value as Value, text: mapSql(origin)`${toSql(argument.value) ?? "null"}`, argument }];
      const rendered = render(argument.template, compilation.context);
      diagnostics.push(...rendered.diagnostics);
      return [declaration.name, { value: rendered.text.text, text: rendered.text, argument }];
    }),
  );
}

function testedRelation(test: GenericTest, origin: Origin, compilation: TestCompilation, diagnostics: Diagnostic[]): MappedText {
  const sql = mapSql(origin);
  const relation = compilation.relation(test.owner).sql;
  if (test.where?.kind !== "template") return sql`${relation}`;
  const where = render(test.where.template, compilation.context);
  diagnostics.push(...where.diagnostics);
  return sql`(select * from ${relation} where ${where.text}
)`;
}
