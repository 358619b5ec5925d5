/**
 * Microsoft Advertising's bulk file: a record for the customer list that says what is done, then a record for each
 * identifier. The list must be there already, because its terms are accepted where it is made; `audience.id` names it. A
 * whole audience replaces what was in the list, and further files of it add to the first.
 */
import { hashCell } from "../hash-cell.ts";
import { csvRecord } from "./csv.ts";
import { checkRow, column, problemsWith } from "./table-format.ts";
import type { HeaderNames, LayoutResult, UploadFile, UploadFormat } from "./upload-format.ts";

const fields = [
  "Type",
  "Status",
  "Id",
  "Parent Id",
  "Client Id",
  "Modified Time",
  "Name",
  "Description",
  "Scope",
  "Audience",
  "Action Type",
  "Sub Type",
  "Text",
];

/** In place of headers, the words of the field Sub Type. That of the advertiser's own ids is not certain: `headers` can change it. */
const subTypes = [column("EMAIL", "Email", { hashed: true }), column("EXTERN_ID", "CRM")];

type Field = (typeof fields)[number];

function record(values: Readonly<Partial<Record<Field, string>>>): string {
  return csvRecord(fields.map((field) => values[field] ?? ""));
}

function layOut(keys: readonly string[], headers: HeaderNames): LayoutResult {
  const problems = problemsWith(subTypes, keys, headers);
  if (problems.length > 0) return { ok: false, problems };
  const layout = ({ audience: { id = "", name }, operation, number }: UploadFile) => {
    const action = operation === "remove" ? "Remove" : number === 1 ? "Replace" : "Add";
    const list = record({ Type: "Customer List", Status: "Active", Id: id, Scope: "Customer", Audience: name, "Action Type": action });
    return {
      header: csvRecord(fields) + record({ Type: "Format Version", Name: "6.0" }) + list,
      record: (cells: readonly string[]) => {
        checkRow(keys, cells);
        const items = keys.flatMap((key, i) => {
          const cell = key === "EMAIL" ? hashCell(key, cells[i] ?? "") : (cells[i] ?? "");
          const subType = headers[key] ?? subTypes.find((candidate) => candidate.key === key)?.header ?? "";
          return cell === "" ? [] : [record({ Type: "Customer List Item", "Parent Id": id, "Sub Type": subType, Text: cell })];
        });
        return items.join("");
      },
    };
  };
  return { ok: true, layout };
}

export const microsoftUpload: UploadFormat = {
  name: "microsoft",
  extension: "csv",
  // What others report of the bulk service; a setting, because Microsoft's own figure is not known.
  limits: { bytes: 100_000_000 },
  layOut,
  problemWith: ({ id }) =>
    id !== undefined
      ? undefined
      : {
          problem: "Microsoft's bulk file must name the customer list",
          advice: "make one at Microsoft Advertising, accept the terms there, and set `audience.id` to its number",
        },
};
