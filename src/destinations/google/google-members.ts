/** People as Google's Data Manager API takes them, and which identifiers go together. Knows cells, and no answer. */

const contact = ["EMAIL", "PHONE", "FN", "LN", "COUNTRY", "ZIP"];
const address = ["FN", "LN", "COUNTRY", "ZIP"];
const hashedKeys: ReadonlySet<string> = new Set(["EMAIL", "PHONE", "FN", "LN"]);
const hashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export type UploadKey = "CONTACT_ID" | "MOBILE_ID";

/** A list takes contacts or mobile ids, from its first day to its last. */
export function uploadKeyOf(columns: readonly string[]): UploadKey {
  return columns.includes("MADID") ? "MOBILE_ID" : "CONTACT_ID";
}

export function problemsWithColumns(columns: readonly string[]): readonly string[] {
  const problems = columns.flatMap((column) =>
    column === "MADID" || contact.includes(column) ? [] : [`Google does not take ${column}; it takes ${contact.join(", ")}, or MADID alone`],
  );
  if (columns.includes("MADID") && columns.some((column) => contact.includes(column))) {
    problems.push("Google takes advertising ids in lists of their own: make one export with MADID and one with the other identifiers");
  }
  const missing = address.filter((column) => !columns.includes(column));
  if (missing.length > 0 && missing.length < address.length) {
    problems.push(`Google matches an address by all of ${address.join(", ")}, and ${missing.join(", ")} is not mapped`);
  }
  return problems;
}

type Member = { readonly mobileData: object } | { readonly userData: { readonly userIdentifiers: readonly object[] } };

export function toMember(columns: readonly string[], cells: readonly string[]): Member {
  const cell = (column: string) => checkedCell(column, cells[columns.indexOf(column)] ?? "");
  const madid = cell("MADID");
  if (madid !== "") return { mobileData: { mobileIds: [madid] } };
  const identifiers: object[] = [];
  if (cell("EMAIL") !== "") identifiers.push({ emailAddress: cell("EMAIL") });
  if (cell("PHONE") !== "") identifiers.push({ phoneNumber: cell("PHONE") });
  if (address.every((column) => cell(column) !== "")) {
    identifiers.push({ address: { givenName: cell("FN"), familyName: cell("LN"), regionCode: cell("COUNTRY"), postalCode: cell("ZIP") } });
  }
  if (identifiers.length === 0) throw new Error("a row has no identifier that finds somebody");
  return { userData: { userIdentifiers: identifiers } };
}

/** The last line of defence: should a plain value ever come this far, it stops here and not at Google. */
function checkedCell(column: string, cell: string): string {
  if (cell !== "" && hashedKeys.has(column) && (!/^[0-9a-f]{64}$/.test(cell) || cell === hashOfNothing)) {
    throw new Error(`a cell of ${column} is not the SHA-256 of a value`);
  }
  return cell;
}
