/**
 * Meta's customer list file. Columns stand in the order of Meta's own sample; `email` and `phone` may stand three times.
 * A birth date is one column here, where the API has three: map DOB (hashed as YYYYMMDD) for `dob` and DOBY for `doby`.
 * DOBM, DOBD and FI have no column and are refused, because hashes of parts cannot be joined into the hash of a date.
 */
import { layOutTable, type UploadColumn, type UploadFormat } from "./upload-format.ts";

const columns: readonly UploadColumn[] = [
  { key: "EMAIL", header: "email", hashed: true, most: 3 },
  { key: "PHONE", header: "phone", hashed: true, most: 3 },
  { key: "MADID", header: "madid", hashed: false, most: 1 },
  { key: "FN", header: "fn", hashed: true, most: 1 },
  { key: "LN", header: "ln", hashed: true, most: 1 },
  { key: "ZIP", header: "zip", hashed: true, most: 1 },
  { key: "CT", header: "ct", hashed: true, most: 1 },
  { key: "ST", header: "st", hashed: true, most: 1 },
  { key: "COUNTRY", header: "country", hashed: true, most: 1 },
  { key: "DOB", header: "dob", hashed: true, most: 1 },
  { key: "DOBY", header: "doby", hashed: true, most: 1 },
  { key: "GEN", header: "gen", hashed: true, most: 1 },
  { key: "APPUID", header: "appuid", hashed: false, most: 1 },
  { key: "PAGEUID", header: "pageuid", hashed: false, most: 1 },
  // Not in every version of Meta's documents, and `uid` in older ones: the destination's `headers` setting can rename it.
  { key: "EXTERN_ID", header: "external_id", hashed: false, most: 1 },
  { key: "LOOKALIKE_VALUE", header: "value", hashed: false, most: 1 },
];

export const metaUpload: UploadFormat = {
  name: "meta",
  extension: "csv",
  layOut: (keys, headers) => layOutTable(columns, keys, headers),
};
