/** The destinations that this version knows, one line each. Opens them by the type in their settings; delivers nothing. */
import { diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { DestinationOptions, OpenDestination, OpenedDestination } from "./destination-factory.ts";
import { openFileDestination } from "./file/open-file-destination.ts";
import { openGoogleDestination } from "./google/google-destination.ts";
import { openMetaDestination } from "./meta/meta-destination.ts";
import { openTiktokDestination } from "./tiktok/tiktok-destination.ts";
import { openWebhookDestination } from "./webhook/webhook-destination.ts";

const destinationTypes: ReadonlyMap<string, OpenDestination> = new Map([
  ["file", openFileDestination],
  ["google", openGoogleDestination],
  ["meta", openMetaDestination],
  ["tiktok", openTiktokDestination],
  ["webhook", openWebhookDestination],
]);

export function openDestination(options: DestinationOptions): Outcome<OpenedDestination | undefined> {
  const type = String((options.settings as { readonly type?: unknown } | null)?.type);
  const open = destinationTypes.get(type);
  if (open) return open(options);
  const known = [...destinationTypes.keys()];
  const problem = `its destination "${options.name}" is of type "${type}", which this version does not know`;
  const help = suggestion(type, known) ?? `known types: ${known.join(", ")}`;
  const span = options.yaml.spanOf(["destinations", options.name, "type"]);
  return { value: undefined, diagnostics: [diagnose("RT0603", { name: options.exportName, problem }, { span, help })] };
}
