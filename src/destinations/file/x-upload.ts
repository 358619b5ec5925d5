/** X's list file. Which column is what is said on X's page, so that the headers, which are the API's words, need only be plain. */
import { column, tableFormat } from "./table-format.ts";

export const xUpload = tableFormat({
  name: "x",
  limits: { bytes: 10_000_000_000 },
  columns: [
    column("EMAIL", "email", { hashed: true }),
    column("PHONE", "phone_number", { hashed: true }),
    column("MADID", "device_id", { hashed: true }),
    column("HANDLE", "handle", { hashed: true }),
    column("USER_ID", "twitter_id", { hashed: true }),
    column("EXTERN_ID", "partner_user_id"),
  ],
});
