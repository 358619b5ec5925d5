/** `list`: the names of nodes, one a line, as selectors that can be given back. */

import { configOf } from "../../graph/select/node-config.ts";
import type { Operation } from "../../parse/operations.ts";
import type { Resource } from "../../parse/resource.ts";
import type { SelectionOptions } from "../../session/options.ts";
import { selectFor } from "../../session/session.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

export interface ListOptions extends SelectionOptions, GlobalOptions {
  readonly output: string;
  readonly resourceType?: readonly string[];
}

export async function listCommand(context: CliContext, criteria: readonly string[], options: ListOptions): Promise<number> {
  const session = await openSession(context, options);
  if (!session) return 2;
  const selected = selectFor(session, options, criteria);
  if (!selected) return 2;
  const { graph } = session;
  const nodes = [...session.graph.nodes.values()].filter((node) => selected.has(node.uniqueId) && hasType(node, options.resourceType));
  const form = options.json ? "json" : options.output;
  const lines = nodes.map((node) => lineOf(node, form, session.graph.dag.parents.get(node.uniqueId) ?? []));
  // Operations are no nodes, and no selection chooses them: whoever asks for the kind gets them all.
  if (options.resourceType?.includes("operation")) lines.push(...graph.operations.map((operation) => operationLine(operation, form)));
  if (lines.length > 0) context.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

function hasType(node: Resource, types: readonly string[] | undefined): boolean {
  return types === undefined || types.includes("all") || types.includes(node.resourceType) || (node.resourceType === "export" && types.includes("exposure"));
}

function operationLine({ uniqueId, name, packageName, originalFilePath }: Operation, form: string): string {
  if (form === "path") return originalFilePath;
  if (form !== "json") return name;
  return JSON.stringify({ unique_id: uniqueId, name, resource_type: "operation", package_name: packageName, original_file_path: originalFilePath });
}

function lineOf(node: Resource, form: string, parents: readonly string[]): string {
  switch (form) {
    case "name":
      return node.name;
    case "path":
      return node.originalFilePath;
    case "json":
      return JSON.stringify({
        unique_id: node.uniqueId,
        name: node.name,
        resource_type: node.resourceType === "export" ? "exposure" : node.resourceType,
        package_name: node.packageName,
        original_file_path: node.originalFilePath,
        tags: node.tags,
        config: configOf(node),
        depends_on: { nodes: parents },
      });
    default:
      if (node.resourceType === "source") return `source:${[node.packageName, node.sourceName, node.name].join(".")}`;
      if (node.resourceType === "exposure" || node.resourceType === "export") return `exposure:${node.packageName}.${node.name}`;
      if (node.resourceType === "unit_test") return `unit_test:${node.packageName}.${node.name}`;
      return node.fqn.join(".");
  }
}
