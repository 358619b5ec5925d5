/**
 * Customer Match lists at Google, through the Data Manager API. A replacement sends everybody anew and then removes whoever
 * was last added before it began.
 */
import { checkSchema } from "../../core/check-schema.ts";
import type { Outcome } from "../../core/diagnostic.ts";
import type { Batch, Delivery, DeliverySession, DeliveryStep, Destination, Receipt } from "../../ports/destination.ts";
import { type DestinationOptions, type OpenedDestination, refuseFormat } from "../destination-factory.ts";
import { ApiClient } from "../http/api-client.ts";
import { confirmRequests } from "./confirm-requests.ts";
import { GoogleApi } from "./google-api.ts";
import { judgeGoogle } from "./google-errors.ts";
import { checkGoogle, ensureGoogleList, findGoogleList } from "./google-list.ts";
import { problemsWithColumns, toMember, uploadKeyOf } from "./google-members.ts";
import { type GoogleSettings, googleSettings } from "./google-settings.ts";
import { ServiceAccount } from "./service-account.ts";

const removal: DeliveryStep = { operation: "remove", counts: "with each batch" };
const addition: DeliveryStep = { operation: "add", counts: "with each batch" };

export function openGoogleDestination(options: DestinationOptions): Outcome<OpenedDestination | undefined> {
  const { name, yaml, secrets } = options;
  const checked = checkSchema(googleSettings, options.settings, yaml, ["destinations", name], `destination "${name}"`);
  const diagnostics = [...checked.diagnostics, ...refuseFormat(options)];
  const { value } = checked;
  if (!value || diagnostics.length > 0) return { value: undefined, diagnostics };
  const own = value.credentials === undefined ? [] : [value.credentials];
  return { value: { name, destination: createGoogleDestination(value, options), secrets: [...secrets, ...own] }, diagnostics };
}

function createGoogleDestination(settings: GoogleSettings, { name, clock, signal, onWait, projectDir }: DestinationOptions): Destination {
  const account = new ServiceAccount(settings, projectDir, clock, signal);
  const byGoogle = judgeGoogle(() => account.reset());
  // Google's clock against ours: a replacement names the moment that it began, and must not name one that is to come.
  let aheadMs = 0;
  const judge: typeof byGoogle = (response) => {
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) aheadMs = date - clock.now().getTime();
    return byGoogle(response);
  };
  const client = new ApiClient({ name, baseUrl: settings.base_url, settings, judge, clock, signal, onWait });
  const api = new GoogleApi(client, settings, account);
  return {
    type: "google",
    platform: "google",
    capabilities: {
      modes: {
        mirror: [removal, addition],
        add: [removal, addition],
        // Additions here are people who stay and share an identifier with somebody who is removed.
        remove: [removal, addition],
        replace: [{ operation: "replace", counts: "when finished" }],
      },
      batchSize: 10_000,
      membershipDays: settings.membership_days,
      reviewsNames: true,
      findsById: true,
    },
    problemsWith: (columns) => {
      const repeated = problemsWithColumns(columns);
      return columns.includes("MADID") && settings.app_id === undefined ? [...repeated, "MADID needs `app_id` in the destination's settings"] : repeated;
    },
    agreeOnSchema: (columns, settled) => {
      const schema = uploadKeyOf(columns);
      if (settled === undefined || settled === schema) return { schema };
      return {
        problem: `its list was begun with ${settled}, and takes nothing else`,
        advice: "map identifiers of that kind, or begin a new list under another `audience.id` or export name",
      };
    },
    find: (audience) => findGoogleList(api, audience),
    check: (audience) => checkGoogle(api, account, audience),
    open: async (delivery) => {
      const listId = await ensureGoogleList(api, settings, delivery.audience);
      return openSession(api, delivery, listId, new Date(clock.now().getTime() + aheadMs));
    },
    confirm: (references, wait) => confirmRequests(api, clock, signal, references, wait ? settings.status_wait_seconds * 1000 : 0),
  };
}

function openSession(api: GoogleApi, { parts }: Delivery, listId: string, begunAt: Date): DeliverySession {
  return {
    audienceId: listId,
    send: async ({ operation, members }: Batch): Promise<Receipt> => {
      const columns = parts.find((part) => part.operation === operation)?.columns ?? [];
      const people = members.map(({ cells }) => toMember(columns, cells));
      const { requestId, fieldWarnings = [] } = await api.members(operation === "remove" ? "remove" : "ingest", listId, people, false);
      const warnings = fieldWarnings.map(({ reason, description }) => reason ?? description ?? "a field was ignored");
      return { reference: requestId, received: members.length, warnings: [...new Set(warnings)] };
    },
    finish: async () => {
      if (!parts.some(({ operation }) => operation === "replace")) return { files: [] };
      return { files: [], reference: (await api.removeAll(listId, begunAt)).requestId };
    },
    abort: async () => undefined,
  };
}
