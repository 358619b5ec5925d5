/** `export list`, `plan` and `run`: which audiences there are, what would change, and the delivery itself. */

import { interpolate } from "../../config/interpolate.ts";
import { type Diagnostic, diagnose, hasErrors } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { openDestination } from "../../destinations/registry.ts";
import type { ExportReport } from "../../export/export-plan.ts";
import type { ExportRequest } from "../../export/export-request.ts";
import { type ExportSummary, listExports } from "../../export/list-exports.ts";
import { planExport } from "../../export/plan-export.ts";
import { renderExportPlan, renderExportReport } from "../../export/render-plan.ts";
import { runExport } from "../../export/run-export.ts";
import { resolve } from "../../graph/graph.ts";
import type { AudienceExport } from "../../parse/resource.ts";
import type { Connection } from "../../ports/engine.ts";
import type { State } from "../../run/state/open-state.ts";
import type { CliContext } from "../context.ts";
import type { GlobalOptions } from "../options.ts";
import { openSession, openWarehouse, type Session } from "../session.ts";
import { openProjectState } from "../state.ts";

export type ExportAction = "list" | "plan" | "run";

export async function exportCommand(context: CliContext, action: ExportAction, names: readonly string[], options: GlobalOptions): Promise<number> {
  const session = await openSession(context, options);
  if (!session) return 2;
  const all = [...session.graph.nodes.values()].filter((node): node is AudienceExport => node.resourceType === "export");
  const unknown = names.filter((name) => !all.some((node) => node.name === name));
  if (unknown.length > 0) {
    const known = all.map((node) => node.name);
    session.report(unknown.map((name) => diagnose("RT0601", { name }, { help: suggestion(name, known) })));
    return 2;
  }
  if (action === "run" && names.length === 0) {
    session.report([
      diagnose("RT0001", { problem: "name the exports to run" }, { help: `the project has ${all.map((node) => node.name).join(", ") || "none"}` }),
    ]);
    return 2;
  }
  const chosen = all.filter((node) => names.length === 0 || names.includes(node.name));
  if (action === "list") {
    writeList(context, listExports(chosen), options);
    return 0;
  }
  return deliver(context, session, action, chosen, options);
}

async function deliver(
  context: CliContext,
  session: Session,
  action: "plan" | "run",
  chosen: readonly AudienceExport[],
  options: GlobalOptions,
): Promise<number> {
  const database = await openWarehouse(context, session, options, true);
  if (!database) return 2;
  const state = await openProjectState(context, session, options);
  if (!state) {
    database.close();
    return 2;
  }
  let exitCode = 0;
  const answers: unknown[] = [];
  try {
    const warehouse = await database.connect();
    for (const resource of chosen) {
      const request = makeRequest(context, session, resource, warehouse, state);
      if (!request) {
        exitCode = 2;
        continue;
      }
      const outcome = action === "plan" ? await planExport(request) : await runExport(request);
      if (outcome.value) {
        answers.push(outcome.value);
        if (!options.json) context.stdout.write("plan" in outcome.value ? renderExportReport(outcome.value as ExportReport) : renderExportPlan(outcome.value));
      }
      if (session.report(outcome.diagnostics)) exitCode = Math.max(exitCode, outcome.value ? 1 : wasRefused(outcome.diagnostics) ? 1 : 2);
    }
    warehouse.close();
  } finally {
    state.close();
    database.close();
  }
  if (options.json) context.stdout.write(`${JSON.stringify(answers, null, 2)}\n`);
  return exitCode;
}

/** A model that is not fit, or has a person twice, was looked at and refused; a wrong declaration never ran. */
function wasRefused(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.every((d) => d.severity !== "error" || d.code === "RT0602" || d.code === "RT0604" || d.code === "RT0605" || d.code === "RT0606");
}

function makeRequest(context: CliContext, session: Session, resource: AudienceExport, warehouse: Connection, state: State): ExportRequest | undefined {
  const { config, graph, compiled } = session;
  const { declaration } = resource;
  const path = ["destinations", declaration.destination];
  const settings = interpolate(config.project.destinations[declaration.destination], config.environment, config.yaml, path);
  const opened = openDestination({
    exportName: resource.name,
    format: declaration.format,
    exportSpan: resource.span,
    name: declaration.destination,
    settings: settings.value,
    secrets: settings.secrets,
    yaml: config.yaml,
    projectDir: config.projectDir,
  });
  const diagnostics = [...settings.diagnostics, ...opened.diagnostics];
  const relations = resource.dependencies.map((dependency) => {
    const node = resolve(graph.names, dependency);
    const entry = node && compiled.nodes.get(node.uniqueId);
    if (!entry || entry.kind === "test") return undefined;
    if (entry.kind === "model" && entry.node.materialized === "ephemeral") {
      diagnostics.push(
        diagnose("RT0603", { name: resource.name, problem: `"${entry.node.name}" is ephemeral and has no relation to read` }, { span: dependency.span }),
      );
    }
    return { uniqueId: entry.node.uniqueId, name: entry.node.name, sql: entry.relation.sql };
  });
  session.report(diagnostics);
  const [model, ...suppress] = relations;
  if (hasErrors(diagnostics) || !opened.value || !model) return undefined;
  return {
    resource,
    config,
    model,
    suppress: suppress.filter((relation) => relation !== undefined),
    warehouse,
    state,
    destination: opened.value,
    runId: context.invocation.invocationId,
    now: context.now,
  };
}

function writeList(context: CliContext, exports: readonly ExportSummary[], options: GlobalOptions): void {
  if (options.json) {
    context.stdout.write(`${JSON.stringify(exports, null, 2)}\n`);
    return;
  }
  const width = Math.max(0, ...exports.map(({ name }) => name.length));
  for (const { name, model, destination, mode } of exports) context.stdout.write(`${name.padEnd(width)}  ${model} -> ${destination} (${mode})\n`);
}
