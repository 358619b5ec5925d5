/** Braze's import of users, by their external id or by an alias. Membership is an attribute: a blank cell would leave it as it was. */
import { membershipColumn } from "./membership-column.ts";
import { column, tableFormat } from "./table-format.ts";

export const brazeUpload = tableFormat({
  name: "braze",
  limits: { bytes: 500_000_000 },
  membership: membershipColumn,
  columns: [column("EXTERN_ID", "external_id"), column("ALIAS_NAME", "user_alias_name"), column("ALIAS_LABEL", "user_alias_label")],
});
