/** Customer.io's import of people, by id or e-mail address. Membership is an attribute. */
import { membershipColumn } from "./membership-column.ts";
import { column, tableFormat } from "./table-format.ts";

export const customerioUpload = tableFormat({
  name: "customerio",
  limits: { bytes: 100_000_000 },
  membership: membershipColumn,
  columns: [column("EXTERN_ID", "id"), column("EMAIL", "email")],
});
