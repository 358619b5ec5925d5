/**
 * Meta's schema and rows. An audience that was begun with one identifier has a text for its schema and plain texts for its
 * rows, all others have lists; which form it is stays for good. Knows cells, and no platform's answer.
 */
import { hashCell } from "../hash-cell.ts";
import type { MetaSettings } from "./meta-settings.ts";

/** The names of identifiers where one stands alone. */
const singleNames: Readonly<Record<string, string>> = {
  EMAIL: "EMAIL_SHA256",
  PHONE: "PHONE_SHA256",
  MADID: "MOBILE_ADVERTISER_ID",
  EXTERN_ID: "EXTERN_ID",
};

const known = [
  "EXTERN_ID",
  "EMAIL",
  "PHONE",
  "GEN",
  "DOBY",
  "DOBM",
  "DOBD",
  "LN",
  "FN",
  "FI",
  "CT",
  "ST",
  "ZIP",
  "MADID",
  "COUNTRY",
  "APPUID",
  "PAGEUID",
  "LOOKALIKE_VALUE",
];

/** All reasons why these identifiers cannot be sent. */
export function problemsWithColumns({ app_ids, page_ids }: Pick<MetaSettings, "app_ids" | "page_ids">, columns: readonly string[]): readonly string[] {
  const problems = columns.flatMap((column) => {
    if (column === "DOB") return ["Meta's API takes a birth date in parts: map DOBY, DOBM and DOBD, all to the same column"];
    if (!known.includes(column)) return [`Meta's API does not take ${column}; it takes ${known.join(", ")}`];
    if (column === "APPUID" && !app_ids) return ["APPUID needs `app_ids` in the destination's settings"];
    if (column === "PAGEUID" && !page_ids) return ["PAGEUID needs `page_ids` in the destination's settings"];
    return [];
  });
  const repeated = columns.filter((column, i) => columns.indexOf(column) !== i);
  return [...problems, ...[...new Set(repeated)].map((column) => `${column} is mapped more than once, which only files can hold`)];
}

type Agreed = { readonly schema: string } | { readonly problem: string; readonly advice: string };

/** `multi` or `single:EMAIL`, each with `+value` where people have a worth. */
export function agreeOnMetaSchema(wanted: MetaSettings["schema"], columns: readonly string[], settled: string | undefined): Agreed {
  const value = columns.includes("LOOKALIKE_VALUE") ? "+value" : "";
  const [only, ...others] = columns;
  if (wanted === "single" && (only === undefined || others.length > 0 || singleNames[only] === undefined)) {
    return {
      problem: `with \`schema: single\` an audience takes one identifier and no other, not ${columns.join(", ")}`,
      advice: `map one of ${Object.keys(singleNames).join(", ")}, or take \`schema: single\` away`,
    };
  }
  const schema = wanted === "single" ? `single:${only}` : `multi${value}`;
  if (settled === undefined || settled === schema) return { schema };
  const begun = settled.startsWith("single:")
    ? `with ${settled.slice(7)} alone`
    : settled.endsWith("+value")
      ? "with values"
      : "with several identifiers and without values";
  return {
    problem: `its audience was begun ${begun}, and Meta keeps that for good`,
    advice: "map and set it as it was, or begin a new audience under another `audience.id` or export name",
  };
}

export function schemaOf(schema: string, { limited_data_use }: Pick<MetaSettings, "limited_data_use">, columns: readonly string[]): string | readonly string[] {
  if (schema.startsWith("single:")) return singleNames[schema.slice(7)] ?? schema;
  return limited_data_use ? [...columns, "DATA_PROCESSING_OPTIONS", "DATA_PROCESSING_OPTIONS_COUNTRY", "DATA_PROCESSING_OPTIONS_STATE"] : columns;
}

const hashedKeys: ReadonlySet<string> = new Set(["EMAIL", "PHONE", "GEN", "DOBY", "DOBM", "DOBD", "LN", "FN", "FI", "CT", "ST", "ZIP", "COUNTRY"]);

export function dataRows(
  schema: string,
  { limited_data_use }: Pick<MetaSettings, "limited_data_use">,
  columns: readonly string[],
  people: readonly (readonly string[])[],
): readonly unknown[] {
  for (const cells of people) checkRow(columns, cells);
  if (schema.startsWith("single:")) return people.map(([cell]) => cell);
  const valueAt = columns.indexOf("LOOKALIKE_VALUE");
  const withValue = valueAt < 0 ? people : people.map((cells) => cells.map((cell, i) => (i === valueAt && cell !== "" ? Number(cell) : cell)));
  if (!limited_data_use) return withValue;
  const { country, state } = limited_data_use;
  return withValue.map((cells) => [...cells, ["LDU"], country, state]);
}

function checkRow(columns: readonly string[], cells: readonly string[]): void {
  if (cells.length !== columns.length) throw new Error(`a row has ${cells.length} cells for ${columns.length} columns`);
  if (cells.every((cell) => cell === "")) throw new Error("a row has no identifier at all");
  for (const [i, column] of columns.entries()) if (hashedKeys.has(column)) hashCell(column, cells[i] ?? "");
}
