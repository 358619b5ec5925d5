/** How artifacts call relations: always with the database, quoted, so that a reader can paste the name into SQL. Pure. */
import { quoteIdentifier } from "../core/names.ts";
import type { Built, Test, UnitTest } from "../parse/resource.ts";
import { auditSchemaName, keptAs } from "../plan/plan.ts";

export interface RelationPlaces {
  /** Name of the main database. */
  readonly catalogName: string;
  readonly targetSchema: string;
}

export function qualifiedName(database: string, schema: string, name: string): string {
  return `${quoteIdentifier(database)}.${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** The relation that a node leaves in the warehouse; null when it leaves none. */
export function relationName(node: Built | Test | UnitTest, { catalogName, targetSchema }: RelationPlaces): string | null {
  if (node.resourceType === "unit_test") return null;
  if (node.resourceType === "test") {
    const { config } = node;
    return keptAs(config) ? qualifiedName(catalogName, auditSchemaName(targetSchema, config.schema), config.alias ?? node.name) : null;
  }
  if (node.resourceType === "model" && node.materialized === "ephemeral") return null;
  return qualifiedName(catalogName, node.schema, node.alias);
}
