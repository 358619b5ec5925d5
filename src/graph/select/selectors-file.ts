/**
 * selectors.yml: named selections. Reads every form of definition that dbt knows into the same tree that the command line
 * is read into, with the place of each part, and finds unknown names and circles. Pure; evaluates nothing.
 */
import { z } from "zod";
import { checkSchema } from "../../core/check-schema.ts";
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import type { Span } from "../../core/span.ts";
import type { YamlFile, YamlPath } from "../../core/yaml.ts";
import { buildDag, findCycles } from "../dag.ts";
import { readDefinition } from "./definition.ts";
import { criteriaOf, type Expression } from "./expression.ts";

export interface Selector {
  readonly name: string;
  readonly description: string;
  /** Whether it is what is chosen when nothing else is said; as text, a template that says so. */
  readonly isDefault: boolean | string;
  readonly expression: Expression;
  /** As written, for the manifest. */
  readonly definition: unknown;
  readonly span: Span;
  readonly defaultSpan: Span;
}

export type Selectors = ReadonlyMap<string, Selector>;

export const selectorsFileSchema = z.strictObject({
  version: z.literal([1, 2]).optional().describe("accepted and ignored, as dbt files have it"),
  selectors: z
    .array(
      z.strictObject({
        name: z.string().regex(/^\w+$/, "must be letters, digits and underscores").describe("the name after --selector and after selector:"),
        description: z.string().default("").describe("what it chooses, for people"),
        default: z
          .union([z.boolean(), z.string()])
          .default(false)
          .describe("true: chosen when no --select, --exclude or --selector is given; text is a template"),
        definition: z
          .union([z.string(), z.record(z.string(), z.unknown())])
          .describe("text as after --select, {method: value}, {method, value, …}, {union: […]} or {intersection: […]}"),
      }),
    )
    .default([])
    .describe("selections by name"),
});

/** What the file defines; all that is wrong with it is said, and what is right is kept. */
export function readSelectors(yaml: YamlFile | undefined): Outcome<Selectors> {
  const selectors = new Map<string, Selector>();
  if (!yaml) return { value: selectors, diagnostics: [] };
  const diagnostics: Diagnostic[] = [...yaml.diagnostics];
  const checked = checkSchema(selectorsFileSchema, yaml.value ?? {}, yaml, [], yaml.file);
  diagnostics.push(...checked.diagnostics);
  (checked.value?.selectors ?? []).forEach((declared, i) => {
    const path: YamlPath = ["selectors", i];
    const span = yaml.spanOf([...path, "name"]);
    const first = selectors.get(declared.name);
    if (first) {
      diagnostics.push(diagnose("RT0206", { kind: "selector", name: declared.name }, { span, notes: [{ message: "first declared here", span: first.span }] }));
      return;
    }
    const read = readDefinition(declared.definition, { yaml, where: `selector "${declared.name}"` }, [...path, "definition"], true);
    diagnostics.push(...read.diagnostics);
    selectors.set(declared.name, {
      name: declared.name,
      description: declared.description,
      isDefault: declared.default,
      expression: read.value,
      definition: declared.definition,
      span,
      defaultSpan: yaml.spanOf([...path, "default"]),
    });
  });
  if (!hasErrors(diagnostics)) diagnostics.push(...findUnknown(selectors), ...findCircles(selectors));
  return { value: selectors, diagnostics };
}

/** The selectors that a selector uses. */
function usedBy({ expression }: Selector): readonly { readonly name: string; readonly span: Span | undefined }[] {
  return criteriaOf(expression).flatMap(({ method, value, span }) => (method === "selector" ? [{ name: value, span }] : []));
}

function findUnknown(selectors: Selectors): readonly Diagnostic[] {
  return [...selectors.values()].flatMap((selector) => {
    const others = [...selectors.keys()].filter((name) => name !== selector.name);
    const listed = others.length > 0 ? `there are ${others.join(", ")}` : "there is no other one";
    return usedBy(selector)
      .filter(({ name }) => !selectors.has(name))
      .map(({ name, span }) => diagnose("RT0011", { name }, { span, help: suggestion(name, others) ?? listed }));
  });
}

function findCircles(selectors: Selectors): readonly Diagnostic[] {
  const dag = buildDag(new Map([...selectors.values()].map((selector) => [selector.name, usedBy(selector).map(({ name }) => name)])));
  return findCycles(dag).map((cycle) => {
    // Against the edges: an arrow is a use.
    const names = cycle.toReversed();
    const use = selectors.get(names[0] ?? "");
    const span = use && usedBy(use).find(({ name }) => name === names[1])?.span;
    return diagnose("RT0013", { path: names.join(" -> ") }, { span });
  });
}
