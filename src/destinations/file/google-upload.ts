/**
 * Google's Customer Match file, in the order of Google's own header line. Country and Zip are never hashed. Advertising
 * ids have a file of their own with one column, whose header is not certain: the `headers` setting can rename it.
 */
import { column, tableFormat } from "./table-format.ts";

export const googleUpload = tableFormat({
  name: "google",
  reviewsNames: true,
  columns: [
    column("EMAIL", "Email", { hashed: true, most: 3 }),
    column("PHONE", "Phone", { hashed: true, most: 3 }),
    column("FN", "First Name", { hashed: true }),
    column("LN", "Last Name", { hashed: true }),
    column("COUNTRY", "Country"),
    column("ZIP", "Zip", { most: 3 }),
    column("MADID", "Mobile Device ID"),
  ],
});
