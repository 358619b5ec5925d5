/** Snapchat's list file: one column of hashes. The text of its header is not certain: the `headers` setting can rename it. */
import { column, tableFormat } from "./table-format.ts";

export const snapchatUpload = tableFormat({
  name: "snapchat",
  columns: [
    column("EMAIL", "EMAIL_SHA256", { hashed: true }),
    column("PHONE", "PHONE_SHA256", { hashed: true }),
    column("MADID", "MOBILE_AD_ID_SHA256", { hashed: true }),
  ],
});
