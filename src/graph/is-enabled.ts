/** Whether a resource takes part in the project; tests go with what they test. */
import { isBuilt, type Resource } from "../parse/resource.ts";

export function isEnabled(node: Resource): boolean {
  if (isBuilt(node)) return node.enabled;
  if (node.resourceType === "unit_test") return node.enabled && node.owner.enabled;
  if (node.resourceType === "test") return node.config.enabled && (node.testKind === "singular" || isEnabled(node.owner));
  return true;
}
