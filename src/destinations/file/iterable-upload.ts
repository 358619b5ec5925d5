/** Iterable's import of users, by user id or e-mail address as the project has it. Membership is a field, and a field's type is for good: true or false. */
import { membershipColumn } from "./membership-column.ts";
import { column, tableFormat } from "./table-format.ts";

export const iterableUpload = tableFormat({
  name: "iterable",
  limits: { rows: 2_000_000 },
  membership: membershipColumn,
  columns: [column("EXTERN_ID", "userId"), column("EMAIL", "email")],
});
