/** `export status`: what became of each export so far, and what its platform says now. */
import { type ExportStatus, readStatus } from "../../export/export-status.ts";
import { renderStatus } from "../../export/render-status.ts";
import { openProjectState } from "../../session/state.ts";
import type { CliContext } from "../context.ts";
import { createExportProgress } from "../export-progress.ts";
import { chooseExports, openExportDestination } from "../export-session.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

export async function exportStatusCommand(context: CliContext, names: readonly string[], options: GlobalOptions & { readonly limit: number }): Promise<number> {
  const session = await openSession(context, options);
  const chosen = session && chooseExports(session, names);
  if (!session || !chosen) return 2;
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  const progress = createExportProgress(context.stderr, context.now, options.quiet ?? false);
  const state = await openProjectState(context, session, options);
  if (!state) return 2;
  const found: ExportStatus[] = [];
  let exitCode = 0;
  try {
    for (const resource of chosen) {
      const destination = openExportDestination(context, session, resource, { signal: abort.signal, progress });
      if (!destination) exitCode = 2;
      else found.push(await readStatus({ resource, config: session.config, state, destination, now: context.now, mostRuns: options.limit }));
    }
  } finally {
    state.close();
    stopListening();
  }
  context.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : found.map(renderStatus).join("\n"));
  return exitCode;
}
