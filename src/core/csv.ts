/** Splits CSV text into records with the place of each value, as RFC 4180 quotes them. Knows nothing of types. */

export interface CsvCell {
  readonly start: number;
  readonly end: number;
}

/** Records in order, the header first. Blank lines between records are left out, as the database does. */
export function scanCsv(text: string, delimiter: string): readonly (readonly CsvCell[])[] {
  const records: CsvCell[][] = [];
  let record: CsvCell[] = [];
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  let quoted = false;
  const endCell = (at: number): void => {
    record.push({ start, end: at });
    start = at + 1;
  };
  const endRecord = (at: number): void => {
    // In a file with one column a blank line is a row: its only value is empty.
    const isBlank = record.length === 0 && at === start && records[0]?.length !== 1;
    endCell(at);
    if (!isBlank) records.push(record);
    record = [];
  };
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char === '"') quoted = text[i + 1] === '"' ? Boolean(++i) : false;
    } else if (char === '"' && i === start) quoted = true;
    else if (char === delimiter) endCell(i);
    else if (char === "\n" || char === "\r") {
      endRecord(i);
      if (char === "\r" && text[i + 1] === "\n") i++;
      start = i + 1;
    }
  }
  if (start < text.length || record.length > 0) endRecord(text.length);
  return records;
}

/** What a cell says: an empty one is NULL, a quoted empty one is empty text. */
export function csvValue(text: string, { start, end }: CsvCell): string | null {
  const written = text.slice(start, end);
  if (written === "") return null;
  return written.length > 1 && written.startsWith('"') && written.endsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
}
