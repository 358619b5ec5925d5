/** The settings of a node as `config.<path>` and `list --output json` see them. */
import type { Resource } from "../../parse/resource.ts";

/** The settings in force, with the defaults that a user would name. */
export function configOf(node: Resource): Readonly<Record<string, unknown>> {
  switch (node.resourceType) {
    case "model":
      return {
        ...node.config,
        materialized: node.materialized,
        enabled: node.enabled,
        schema: node.schema,
        alias: node.alias,
        tags: node.tags,
        meta: node.meta,
      };
    case "seed":
      return { ...node.config, materialized: "seed", enabled: node.enabled, schema: node.schema, alias: node.alias, tags: node.tags, meta: node.meta };
    case "snapshot":
      return { ...node.config, materialized: "snapshot", enabled: node.enabled, schema: node.schema, alias: node.alias, tags: node.tags, meta: node.meta };
    case "source":
      return { event_time: node.eventTime, tags: node.tags, meta: node.meta, enabled: true };
    case "test":
      return { ...node.config, materialized: "test" };
    case "unit_test":
      return { enabled: node.enabled, tags: node.tags, meta: node.meta };
    default:
      return { tags: node.tags, meta: node.meta, enabled: true };
  }
}
