/**
 * Criteo's contact list: one column of identifiers, at most as many as one call of its API takes. Criteo documents no file;
 * the header is the API's word for the kind of identifier, and the `headers` setting can rename it.
 */
import { column, tableFormat } from "./table-format.ts";

export const criteoUpload = tableFormat({
  name: "criteo",
  limits: { rows: 50_000 },
  columns: [
    column("EMAIL", "email", { hashed: true }),
    column("MADID", "madid"),
    column("IDENTITY_LINK", "identityLink"),
    column("GUM", "gum"),
    column("EXTERN_ID", "customerid"),
  ],
});
