/** `export list`: which audiences there are. */
import { listExports } from "../../export/list-exports.ts";
import type { CliContext } from "../context.ts";
import { allExports, chooseExports, missingVariables } from "../export-session.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

export async function exportListCommand(context: CliContext, names: readonly string[], options: GlobalOptions): Promise<number> {
  const session = await openSession(context, options);
  const chosen = session && chooseExports(session, names.length > 0 ? names : allExports(session).map(({ name }) => name));
  if (!session || !chosen) return 2;
  const exports = listExports(chosen, (resource) => missingVariables(session, resource));
  if (options.json) {
    context.stdout.write(`${JSON.stringify(exports, null, 2)}\n`);
    return 0;
  }
  const width = Math.max(0, ...exports.map(({ name }) => name.length));
  for (const { name, model, destination, mode, needs } of exports) {
    const waits = needs.length === 0 ? "" : `, needs ${needs.join(", ")}`;
    context.stdout.write(`${name.padEnd(width)}  ${model} -> ${destination} (${mode})${waits}\n`);
  }
  return 0;
}
