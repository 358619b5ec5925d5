/** Runs the hooks of a stage and says at their own text what goes wrong in them. */
import type { CompiledHook } from "../compile/hooks.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Connection } from "../ports/engine.ts";
import { mapEngineError } from "./map-error.ts";
import { execute, StatementError } from "./statement.ts";

/** One after another, up to the first that fails. `isPrivate` keeps the database's words about data to itself. */
export async function runHooks(connection: Connection, hooks: readonly CompiledHook[], isPrivate: boolean): Promise<readonly Diagnostic[]> {
  for (const { sql, span } of hooks) {
    try {
      await execute(connection, sql);
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      return [mapEngineError(error.error, error.sql, span, isPrivate)];
    }
  }
  return [];
}
