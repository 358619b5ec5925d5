/** Runs the hooks of a stage and says at their own text what goes wrong in them. */
import type { CompiledHook } from "../compile/hooks.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Connection } from "../ports/engine.ts";
import { mapEngineError } from "./map-error.ts";
import { execute, StatementError } from "./statement.ts";

/** One after another, up to the first that fails. `what` names them; `isPrivate` keeps the database's words about data to itself. */
export async function runHooks(connection: Connection, hooks: readonly CompiledHook[], what: string, isPrivate: boolean): Promise<readonly Diagnostic[]> {
  for (const { sql, span } of hooks) {
    try {
      await execute(connection, sql);
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      return [aboutHook(mapEngineError(error.error, error.sql, span, isPrivate), what)];
    }
  }
  return [];
}

/** What a hook or an operation reads or writes beside the models has to be there before: nothing builds it. */
export function aboutHook(diagnostic: Diagnostic, what: string): Diagnostic {
  if (diagnostic.code !== "RT0403" || diagnostic.help?.startsWith("did you mean")) return diagnostic;
  return {
    ...diagnostic,
    help: `${what} runs as it stands: make what it names before, for example in on_run_start with \`create table if not exists …\`, or name a model by ref`,
  };
}
