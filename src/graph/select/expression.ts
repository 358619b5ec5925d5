/** A selection as a tree of set operations, whether it was typed or stands in selectors.yml. Reading only; nothing is matched here. */
import { type Diagnostic, diagnose, type Outcome } from "../../core/diagnostic.ts";
import type { Span } from "../../core/span.ts";
import { type Criterion, readCriterion } from "./criterion.ts";

export type Expression =
  | { readonly kind: "criterion"; readonly criterion: Criterion }
  | { readonly kind: "union"; readonly parts: readonly Expression[] }
  | { readonly kind: "intersection"; readonly parts: readonly Expression[]; readonly text: string; readonly span?: Span }
  | { readonly kind: "difference"; readonly from: Expression; readonly without: Expression };

/** Texts as they are typed: a space between criteria is a union, a comma an intersection, and several texts are a union. */
export function readExpression(texts: readonly string[], span?: Span): Outcome<Expression> {
  const diagnostics: Diagnostic[] = texts
    .filter((text) => text.trim() === "")
    .map((text) => nothingChosen(text, span, "an empty selection chooses nothing; leave it out to choose everything"));
  const parts = texts
    .flatMap((text) => text.split(/\s+/))
    .filter((text) => text !== "")
    .flatMap((text): readonly Expression[] => {
      const words = text.split(",");
      if (words.includes("")) {
        const problem = "nothing stands before or behind a comma, which takes what two criteria share";
        diagnostics.push(diagnose("RT0003", { criterion: text, problem }, { span, help: "separate criteria by spaces to choose what any of them chooses" }));
        return [];
      }
      const criteria = words.flatMap((part): readonly Expression[] => {
        const read = readCriterion(part, span);
        diagnostics.push(...read.diagnostics);
        return read.value ? [{ kind: "criterion", criterion: read.value }] : [];
      });
      return criteria.length > 1 ? [{ kind: "intersection", parts: criteria, text, ...(span && { span }) }] : criteria;
    });
  return { value: parts.length === 1 && parts[0] ? parts[0] : { kind: "union", parts }, diagnostics };
}

/** Every criterion of a selection, in the order of its text. */
export function criteriaOf(expression: Expression): readonly Criterion[] {
  switch (expression.kind) {
    case "criterion":
      return [expression.criterion];
    case "union":
    case "intersection":
      return expression.parts.flatMap(criteriaOf);
    case "difference":
      return [...criteriaOf(expression.from), ...criteriaOf(expression.without)];
  }
}

/** Says that a part of a selection chose nothing. */
export function nothingChosen(text: string, span: Span | undefined, help?: string): Diagnostic {
  return diagnose("RT0002", { criterion: text }, { span, help });
}
