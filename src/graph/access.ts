/** Who may read what: private models only their own group. Says every reference that is not allowed at its own place. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { type Built, type Group, isBuilt, type Resource, type SourceTable } from "../parse/resource.ts";
import type { Dependency } from "../parse/template.ts";
import { nameWithVersion } from "../parse/versions.ts";

/** Whether a node's own settings make sense. */
export function checkGroup(node: Resource, groups: ReadonlyMap<string, Group>): readonly Diagnostic[] {
  if (!isBuilt(node)) return [];
  const { group } = node.config;
  const spans = node.resourceType === "seed" ? {} : node.settingSpans;
  if (group !== undefined && !groups.has(group)) {
    const help = suggestion(group, groups.keys()) ?? "declare it under `groups:` in a YAML file: groups: [{name: …, owner: {email: …}}]";
    return [diagnose("RT0227", { group }, { span: spans.group ?? node.span, help })];
  }
  if (node.resourceType !== "model") return [];
  const wrong = (problem: string, help: string): readonly Diagnostic[] => [
    diagnose("RT0228", { model: node.name, problem }, { span: node.settingSpans.access ?? node.span, help }),
  ];
  if (node.config.access === "private" && group === undefined) return wrong("it is private and in no group, so nobody could read it", "put it into a `group`");
  if (node.config.access === "public" && node.materialized === "ephemeral")
    return wrong("it is public and ephemeral, so there is nothing to read", "materialize it as a view or a table");
  return [];
}

/** Whether `reader` may read `target`. */
export function checkAccess(reader: Resource, target: Built | SourceTable, dependency: Dependency): Diagnostic | undefined {
  if (target.resourceType !== "model" || target.config.access !== "private") return undefined;
  const { group } = target.config;
  if (group !== undefined && groupOf(reader) === group) return undefined;
  const notes = [{ message: "it is private here", span: target.settingSpans.access ?? target.span }];
  const help = `put the reader into the group "${group}", or make the model protected`;
  return diagnose("RT0229", { reader: readerName(reader), model: nameWithVersion(target), group: group ?? "" }, { span: dependency.span, notes, help });
}

/** Tests belong to the group of what they test; exposures and exports to none, as in dbt. */
function groupOf(node: Resource): string | undefined {
  switch (node.resourceType) {
    case "model":
    case "seed":
    case "snapshot":
      return node.config.group;
    case "unit_test":
      return node.owner.config.group;
    case "test":
      return node.testKind === "generic" && node.owner.resourceType !== "source" ? node.owner.config.group : node.config.group;
    default:
      return undefined;
  }
}

function readerName(node: Resource): string {
  return `${node.resourceType.replace("_", " ")} "${node.resourceType === "test" ? node.title : nameWithVersion(node)}"`;
}
