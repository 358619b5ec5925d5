/** TikTok's customer file: everything hashed, each header at most three times, 50 MB a file. */
import { column, tableFormat } from "./table-format.ts";

const threeTimes = { hashed: true, most: 3 };

export const tiktokUpload = tableFormat({
  name: "tiktok",
  reviewsNames: true,
  limits: { bytes: 50_000_000 },
  columns: [
    column("EMAIL", "Email_SHA256", threeTimes),
    column("PHONE", "Phone_SHA256", threeTimes),
    column("MADID", "MAID_SHA256", threeTimes),
    column("IDFA", "MAID_SHA256", threeTimes),
    column("GAID", "MAID_SHA256", threeTimes),
    column("AAID", "MAID_SHA256", threeTimes),
  ],
});
