/**
 * Meta's customer list file. Columns stand in the order of Meta's own sample; `email` and `phone` may stand three times.
 * A birth date is one column here, where the API has three: map DOB (hashed as YYYYMMDD) for `dob` and DOBY for `doby`.
 * DOBM, DOBD and FI have no column and are refused, because hashes of parts cannot be joined into the hash of a date.
 */
import { column, tableFormat } from "./table-format.ts";

export const metaUpload = tableFormat({
  name: "meta",
  reviewsNames: true,
  columns: [
    column("EMAIL", "email", { hashed: true, most: 3 }),
    column("PHONE", "phone", { hashed: true, most: 3 }),
    column("MADID", "madid"),
    column("FN", "fn", { hashed: true }),
    column("LN", "ln", { hashed: true }),
    column("ZIP", "zip", { hashed: true }),
    column("CT", "ct", { hashed: true }),
    column("ST", "st", { hashed: true }),
    column("COUNTRY", "country", { hashed: true }),
    column("DOB", "dob", { hashed: true }),
    column("DOBY", "doby", { hashed: true }),
    column("GEN", "gen", { hashed: true }),
    column("APPUID", "appuid"),
    column("PAGEUID", "pageuid"),
    // Not in every version of Meta's documents, and `uid` in older ones: the destination's `headers` setting can rename it.
    column("EXTERN_ID", "external_id"),
    column("LOOKALIKE_VALUE", "value"),
  ],
});
