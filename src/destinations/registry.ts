/** The destinations that this version knows, one line each. Opens them by the type in their settings; delivers nothing. */
import type { z } from "zod";
import { diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { DestinationOptions, OpenDestination, OpenedDestination } from "./destination-factory.ts";
import { fileSettings, openFileDestination } from "./file/open-file-destination.ts";
import { openGoogleDestination } from "./google/google-destination.ts";
import { googleSettings } from "./google/google-settings.ts";
import { openMetaDestination } from "./meta/meta-destination.ts";
import { metaSettings } from "./meta/meta-settings.ts";
import { openTiktokDestination } from "./tiktok/tiktok-destination.ts";
import { tiktokSettings } from "./tiktok/tiktok-settings.ts";
import { openWebhookDestination, webhookSettings } from "./webhook/webhook-destination.ts";

interface DestinationType {
  /** What may stand under its name in retain.yml, for editors and the reference. */
  readonly settings: z.ZodType;
  readonly open: OpenDestination;
}

export const destinationTypes: ReadonlyMap<string, DestinationType> = new Map<string, DestinationType>([
  ["file", { settings: fileSettings, open: openFileDestination }],
  ["google", { settings: googleSettings, open: openGoogleDestination }],
  ["meta", { settings: metaSettings, open: openMetaDestination }],
  ["tiktok", { settings: tiktokSettings, open: openTiktokDestination }],
  ["webhook", { settings: webhookSettings, open: openWebhookDestination }],
]);

export function openDestination(options: DestinationOptions): Outcome<OpenedDestination | undefined> {
  const type = String((options.settings as { readonly type?: unknown } | null)?.type);
  const open = destinationTypes.get(type)?.open;
  if (open) return open(options);
  const known = [...destinationTypes.keys()];
  const problem = `its destination "${options.name}" is of type "${type}", which this version does not know`;
  const help = suggestion(type, known) ?? `known types: ${known.join(", ")}`;
  const span = options.yaml.spanOf(["destinations", options.name, "type"]);
  return { value: undefined, diagnostics: [diagnose("RT0603", { name: options.exportName, problem }, { span, help })] };
}
