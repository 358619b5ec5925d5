/**
 * Reads the `constraints` of a model and of its columns into one list, and says which of them make no sense. Whether the
 * warehouse can hold them is for compilation to say.
 */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { Span } from "../core/span.ts";
import type { YamlPath } from "../core/yaml.ts";
import type { ConstraintType, ModelConstraintDeclaration } from "./constraint-schema.ts";
import { inlineTemplate } from "./inline-template.ts";
import type { Declared } from "./read-declarations.ts";
import type { ModelDeclaration } from "./resource-schema.ts";
import { type Dependency, readRelationText, type Template } from "./template.ts";

export interface Constraint {
  readonly type: ConstraintType;
  readonly name: string | undefined;
  /** Whether it stands under a column: then a custom one is written behind the column's type. */
  readonly isOfColumn: boolean;
  readonly columns: readonly string[];
  readonly expression: Template | undefined;
  readonly to: Dependency | undefined;
  readonly toColumns: readonly string[];
  readonly warnsUnenforced: boolean;
  readonly span: Span;
}

export function readConstraints(declared: Declared<ModelDeclaration>): Outcome<readonly Constraint[]> {
  const { value } = declared;
  const diagnostics: Diagnostic[] = [];
  const known = value.columns.map((column) => column.name);
  const read = (constraint: ModelConstraintDeclaration, path: YamlPath, ofColumn?: string): readonly Constraint[] => {
    const made = readConstraint(declared, constraint, path, known, ofColumn);
    diagnostics.push(...made.diagnostics);
    return made.value ? [made.value] : [];
  };
  const all = [
    ...value.columns.flatMap((column, i) =>
      (column.constraints ?? []).flatMap((constraint, j) => read(constraint, [...declared.path, "columns", i, "constraints", j], column.name)),
    ),
    ...(value.constraints ?? []).flatMap((constraint, i) => read(constraint, [...declared.path, "constraints", i])),
  ];
  const [first, ...others] = all.filter((constraint) => constraint.type === "primary_key");
  for (const other of others) {
    const help = "write one under the model's own `constraints`, with all of its `columns`";
    const notes = first ? [{ message: "the first one", span: first.span }] : [];
    diagnostics.push(diagnose("RT0225", { type: "primary_key", problem: "a model has one primary key" }, { span: other.span, help, notes }));
  }
  return { value: all, diagnostics };
}

function readConstraint(
  declared: Declared<unknown>,
  given: ModelConstraintDeclaration,
  path: YamlPath,
  known: readonly string[],
  ofColumn: string | undefined,
): Outcome<Constraint | undefined> {
  const { yaml } = declared;
  const { type } = given;
  const span = yaml.spanOf([...path, "type"]);
  const fail = (problem: string, key?: string, help?: string): Outcome<undefined> => {
    const place = key === undefined ? span : yaml.spanOf([...path, key]);
    return { value: undefined, diagnostics: [diagnose("RT0225", { type, problem }, { span: place, help })] };
  };
  const columns = ofColumn === undefined ? (given.columns ?? []) : [ofColumn];
  const unknown = columns.find((name) => !known.some((column) => column.toLowerCase() === name.toLowerCase()));
  if (unknown !== undefined) return fail(`there is no column "${unknown}" under \`columns\``, "columns", suggestion(unknown, known));
  const needsExpression = type === "check" || type === "custom";
  if (needsExpression && given.expression === undefined) return fail("needs an `expression`", undefined, 'such as expression: "amount >= 0"');
  if (!needsExpression && given.expression !== undefined) return fail("takes no `expression`", "expression");
  if (!needsExpression && columns.length === 0) return fail("needs the `columns` that it is about");
  if (type !== "foreign_key" && (given.to ?? given.to_columns) !== undefined)
    return fail("only a foreign_key points somewhere", given.to ? "to" : "to_columns");
  let to: Dependency | undefined;
  if (type === "foreign_key") {
    if (given.to === undefined) return fail("needs `to`", undefined, "name the other model, as in to: ref('customers')");
    to = readRelationText(given.to, yaml.spanOf([...path, "to"]));
    if (!to) return fail("`to` must be ref('model') or source('name', 'table')", "to");
  }
  const toColumns = given.to_columns ?? columns;
  if (to && toColumns.length !== columns.length) return fail(`has ${columns.length} columns here and ${toColumns.length} there`, "to_columns");
  const template = given.expression === undefined ? undefined : inlineTemplate(declared, given.expression, [...path, "expression"]);
  const value: Constraint = {
    type,
    name: given.name,
    isOfColumn: ofColumn !== undefined,
    columns,
    expression: template,
    to,
    toColumns: to ? toColumns : [],
    warnsUnenforced: given.warn_unenforced !== false && given.warn_unsupported !== false,
    span,
  };
  return { value, diagnostics: template?.diagnostics ?? [] };
}
