/** The settings of a `meta` destination in retain.yml. */
import { z } from "zod";
import { httpSettings, urlSetting } from "../http/http-settings.ts";

const ids = z.array(z.union([z.string(), z.number()]).transform(String)).min(1);

export const metaSettings = z.strictObject({
  type: z.literal("meta").describe("Meta's Graph API: Facebook and Instagram"),
  ad_account: z
    .union([z.string(), z.number()])
    .transform((id) => String(id).replace(/^act_/, ""))
    .check((context) => {
      // Nothing of it is repeated: whoever mixes up two variables may have put the token here.
      if (!/^\d+$/.test(context.value))
        context.issues.push({ code: "custom", message: "must be the number of an ad account, with or without act_", input: "" });
    })
    .describe("number of the ad account that owns the audiences"),
  access_token: z.string().min(1).describe("a system user's token with the permission ads_management"),
  app_secret: z.string().min(1).optional().describe("the app's secret, where the app requires appsecret_proof"),
  business_id: z.union([z.string(), z.number()]).transform(String).optional().describe("only for the address of the terms of value-based audiences"),
  api_version: z
    .string()
    .regex(/^v\d+\.\d+$/, "must be a version such as v25.0")
    .default("v25.0")
    .describe("version of the Graph API"),
  base_url: urlSetting.default("https://graph.facebook.com").describe("another address, for tests; without https only this machine"),
  customer_file_source: z
    .enum(["USER_PROVIDED_ONLY", "PARTNER_PROVIDED_ONLY", "BOTH_USER_AND_PARTNER_PROVIDED"])
    .default("USER_PROVIDED_ONLY")
    .describe("who collected the data, as Meta asks for it"),
  usage: z.enum(["any", "exclusion_only"]).default("any").describe("exclusion_only makes audiences that ads can only leave out"),
  schema: z.enum(["multi", "single"]).default("multi").describe("single for an audience that was begun with one identifier and takes no others"),
  limited_data_use: z
    .strictObject({
      country: z.number().int().min(0).describe("1 is the US, 0 lets Meta find out"),
      state: z.number().int().min(0).describe("1000 is California, 0 lets Meta find out"),
    })
    .optional()
    .describe("marks everybody sent for Limited Data Use: country 1 is the US, state 1000 California, 0 and 0 lets Meta find out"),
  app_ids: ids.optional().describe("apps whose user ids APPUID holds"),
  page_ids: ids.max(1).optional().describe("the page whose user ids PAGEUID holds"),
  ...httpSettings(600),
});

export type MetaSettings = z.output<typeof metaSettings>;
