/** What an export would do now. Reads and compares; sends nothing and changes nothing that is remembered. */
import type { Outcome } from "../core/diagnostic.ts";
import type { ExportPlan } from "./export-plan.ts";
import type { ExportRequest } from "./export-request.ts";
import { withPreparedExport } from "./prepare-export.ts";

/** The plan is there also when a guard would stop it: its numbers are what somebody needs to judge the guard. */
export async function planExport(request: ExportRequest): Promise<Outcome<ExportPlan | undefined>> {
  return withPreparedExport(request, async ({ plan, stops, notes }) => ({ value: plan, diagnostics: [...notes, ...stops] }));
}
