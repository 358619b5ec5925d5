/** Reads the selection grammar of dbt: `[@][N+][method:]value[+N]`, a space for union, a comma for intersection. */
import { type Diagnostic, diagnose, type Outcome } from "../../core/diagnostic.ts";

export interface Criterion {
  readonly text: string;
  readonly method: string;
  readonly value: string;
  /** How many generations of ancestors come along; Infinity for all. */
  readonly parents: number;
  readonly children: number;
  /** `@`: the descendants too, and all ancestors of those. */
  readonly childrensParents: boolean;
}

const shape = /^(?<at>@)?(?<parents>(?<up>\d*)\+)?(?:(?<method>[\w.]+):)?(?<value>.*?)(?<children>\+(?<down>\d*))?$/;

export function readCriterion(text: string): Outcome<Criterion | undefined> {
  const groups = shape.exec(text)?.groups;
  const fail = (problem: string): Outcome<undefined> => ({ value: undefined, diagnostics: [diagnose("RT0003", { criterion: text, problem })] });
  if (!groups) return fail("it is not of the form [@][N+][method:]value[+N]");
  const value = groups["value"] ?? "";
  if (value === "") return fail("there is no name in it");
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
    },
    diagnostics: [],
  };
}

function defaultMethod(value: string): string {
  if (/[/\\]/.test(value)) return "path";
  return /\.(sql|csv|mjs|py)$/i.test(value) ? "file" : "fqn";
}

/** A union of intersections. */
export function readSelection(texts: readonly string[]): Outcome<readonly (readonly Criterion[])[]> {
  const diagnostics: Diagnostic[] = [];
  const unions = texts
    .flatMap((text) => text.split(/\s+/))
    .filter((text) => text !== "")
    .map((text) =>
      text.split(",").flatMap((part) => {
        const read = readCriterion(part);
        diagnostics.push(...read.diagnostics);
        return read.value ? [read.value] : [];
      }),
    );
  return { value: unions, diagnostics };
}
