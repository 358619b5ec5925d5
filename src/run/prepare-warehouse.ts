/** What is done to the warehouse before the first stage, and what is looked up in it; stages then rely on both. */
import type { RelationType } from "../compile/materializations/materialization.ts";
import { quoteIdentifier } from "../core/names.ts";
import { memorySchema, type Plan } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import { createBatchMemory } from "./batch-memory.ts";
import { createFileMemory } from "./external/file-memory.ts";
import { createPartialMemory, partialMemoryKey, readPartial } from "./partial-memory.ts";
import type { StageContext } from "./stage-context.ts";

/** Schemas are created once, up front: two transactions that create the same one would conflict. */
export async function prepareSchemas(connection: Connection, plan: Plan): Promise<void> {
  if (plan.schemas.length > 0) {
    const have = await connection.query("select schema_name from information_schema.schemata where catalog_name = current_database()");
    const names = new Set(have.rows.map((row) => String(row["schema_name"]).toLowerCase()));
    for (const schema of plan.schemas) if (!names.has(schema.toLowerCase())) await connection.execute(`create schema if not exists ${quoteIdentifier(schema)}`);
  }
  if (plan.schemas.includes(memorySchema)) await connection.execute(`${createBatchMemory};\n${createFileMemory};\n${createPartialMemory}`);
}

/** What stands under `schema.name` in lower case, and what of it was made of a part of its inputs. */
export async function findExisting(connection: Connection, plan: Plan): Promise<Pick<StageContext, "existing" | "partial">> {
  if (plan.stages.every((stage) => stage.kind === "test" || stage.kind === "unit_test")) return { existing: new Map(), partial: new Set() };
  const found = await connection.query("select table_schema, table_name, table_type from information_schema.tables where table_catalog = current_database()");
  const existing = new Map<string, RelationType>(
    found.rows.map((row) => [`${row["table_schema"]}.${row["table_name"]}`.toLowerCase(), row["table_type"] === "VIEW" ? "view" : "table"]),
  );
  return { existing, partial: existing.has(partialMemoryKey) ? await readPartial(connection) : new Set() };
}
