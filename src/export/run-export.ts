/**
 * Carries an export out: delivers the difference, then writes the ledger. The ledger follows the delivery and never goes
 * ahead of it, so that whatever fails is sent again; the same people sent twice are one member all the same.
 */
import { isAbsolute, relative } from "node:path";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import type { DeliveredFile } from "../ports/destination.ts";
import { EngineError } from "../ports/engine.ts";
import type { ExportReport, ExportStatus, ReportedFile } from "./export-plan.ts";
import type { ExportRequest } from "./export-request.ts";
import { type PreparedExport, withPreparedExport } from "./prepare-export.ts";
import { recordAttempt, recordDelivery } from "./record-export.ts";

/** A report is there as soon as there was something to decide on: also when a guard stopped it or the destination failed. */
export async function runExport(request: ExportRequest): Promise<Outcome<ExportReport | undefined>> {
  const startedAt = request.now().toISOString();
  return withPreparedExport(request, async (prepared) => {
    const { plan, stops, ledger } = prepared;
    const finish = (status: ExportStatus, files: readonly ReportedFile[] = []): ExportReport => ({
      runId: request.runId,
      status,
      plan,
      files,
      startedAt,
      completedAt: request.now().toISOString(),
    });
    if (stops.length > 0) {
      const report = finish("stopped");
      await recordAttempt(ledger, report, stops);
      return { value: report, diagnostics: stops };
    }
    const delivered = plan.delivers ? await deliver(request, prepared) : { value: [], diagnostics: [] };
    if (!delivered.value) {
      const report = finish("failed");
      await recordAttempt(ledger, report, delivered.diagnostics);
      return { value: report, diagnostics: delivered.diagnostics };
    }
    const files = delivered.value.map((file) => reportFile(file, request.config.projectDir));
    const report = finish(plan.delivers ? "delivered" : "unchanged", files);
    await recordDelivery(ledger, report, request.resource.declaration.holdout !== undefined);
    return { value: report, diagnostics: [] };
  });
}

/** A flag such as "1" may come from the environment, too; cutting it out of a sentence hides nothing and garbles much. */
const shortestSecret = 4;

async function deliver({ resource, destination }: ExportRequest, { plan, difference }: PreparedExport): Promise<Outcome<readonly DeliveredFile[] | undefined>> {
  const { members, adds, removes } = difference;
  try {
    const { files } = await destination.destination.deliver({
      exportName: resource.name,
      audienceName: plan.audience,
      columns: plan.columns,
      mode: plan.mode,
      members,
      adds,
      removes,
    });
    return { value: files, diagnostics: [] };
  } catch (error) {
    // The state database broke while it was read, or somebody interrupted: the destination is not at fault.
    if (error instanceof EngineError) throw error;
    return { value: undefined, diagnostics: [failure(error, destination.name, destination.secrets)] };
  }
}

/** The first line only: what follows is for developers. Secrets of the settings are cut out of it. */
function failure(error: unknown, destination: string, secrets: readonly string[]): Diagnostic {
  const text = error instanceof Error ? error.message : String(error);
  const longestFirst = secrets.filter((secret) => secret.length >= shortestSecret).toSorted((a, b) => b.length - a.length);
  const problem = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, "***"), text.split("\n")[0] ?? "");
  return diagnose("RT0605", { destination, problem });
}

function reportFile(file: DeliveredFile, projectDir: string): ReportedFile {
  const inside = relative(projectDir, file.path);
  const path = inside.startsWith("..") || isAbsolute(inside) ? file.path : inside;
  return { ...file, path: path.replaceAll("\\", "/") };
}
