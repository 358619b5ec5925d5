/** `export check`: whether a delivery could go through, asked before any row is read. */
import { checkDestination } from "../../export/preflight.ts";
import { renderChecks } from "../../export/render-status.ts";
import type { CheckItem } from "../../ports/destination.ts";
import { openProjectState } from "../../session/state.ts";
import type { CliContext } from "../context.ts";
import { createExportProgress } from "../export-progress.ts";
import { chooseExports, openExportDestination } from "../export-session.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

interface CheckedExport {
  readonly export: string;
  readonly destination: { readonly name: string; readonly type: string };
  readonly items: readonly CheckItem[];
}

export async function exportCheckCommand(context: CliContext, names: readonly string[], options: GlobalOptions): Promise<number> {
  const session = await openSession(context, options);
  const chosen = session && chooseExports(session, names);
  if (!session || !chosen) return 2;
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  const progress = createExportProgress(context.stderr, context.now, options.quiet ?? false);
  const state = await openProjectState(context, session, options);
  if (!state) return 2;
  const checked: CheckedExport[] = [];
  let exitCode = 0;
  try {
    for (const resource of chosen) {
      const destination = openExportDestination(context, session, resource, { signal: abort.signal, progress });
      if (!destination) {
        exitCode = 2;
        continue;
      }
      const items = await checkDestination({ resource, config: session.config, state, destination });
      const { name } = destination;
      const { type } = destination.destination;
      checked.push({ export: resource.name, destination: { name, type }, items });
      if (items.some(({ outcome }) => outcome === "failed")) exitCode = Math.max(exitCode, 1);
    }
  } finally {
    state.close();
    stopListening();
  }
  context.stdout.write(options.json ? `${JSON.stringify(checked, null, 2)}\n` : checked.map(screenOf).join("\n"));
  return exitCode;
}

function screenOf({ export: name, destination, items }: CheckedExport): string {
  return renderChecks(`${name} -> ${destination.name} (${destination.type})`, items);
}
