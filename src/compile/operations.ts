/** Renders operations to SQL: those of a run together with the project, one that is asked for with its arguments. Pure. */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import type { MappedText } from "../core/mapped-text.ts";
import type { Operation } from "../parse/operations.ts";
import { checkCalls } from "./check-calls.ts";
import { trimSql } from "./ephemeral.ts";
import { compileHookList } from "./hooks.ts";
import { checkNames, checkValue } from "./macro-arguments.ts";
import { type RenderContext, render } from "./render.ts";
import type { Relation, Value } from "./values.ts";

export interface CompiledOperation {
  readonly node: Operation;
  /** One or more statements. */
  readonly sql: MappedText;
}

/** What became of the nodes, for `on_run_end`: a table that only the connection sees which runs it. */
export const resultsRelation: Relation = {
  kind: "relation",
  database: "temp",
  schema: "main",
  name: "retain_run_results",
  sql: 'temp.main."retain_run_results"',
};

/** Those of every run; one that renders to nothing is left out. */
export function compileRunOperations(
  operations: readonly Operation[],
  renderAt: (operation: Operation) => MappedText,
  diagnostics: Diagnostic[],
): readonly CompiledOperation[] {
  return operations.flatMap((node) => {
    if (node.moment === "on demand") return [];
    return compileHookList([node], () => renderAt(node), diagnostics).map(({ sql }) => ({ node, sql }));
  });
}

/** One that was asked for by name, or given as text. `given` are its arguments. */
export function compileOperation(
  operation: Operation,
  given: Readonly<Record<string, unknown>>,
  context: RenderContext,
): Outcome<CompiledOperation | undefined> {
  const wrong = (problem: string, help?: string): Diagnostic => diagnose("RT0233", { operation: operation.name, problem }, { span: operation.span, help });
  const names = checkNames(operation.arguments, Object.keys(given)).map(({ problem, help }) => wrong(problem, help));
  const values = new Map(
    operation.arguments.map((argument) => [argument.name, (Object.hasOwn(given, argument.name) ? given[argument.name] : argument.default) as Value]),
  );
  const types = operation.arguments.flatMap((argument) => {
    const value = values.get(argument.name);
    const problem = value === undefined ? undefined : checkValue(argument, value);
    return problem === undefined ? [] : [wrong(problem)];
  });
  if (names.length > 0 || types.length > 0) return { value: undefined, diagnostics: [...names, ...types] };
  const calls = checkCalls(operation.template, context.macros);
  if (calls.length > 0) return { value: undefined, diagnostics: calls };
  const rendered = render(operation.template, context, new Map([...values].map(([name, value]) => [name, { value }])));
  const sql = trimSql(rendered.text);
  const empty = sql === undefined && rendered.diagnostics.length === 0 ? [diagnose("RT0308", { name: operation.name }, { span: operation.span })] : [];
  return { value: sql && { node: operation, sql }, diagnostics: [...rendered.diagnostics, ...empty] };
}
