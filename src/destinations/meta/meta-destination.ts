/** Custom audiences on Meta, through the Graph API: settings, capabilities and how the parts belong together. */
import { checkSchema } from "../../core/check-schema.ts";
import type { Outcome } from "../../core/diagnostic.ts";
import type { DeliveryStep, Destination } from "../../ports/destination.ts";
import { type DestinationOptions, type OpenedDestination, refuseFormat } from "../destination-factory.ts";
import { ApiClient } from "../http/api-client.ts";
import { MetaApi } from "./meta-api.ts";
import { checkMeta, ensureMetaAudience, findMetaAudience } from "./meta-audience.ts";
import { judgeMeta } from "./meta-errors.ts";
import { agreeOnMetaSchema, problemsWithColumns } from "./meta-payload.ts";
import { MetaSession } from "./meta-session.ts";
import { type MetaSettings, metaSettings } from "./meta-settings.ts";

const removal: DeliveryStep = { operation: "remove", counts: "with each batch" };
const addition: DeliveryStep = { operation: "add", counts: "with each batch" };

export function openMetaDestination(options: DestinationOptions): Outcome<OpenedDestination | undefined> {
  const { name, yaml, secrets } = options;
  const checked = checkSchema(metaSettings, options.settings, yaml, ["destinations", name], `destination "${name}"`);
  const diagnostics = [...checked.diagnostics, ...refuseFormat(options)];
  const { value } = checked;
  if (!value || diagnostics.length > 0) return { value: undefined, diagnostics };
  const own = [value.access_token, ...(value.app_secret === undefined ? [] : [value.app_secret])];
  return { value: { name, destination: createMetaDestination(value, options), secrets: [...secrets, ...own] }, diagnostics };
}

function createMetaDestination(settings: MetaSettings, { name, clock, signal, onWait }: DestinationOptions): Destination {
  const client = new ApiClient({ name, baseUrl: settings.base_url, settings, judge: judgeMeta(settings), clock, signal, onWait });
  const api = new MetaApi(client, settings);
  return {
    type: "meta",
    platform: "meta",
    capabilities: {
      modes: {
        mirror: [removal, addition],
        add: [removal, addition],
        // Additions here are people who stay and share an identifier with somebody who is removed.
        remove: [removal, addition],
        replace: [{ operation: "replace", counts: "when finished" }],
      },
      batchSize: 10_000,
      membershipDays: undefined,
      reviewsNames: true,
      findsById: true,
    },
    problemsWith: (columns) => problemsWithColumns(settings, columns),
    agreeOnSchema: (columns, settled) => agreeOnMetaSchema(settings.schema, columns, settled),
    find: (audience) => findMetaAudience(api, audience),
    check: (audience) => checkMeta(api, settings, audience),
    open: async ({ audience, parts, schema }) => {
      const audienceId = await ensureMetaAudience(api, settings, audience);
      return new MetaSession({ api, settings, clock, audienceId, parts, schema });
    },
  };
}
