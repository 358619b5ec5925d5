/** Warns of models whose time is over, and of everything that still reads a model that has an end. Pure: the day is handed in. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { type Graph, resolve } from "../graph/graph.ts";
import type { Model } from "../parse/resource.ts";
import { nameWithVersion } from "../parse/versions.ts";

/** The time is asked for only where there is a date to compare it with: what depends on it cannot be kept for long. */
export function checkDeprecations(graph: Graph, invocation: { readonly startedAt: string }): readonly Diagnostic[] {
  const ending = new Set([...graph.nodes.values()].filter((node): node is Model => node.resourceType === "model" && node.deprecationDate !== undefined));
  if (ending.size === 0) return [];
  const { startedAt } = invocation;
  const isOver = ({ deprecationDate = "" }: Model): boolean => deprecationDate.slice(0, 10) <= startedAt.slice(0, 10);
  const over = [...ending]
    .filter(isOver)
    .map((model) => diagnose("RT0335", { model: nameWithVersion(model), date: model.deprecationDate ?? "" }, { span: model.span }));
  const reads = [...graph.nodes.values()].flatMap((reader) =>
    // The tests of a model end with it.
    reader.resourceType === "test" || reader.resourceType === "unit_test"
      ? []
      : graph.dependenciesOf(reader).flatMap((dependency) => {
          const model = resolve(graph.scopeOf(reader.packageName).names, dependency) as Model | undefined;
          if (!model || !ending.has(model)) return [];
          const params = { model: nameWithVersion(model), date: model.deprecationDate ?? "", isOver: isOver(model) };
          const isOld = model.version !== undefined && model.version !== model.latestVersion;
          const help = isOld ? `the latest version is ${model.latestVersion}: {{ref "${model.name}" v=${JSON.stringify(model.latestVersion)}}}` : undefined;
          return [diagnose("RT0336", params, { span: dependency.span, help })];
        }),
  );
  return [...over, ...reads];
}
