/**
 * The constraints of a model as SQL: how they stand in `create table`, and how their failing rows are found. Says which of
 * them the relation cannot hold, so that nobody relies on what is not enforced. Pure.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { type MappedText, mapSql, originOfSpan, plainText } from "../core/mapped-text.ts";
import { quoteIdentifier } from "../core/names.ts";
import type { Span } from "../core/span.ts";
import type { Constraint } from "../parse/constraints.ts";
import type { Model } from "../parse/resource.ts";
import type { Dependency, Template } from "../parse/template.ts";
import type { Materialization } from "./materializations/materialization.ts";
import type { Relation } from "./values.ts";

/** How rows that break a constraint are found. */
export type Violation =
  | { readonly kind: "rows"; readonly condition: MappedText }
  | { readonly kind: "duplicates"; readonly columns: readonly string[] }
  | { readonly kind: "orphans"; readonly columns: readonly string[]; readonly to: Relation; readonly toColumns: readonly string[] };

export interface CompiledConstraint {
  /** As people read it: `not_null (customer_id)`. */
  readonly title: string;
  /** The column behind whose type it is written, if it is not written behind all columns. */
  readonly column: string | undefined;
  /** Its text in `create table`; undefined where the database cannot hold it. */
  readonly sql: MappedText | undefined;
  readonly violations: readonly Violation[];
  readonly span: Span;
}

export interface ConstraintContext {
  readonly materialization: Materialization | undefined;
  readonly render: (template: Template) => MappedText;
  readonly relation: (dependency: Dependency) => Relation | undefined;
}

/** Those that are in force; what is not is said. */
export function compileConstraints(model: Model, context: ConstraintContext, diagnostics: Diagnostic[]): readonly CompiledConstraint[] {
  const [first] = model.constraints;
  if (!first) return [];
  if (!model.config.contract?.enforced) {
    if (model.constraints.some((constraint) => constraint.warnsUnenforced)) diagnostics.push(diagnose("RT0330", { model: model.name }, { span: first.span }));
    return [];
  }
  const { materialization } = context;
  const holder = materialization?.relationType === "table" ? undefined : `a model that is materialized as ${model.materialized} holds no constraints`;
  const compiled: CompiledConstraint[] = [];
  for (const constraint of model.constraints) {
    const made = compileConstraint(constraint, context);
    const reason =
      holder ??
      (constraint.type === "custom" && !materialization?.holdsConstraints ? `it can only be written into the statement that creates a table` : undefined);
    if (reason === undefined) compiled.push(made);
    else if (constraint.warnsUnenforced) diagnostics.push(diagnose("RT0331", { constraint: made.title, reason }, { span: constraint.span }));
  }
  return compiled;
}

function compileConstraint(constraint: Constraint, { render, relation }: ConstraintContext): CompiledConstraint {
  const { type, columns, name, span, isOfColumn } = constraint;
  const written = mapSql(originOfSpan(span));
  const expression = constraint.expression ? render(constraint.expression) : plainText("");
  const list = columns.map(quoteIdentifier).join(", ");
  const prefix = name === undefined ? "" : `constraint ${quoteIdentifier(name)} `;
  const isNull = written`${columns.map((column) => `${quoteIdentifier(column)} is null`).join(" or ")}`;
  const base = { title: columns.length > 0 ? `${type} (${columns.join(", ")})` : type, column: undefined, span };
  switch (type) {
    case "not_null":
      // Of a model's `columns` each gets its own; the database knows it only for one column at a time.
      return columns.length === 1 && name === undefined
        ? { ...base, column: columns[0], sql: written`not null`, violations: [{ kind: "rows", condition: isNull }] }
        : {
            ...base,
            sql: written`${prefix}check (${columns.map((column) => `${quoteIdentifier(column)} is not null`).join(" and ")})`,
            violations: [{ kind: "rows", condition: isNull }],
          };
    case "unique":
      return { ...base, sql: written`${prefix}unique (${list})`, violations: [{ kind: "duplicates", columns }] };
    case "primary_key":
      return {
        ...base,
        sql: written`${prefix}primary key (${list})`,
        violations: [
          { kind: "rows", condition: isNull },
          { kind: "duplicates", columns },
        ],
      };
    case "check":
      // A check holds where its condition is unknown.
      return {
        ...base,
        title: `check (${expression.text})`,
        sql: written`${prefix}check (${expression})`,
        violations: [{ kind: "rows", condition: written`not (${expression})` }],
      };
    case "foreign_key": {
      // The database would hold it, but then refuse to replace the table that it points to: the build checks it instead.
      const to = constraint.to && relation(constraint.to);
      return { ...base, sql: undefined, violations: to ? [{ kind: "orphans", columns, to, toColumns: constraint.toColumns }] : [] };
    }
    case "custom":
      return { ...base, title: `custom (${expression.text})`, column: isOfColumn ? columns[0] : undefined, sql: expression, violations: [] };
  }
}
