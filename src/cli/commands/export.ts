/** stub */
import type { CliContext } from "../context.ts";
import type { GlobalOptions } from "../options.ts";
export async function exportCommand(context: CliContext, _action: string, _names: readonly string[], _options: GlobalOptions): Promise<number> {
  void context;
  return 2;
}
