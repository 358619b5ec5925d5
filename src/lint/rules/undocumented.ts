/** RT0706 and RT0707: columns and resources that nobody has described. */
import { diagnose } from "../../core/diagnostic.ts";
import type { LintRule } from "../lint-rule.ts";

export const undocumentedColumn: LintRule = {
  code: "RT0706",
  folders: ["*/marts/*"],
  *check({ models }) {
    for (const model of models)
      for (const column of model.columns)
        if (column.description === "") yield diagnose("RT0706", { column: column.name, owner: model.name }, { span: column.span });
  },
};

export const undocumentedResource: LintRule = {
  code: "RT0707",
  *check({ nodes, graph, config }) {
    for (const node of nodes) {
      const isDescribed = node.description !== "" || (node.resourceType === "source" && node.sourceDescription !== "");
      if (node.resourceType === "test" || node.resourceType === "unit_test" || isDescribed) continue;
      yield diagnose("RT0707", { kind: node.resourceType, name: node.name }, { span: node.span });
    }
    for (const macro of graph.macros.values())
      if (macro.description === "" && macro.packageName === config.project.name)
        yield diagnose("RT0707", { kind: "macro", name: macro.name }, { span: macro.span });
  },
};
