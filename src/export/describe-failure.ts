/** What went wrong at a destination as a diagnostic: its first line, without secrets, and the next step where it is known. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { DeliveryError } from "../ports/destination.ts";
import type { ExportDestination } from "./export-request.ts";

/** A flag such as "1" may come from the environment, too; cutting it out of a sentence hides nothing and garbles much. */
const shortestSecret = 4;

export function describeFailure(error: unknown, { name, secrets }: Pick<ExportDestination, "name" | "secrets">): Diagnostic {
  const text = error instanceof Error ? error.message : String(error);
  const problem = hideSecrets(text.split("\n")[0] ?? "", secrets);
  const advice = error instanceof DeliveryError && error.advice !== undefined ? hideSecrets(error.advice, secrets) : undefined;
  return diagnose("RT0605", { destination: name, problem }, { help: advice });
}

export function hideSecrets(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets.filter((secret) => secret.length >= shortestSecret).toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}
