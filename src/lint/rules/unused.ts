/** RT0704 and RT0705: macros that nothing calls and variables that nothing reads. */
import { diagnose } from "../../core/diagnostic.ts";
import { findTemplates, readVariables } from "../../parse/find-templates.ts";
import { templateTags } from "../../parse/template-tags.ts";
import type { LintRule } from "../lint-rule.ts";

export const unusedMacro: LintRule = {
  code: "RT0704",
  *check({ graph, nodes, config }) {
    const templates = findTemplates([...nodes, ...graph.disabled, ...graph.macros.values(), ...graph.operations]);
    const tests = nodes.flatMap((node) => (node.resourceType === "test" && node.testKind === "generic" ? [node.testName] : []));
    const used = new Set([...templates.flatMap(({ source }) => wordsInTags(source.text)), ...tests]);
    for (const macro of graph.macros.values())
      if (!used.has(macro.name) && macro.packageName === config.project.name) yield diagnose("RT0704", { name: macro.name }, { span: macro.span });
  },
};

/** A function without arguments is called by its bare name, anywhere in a tag: whatever may be a call counts as one. */
function wordsInTags(text: string): readonly string[] {
  return (templateTags(text) ?? []).flatMap(({ start, end }) => text.slice(start, end).match(/\w+/g) ?? []);
}

export const unusedVariable: LintRule = {
  code: "RT0705",
  *check({ graph, nodes, config }) {
    const read = readVariables(findTemplates([...nodes, ...graph.disabled, ...graph.macros.values(), ...graph.operations]));
    if (read.isOpen) return;
    // JavaScript reads variables as properties, so any mention of a name in it counts.
    const code = new Set(config.files.flatMap(({ extension, text }) => (extension === "mjs" ? (text.match(/\w+/g) ?? []) : [])));
    for (const name of Object.keys(config.project.vars))
      if (!read.names.has(name) && !code.has(name)) yield diagnose("RT0705", { name }, { span: config.yaml.keySpanOf(["vars", name]) });
  },
};
