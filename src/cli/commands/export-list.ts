/** `export list`: which audiences there are. */
import { listExports } from "../../export/list-exports.ts";
import type { CliContext } from "../context.ts";
import { chooseExports } from "../export-session.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

export async function exportListCommand(context: CliContext, names: readonly string[], options: GlobalOptions): Promise<number> {
  const session = await openSession(context, options);
  const chosen = session && chooseExports(session, names);
  if (!chosen) return 2;
  const exports = listExports(chosen);
  if (options.json) {
    context.stdout.write(`${JSON.stringify(exports, null, 2)}\n`);
    return 0;
  }
  const width = Math.max(0, ...exports.map(({ name }) => name.length));
  for (const { name, model, destination, mode } of exports) context.stdout.write(`${name.padEnd(width)}  ${model} -> ${destination} (${mode})\n`);
  return 0;
}
