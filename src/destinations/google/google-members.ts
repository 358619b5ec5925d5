/** People as Google's Data Manager API takes them, and which identifiers go together. Knows cells, and no answer. */
import { hashCell } from "../hash-cell.ts";

const address = ["FN", "LN", "COUNTRY", "ZIP"];
const hashedKeys: ReadonlySet<string> = new Set(["EMAIL", "PHONE", "FN", "LN"]);

export type UploadKey = "CONTACT_ID" | "MOBILE_ID";

/** A list takes contacts or mobile ids, from its first day to its last. */
export function uploadKeyOf(columns: readonly string[]): UploadKey {
  return columns.includes("MADID") ? "MOBILE_ID" : "CONTACT_ID";
}

/** A person may have several addresses and numbers, ten identifiers in all, and one of everything else. */
export function problemsWithColumns(columns: readonly string[]): readonly string[] {
  const times = (key: string) => columns.filter((column) => column === key).length;
  const most = (key: string) => (key === "EMAIL" || key === "PHONE" ? 4 : 1);
  const repeated = [...new Set(columns)].filter((key) => times(key) > most(key));
  return repeated.map((key) => `${key} is mapped ${times(key)} times; Google's API takes it ${most(key) === 1 ? "once" : `${most(key)} times`}`);
}

type Member = { readonly mobileData: object } | { readonly userData: { readonly userIdentifiers: readonly object[] } };

export function toMember(columns: readonly string[], cells: readonly string[]): Member {
  const cell = (column: string) => {
    const text = cells[columns.indexOf(column)] ?? "";
    return hashedKeys.has(column) ? hashCell(column, text) : text;
  };
  const madid = cell("MADID");
  if (madid !== "") return { mobileData: { mobileIds: [madid] } };
  const identifiers: object[] = [];
  for (const [i, column] of columns.entries()) {
    const text = cells[i] ?? "";
    if (text === "") continue;
    if (column === "EMAIL") identifiers.push({ emailAddress: hashCell(column, text) });
    if (column === "PHONE") identifiers.push({ phoneNumber: hashCell(column, text) });
  }
  if (address.every((column) => cell(column) !== "")) {
    identifiers.push({ address: { givenName: cell("FN"), familyName: cell("LN"), regionCode: cell("COUNTRY"), postalCode: cell("ZIP") } });
  }
  if (identifiers.length === 0) throw new Error("a row has no identifier that finds somebody");
  return { userData: { userIdentifiers: identifiers } };
}
