/**
 * What a warehouse remembers of a relation is true of a copy of it as well: which batches are done, and that it was made of a
 * part of its inputs. Copied in the transaction of the relation; what was remembered of the one before goes with it.
 */
import { quoteIdentifier, quoteLiteral } from "../core/names.ts";
import { memorySchema } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import { batchMemory, createBatchMemory } from "./batch-memory.ts";
import { createFileMemory, fileMemory } from "./external/file-memory.ts";
import { createPartialMemory, partialMemory } from "./partial-memory.ts";

/** Files belong to the other target: of them, nothing is copied. */
const copied = [batchMemory, partialMemory];

export interface CloneMemory {
  /** Says whether the copied relation is one that was made of a part of its inputs. */
  readonly copy: (there: string, here: string) => Promise<{ readonly isPartial: boolean }>;
}

/** `catalog` is the name of the other database. Makes the tables of this one where there is anything to copy. */
export async function prepareMemory(connection: Connection, catalog: string): Promise<CloneMemory> {
  const there = await tablesOf(connection, quoteLiteral(catalog));
  if (there.size > 0) {
    await connection.execute(
      `create schema if not exists ${quoteIdentifier(memorySchema)};\n${createBatchMemory};\n${createFileMemory};\n${createPartialMemory}`,
    );
  }
  const own = await tablesOf(connection, "current_database()");
  return {
    copy: async (from, to) => {
      for (const name of [...copied, fileMemory]) {
        if (!own.has(name)) continue;
        const table = memoryTable(name);
        await connection.execute(`delete from ${table} where relation = ${quoteLiteral(to)}`);
        if (!copied.includes(name) || !there.has(name)) continue;
        await connection.execute(`insert into ${table} by name
select * replace (${quoteLiteral(to)} as relation) from ${quoteIdentifier(catalog)}.${table} where relation = ${quoteLiteral(from)}`);
      }
      if (!own.has(partialMemory)) return { isPartial: false };
      const { rows } = await connection.query(`select 1 from ${memoryTable(partialMemory)} where relation = ${quoteLiteral(to)}`);
      return { isPartial: rows.length > 0 };
    },
  };
}

function memoryTable(name: string): string {
  return `${quoteIdentifier(memorySchema)}.${quoteIdentifier(name)}`;
}

async function tablesOf(connection: Connection, catalog: string): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query(
    `select table_name from information_schema.tables where table_catalog = ${catalog} and table_schema = ${quoteLiteral(memorySchema)}`,
  );
  return new Set(rows.map((row) => String(row["table_name"])));
}
