/** What the commands of exports begin with: which exports are meant, the relations that they read, and their destinations. */
import { resolve as resolvePath } from "node:path";
import { interpolate } from "../config/interpolate.ts";
import { type Diagnostic, diagnose, hasErrors } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { openDestination } from "../destinations/registry.ts";
import type { ExportDestination, ExportRelation } from "../export/export-request.ts";
import { resolve } from "../graph/graph.ts";
import type { AudienceExport } from "../parse/resource.ts";
import type { Session } from "../session/session.ts";
import type { CliContext } from "./context.ts";
import type { ExportProgress } from "./export-progress.ts";
import { systemClock } from "./system-clock.ts";

/** The named exports, or all whose credentials are there; `undefined` after unknown names have been said. */
export function chooseExports(session: Session, names: readonly string[]): readonly AudienceExport[] | undefined {
  const all = allExports(session);
  const known = all.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    session.report(unknown.map((name) => diagnose("RT0601", { name }, { help: suggestion(name, known) })));
    return undefined;
  }
  if (names.length > 0) return all.filter(({ name }) => names.includes(name));
  const waiting = all.filter((resource) => missingVariables(session, resource).length > 0);
  if (waiting.length > 0) {
    const variables = [...new Set(waiting.flatMap((resource) => missingVariables(session, resource)))].join(", ");
    session.report([diagnose("RT0620", { names: waiting.map(({ name }) => name).join(", "), variables })]);
  }
  return all.filter((resource) => !waiting.includes(resource));
}

/** Variables that the export's destination reads and that nobody has set. */
export function missingVariables({ config }: Session, { declaration }: AudienceExport): readonly string[] {
  const path = ["destinations", declaration.destination];
  return interpolate(config.project.destinations[declaration.destination], config.environment, config.yaml, path).missing;
}

export function allExports({ graph }: Session): readonly AudienceExport[] {
  return [...graph.nodes.values()].filter((node): node is AudienceExport => node.resourceType === "export");
}

interface DestinationNeeds {
  readonly signal: AbortSignal;
  readonly progress: ExportProgress;
  readonly out?: string | undefined;
  /** Instead of the export's own destination: its name in retain.yml. */
  readonly name?: string;
}

/** The export's destination, or `undefined` after its problems have been said. */
export function openExportDestination(context: CliContext, session: Session, resource: AudienceExport, needs: DestinationNeeds): ExportDestination | undefined {
  const { config } = session;
  const { declaration } = resource;
  const name = needs.name ?? declaration.destination;
  const path = ["destinations", name];
  const settings = interpolate(config.project.destinations[name], config.environment, config.yaml, path);
  if (hasErrors(settings.diagnostics)) {
    session.report(settings.diagnostics);
    return undefined;
  }
  const opened = openDestination({
    exportName: resource.name,
    format: declaration.format,
    exportSpan: resource.span,
    name,
    settings: settings.value,
    secrets: settings.secrets,
    yaml: config.yaml,
    projectDir: config.projectDir,
    outDir: needs.out === undefined ? undefined : resolvePath(context.cwd, needs.out),
    clock: systemClock,
    signal: needs.signal,
    onWait: needs.progress.onWait,
  });
  session.report(opened.diagnostics);
  return opened.value;
}

export interface ExportRelations {
  readonly model: ExportRelation;
  readonly suppress: readonly ExportRelation[];
}

/** The relations that the export reads, or `undefined` after it has been said which of them cannot be read. */
export function exportRelations({ graph, compiled, report }: Session, resource: AudienceExport): ExportRelations | undefined {
  const diagnostics: Diagnostic[] = [];
  const relations = resource.dependencies.flatMap((dependency): readonly ExportRelation[] => {
    const node = resolve(graph.names, dependency);
    const entry = node && compiled.nodes.get(node.uniqueId);
    if (!entry || entry.kind === "test" || entry.kind === "unit_test") return [];
    if (entry.kind === "model" && entry.node.materialized === "ephemeral") {
      const problem = `"${entry.node.name}" is ephemeral and has no relation to read`;
      diagnostics.push(diagnose("RT0603", { name: resource.name, problem }, { span: dependency.span }));
    }
    return [{ uniqueId: entry.node.uniqueId, name: entry.node.name, sql: entry.relation.sql }];
  });
  report(diagnostics);
  const [model, ...suppress] = relations;
  return hasErrors(diagnostics) || !model ? undefined : { model, suppress };
}
