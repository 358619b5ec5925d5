/** Pinterest's customer list file: one column of hashes. The text of its header is not certain: the `headers` setting can rename it. */
import { column, tableFormat } from "./table-format.ts";

export const pinterestUpload = tableFormat({
  name: "pinterest",
  columns: [column("EMAIL", "email", { hashed: true }), column("MADID", "maid", { hashed: true })],
});
