/** One record of a CSV file per RFC 4180, with LF line ends. Values are written as they are: no upload page forgives an added apostrophe. */

const special = /[",\r\n]|^\s|\s$/;

export function csvRecord(fields: readonly string[]): string {
  return `${fields.map(csvField).join(",")}\n`;
}

export function csvField(field: string): string {
  return special.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
