/** Asks the platform whether a delivery could go through, before a row is read. Each thing that would stop it is an error. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import type { CheckItem } from "../ports/destination.ts";
import { audienceOf, recallAudience } from "./audience-of.ts";
import { scopeOf } from "./audience-scope.ts";
import { hideSecrets } from "./describe-failure.ts";
import type { ExportRequest } from "./export-request.ts";
import { openLedger } from "./ledger-tables.ts";

/** The items as the destination gives them, without secrets. */
export async function checkDestination({
  resource,
  config,
  state,
  destination,
}: Pick<ExportRequest, "resource" | "config" | "state" | "destination">): Promise<readonly CheckItem[]> {
  const ledger = await openLedger(state.db);
  const remembered = await recallAudience(ledger, scopeOf(config.targetName, resource));
  const items = await destination.destination.check(audienceOf(config, resource, remembered));
  const hide = (text: string) => hideSecrets(text, destination.secrets);
  return items.map((item) => ({ ...item, detail: hide(item.detail), advice: item.advice === undefined ? undefined : hide(item.advice) }));
}

export async function preflight(request: ExportRequest): Promise<readonly Diagnostic[]> {
  const items = await checkDestination(request);
  const { name } = request.destination;
  return items.flatMap(({ what, outcome, detail, advice }): readonly Diagnostic[] => {
    if (outcome === "ok") return [];
    const code = outcome === "failed" ? "RT0607" : "RT0614";
    return [diagnose(code, { destination: name, what, problem: detail }, { help: advice })];
  });
}
