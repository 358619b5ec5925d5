/** Reads one criterion of dbt's selection grammar: `[@][N+][method:]value[+N]`. */
import { diagnose, type Outcome } from "../../core/diagnostic.ts";
import type { Span } from "../../core/span.ts";

export const indirectSelections = ["eager", "cautious", "buildable", "empty"] as const;
/** How tests come along with the nodes that they read: when any (eager), all (cautious), or all buildable parents are chosen, or never. */
export type IndirectSelection = (typeof indirectSelections)[number];

export interface Criterion {
  readonly text: string;
  readonly method: string;
  readonly value: string;
  /** How many generations of ancestors come along; Infinity for all. */
  readonly parents: number;
  readonly children: number;
  /** `@`: the descendants too, and all ancestors of those. */
  readonly childrensParents: boolean;
  /** Only where selectors.yml says so; otherwise the command line decides. */
  readonly indirect?: IndirectSelection;
  /** Where it is written, when that is a file. */
  readonly span?: Span;
}

const shape = /^(?<at>@)?(?<parents>(?<up>\d*)\+)?(?:(?<method>[\w.]+):)?(?<value>.*?)(?<children>\+(?<down>\d*))?$/;

export function readCriterion(text: string, span?: Span): Outcome<Criterion | undefined> {
  const groups = shape.exec(text)?.groups;
  const fail = (problem: string): Outcome<undefined> => ({ value: undefined, diagnostics: [diagnose("RT0003", { criterion: text, problem }, { span })] });
  if (!groups) return fail("it is not of the form [@][N+][method:]value[+N]");
  const value = groups["value"] ?? "";
  if (value === "") return fail("there is no name in it");
  if (groups["method"] === undefined && defaultMethod(value) === "fqn" && value.includes("+"))
    return fail("a + stands once before the name or once behind it, as in +b, 2+b, b+ or b+2");
  if (groups["at"] && groups["children"]) return fail("@ and a trailing + cannot be combined");
  const generations = (mark: string | undefined, count: string | undefined) => (mark === undefined ? 0 : count ? Number(count) : Number.POSITIVE_INFINITY);
  return {
    value: {
      text,
      method: groups["method"] ?? defaultMethod(value),
      value,
      parents: generations(groups["parents"], groups["up"]),
      children: generations(groups["children"], groups["down"]),
      childrensParents: groups["at"] !== undefined,
      ...(span && { span }),
    },
    diagnostics: [],
  };
}

function defaultMethod(value: string): string {
  if (/[/\\]/.test(value)) return "path";
  return /\.(sql|csv|mjs|py)$/i.test(value) ? "file" : "fqn";
}
