/** The settings of a `tiktok` destination in retain.yml. */
import { z } from "zod";
import { httpSettings, urlSetting } from "../http/http-settings.ts";

export const tiktokSettings = z.strictObject({
  type: z.literal("tiktok").describe("TikTok's segment API"),
  advertiser_id: z
    .union([z.string(), z.number()])
    .transform(String)
    .check((context) => {
      // Large numbers lose digits in YAML, and a token may stand here by mistake: nothing of it is repeated.
      if (!/^\d+$/.test(context.value)) context.issues.push({ code: "custom", message: "must be the number of an advertiser, in quotes", input: "" });
    })
    .describe("number of the advertiser account that owns the audiences, in quotes"),
  access_token: z.string().min(1).describe("a long-term token of the app with the audience management permission"),
  base_url: urlSetting.default("https://business-api.tiktok.com").describe("another address, for tests; without https only this machine"),
  batch_size: z.number().int().min(1).max(10_000).default(10_000).describe("most people in a request"),
  ...httpSettings(300),
});

export type TiktokSettings = z.output<typeof tiktokSettings>;
