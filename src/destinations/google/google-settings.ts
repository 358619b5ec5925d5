/** The settings of a `google` destination in retain.yml. */
import { z } from "zod";
import { httpSettings, urlSetting } from "../http/http-settings.ts";

const accountId = z
  .union([z.string(), z.number()])
  .transform((id) => String(id).replaceAll("-", ""))
  .check((context) => {
    if (!/^\d+$/.test(context.value)) context.issues.push({ code: "custom", message: "must be the number of an account, with or without dashes", input: "" });
  });

const consent = z.enum(["granted", "denied"]);

export const googleSettings = z
  .strictObject({
    type: z.literal("google").describe("Google's Data Manager API"),
    account: accountId.describe("the Google Ads account that owns the lists"),
    login_account: accountId.optional().describe("the manager account that the service account has access to, where it is another one"),
    account_type: z.string().min(1).default("GOOGLE_ADS").describe("what kind of account it is, in Google's words"),
    credentials: z.string().min(1).optional().describe("a service account's key as JSON text, from the environment"),
    credentials_file: z.string().min(1).optional().describe("the same as a file, relative to the project"),
    quota_project: z.string().min(1).optional().describe("the project that calls count for, where it is not the service account's"),
    base_url: urlSetting.default("https://datamanager.googleapis.com").describe("another address, for tests; without https only this machine"),
    consent: z
      .strictObject({
        ad_user_data: consent.default("granted").describe("to the use of their data for ads"),
        ad_personalization: consent.default("granted").describe("to personalized ads"),
      })
      .default({ ad_user_data: "granted", ad_personalization: "granted" })
      .describe("what the people sent have agreed to; without both, Google drops people in the EEA and the UK"),
    membership_days: z.number().int().min(1).max(540).default(540).describe("how long members stay without being sent again; they are sent again in time"),
    app_id: z.string().min(1).optional().describe("the app whose advertising ids MADID holds, for lists that are made"),
    app_system: z.enum(["ANDROID", "IOS"]).default("ANDROID").describe("the system of that app"),
    status_wait_seconds: z.number().min(0).default(300).describe("how long to wait at the end for what became of the batches"),
    // 300 are allowed.
    ...httpSettings(240),
  })
  .refine(({ credentials, credentials_file }) => (credentials === undefined) !== (credentials_file === undefined), {
    message: "needs `credentials` or `credentials_file`, and not both",
  });

export type GoogleSettings = z.output<typeof googleSettings>;
