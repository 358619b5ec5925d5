/** RT0703: a model of which nothing says what one row is. */
import { diagnose } from "../../core/diagnostic.ts";
import type { GenericTest, Model } from "../../parse/resource.ts";
import type { LintProject } from "../lint-project.ts";
import type { LintRule } from "../lint-rule.ts";

export const grainTest: LintRule = {
  code: "RT0703",
  *check(project) {
    for (const model of project.models) {
      if (model.materialized === "ephemeral" || hasGrain(model, project)) continue;
      yield diagnose("RT0703", { model: model.name }, { span: model.span });
    }
  },
};

/** A model of one row needs no key. */
function isOneRow({ testName, arguments: given }: GenericTest): boolean {
  const { max } = given;
  return testName === "row_count_between" && max?.kind === "value" && max.value === 1;
}

/** A project's own test of uniqueness counts by its name. */
function hasGrain(model: Model, { graph }: LintProject): boolean {
  if (model.constraints.some(({ type }) => type === "primary_key" || type === "unique")) return true;
  return (graph.dag.children.get(model.uniqueId) ?? []).some((id) => {
    const test = graph.nodes.get(id);
    return test?.resourceType === "test" && test.testKind === "generic" && test.owner === model && (test.testName.startsWith("unique") || isOneRow(test));
  });
}
