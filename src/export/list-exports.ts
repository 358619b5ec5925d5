/** The exports of a project as `retain export list` shows them. Pure. */
import type { AudienceExport, Resource } from "../parse/resource.ts";
import type { DeliveryMode } from "../ports/destination.ts";

export interface ExportSummary {
  readonly name: string;
  readonly description: string;
  readonly model: string;
  readonly destination: string;
  readonly mode: DeliveryMode;
  readonly audience: string;
  /** Environment variables that its destination reads and that are not set. */
  readonly needs: readonly string[];
}

/** Sorted by name. */
export function listExports(nodes: Iterable<Resource>, needsOf: (resource: AudienceExport) => readonly string[]): readonly ExportSummary[] {
  const summaries = [...nodes].flatMap((node): readonly ExportSummary[] => {
    if (node.resourceType !== "export") return [];
    const { model, destination, mode, audience } = node.declaration;
    return [{ name: node.name, description: node.description.trim(), model, destination, mode, audience: audience.name, needs: needsOf(node) }];
  });
  return summaries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
