/** Which compiled nodes are relations of the warehouse. */
import type { Compiled } from "./compiled.ts";
import type { Relation } from "./values.ts";

export type Stored = Extract<Compiled, { readonly relation: Relation }>;

/** Tests are no relations, and an ephemeral model is one of its reader's common table expressions, which is in no schema. */
export function isStored(node: Compiled): node is Stored {
  return "relation" in node && node.relation.schema !== "";
}
