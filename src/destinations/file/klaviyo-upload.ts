/** Klaviyo's list import. It adds people to a list and takes nobody out, so that the file is always the whole audience, for a list of its own. */
import { column, tableFormat } from "./table-format.ts";

export const klaviyoUpload = tableFormat({
  name: "klaviyo",
  limits: { bytes: 50_000_000 },
  removals: "none",
  columns: [column("EMAIL", "Email"), column("PHONE", "Phone Number")],
});
