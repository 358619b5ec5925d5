/** OneSignal's import of users: UTF-8 without a byte order mark, every header once. Membership is a tag. */
import { membershipColumn } from "./membership-column.ts";
import { column, tableFormat } from "./table-format.ts";

export const onesignalUpload = tableFormat({
  name: "onesignal",
  limits: { bytes: 150_000_000 },
  membership: membershipColumn,
  columns: [column("EXTERN_ID", "external_id"), column("EMAIL", "email"), column("PHONE", "phone_number")],
});
