/** `export forget`: erases one person from every audience and from everything that is remembered of exports. */
import { diagnose } from "../../core/diagnostic.ts";
import { listOf } from "../../core/names.ts";
import type { ExportDestination } from "../../export/export-request.ts";
import { findPerson, type ModelOfExport, type PersonQuery } from "../../export/find-person.ts";
import { forgetPerson } from "../../export/forget-person.ts";
import { openLedger } from "../../export/ledger-tables.ts";
import { renderErasure } from "../../export/render-erasure.ts";
import type { AudienceExport } from "../../parse/resource.ts";
import { openWarehouse } from "../../session/session.ts";
import { openProjectState } from "../../session/state.ts";
import type { CliContext } from "../context.ts";
import type { ExportForgetOptions } from "../declarations/export.ts";
import { createExportProgress } from "../export-progress.ts";
import { allExports, exportRelations, openExportDestination } from "../export-session.ts";
import { openSession } from "../open-session.ts";

export async function exportForgetCommand(context: CliContext, options: ExportForgetOptions): Promise<number> {
  const session = await openSession(context, options);
  if (!session) return 2;
  const query = readQuery(options);
  if (!query) {
    session.report([diagnose("RT0001", { problem: "say whom to forget, in one way" }, { help: "--customer ID, or --email ADDRESS" })]);
    return 2;
  }
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  const progress = createExportProgress(context.stderr, context.now, options.quiet ?? false);
  const open = (resource: AudienceExport, name: string) => openExportDestination(context, session, resource, { signal: abort.signal, progress, name });
  const exports = allExports(session);
  const destinations = new Map<string, ExportDestination | undefined>();
  const models = exports.flatMap((resource): readonly ModelOfExport[] => {
    const destination = open(resource, resource.declaration.destination);
    destinations.set(resource.name, destination);
    const relations = exportRelations(session, resource);
    return destination && relations ? [{ resource, model: relations.model, platform: destination.destination.platform }] : [];
  });
  const state = await openProjectState(context, session, options);
  if (!state) return 2;
  try {
    const ledger = await openLedger(state.db);
    const database = await openWarehouse(context, session, options, true);
    const warehouse = await database?.connect();
    const found = await findPerson(ledger, warehouse, models, query, context.now().toISOString().slice(0, 10));
    warehouse?.close();
    database?.close();
    const { memberKeys } = found;
    const erased = await forgetPerson({
      config: session.config,
      state,
      exports,
      openDestination: (resource, name) => (name === resource.declaration.destination ? destinations.get(resource.name) : open(resource, name)),
      memberKeys,
      runId: context.invocation.invocationId,
      now: context.now,
      signal: abort.signal,
    });
    const { audiences, assignments } = erased.value;
    const isKnown = audiences.length > 0 || assignments > 0 || found.models.length > 0;
    context.stdout.write(options.json ? `${JSON.stringify({ ...erased.value, models: found.models }, null, 2)}\n` : renderErasure(erased.value, isKnown));
    const notes = [
      ...(found.models.length === 0 ? [] : [diagnose("RT0616", { models: listOf(found.models) })]),
      ...(found.unread.length === 0 || "customer" in query ? [] : [diagnose("RT0617", { models: listOf(found.unread) })]),
    ];
    return session.report([...erased.diagnostics, ...notes]) ? 1 : 0;
  } finally {
    state.close();
    stopListening();
  }
}

function readQuery({ customer, email }: ExportForgetOptions): PersonQuery | undefined {
  if (customer !== undefined && email === undefined && customer !== "") return { customer };
  return email !== undefined && customer === undefined && email !== "" ? { email } : undefined;
}
