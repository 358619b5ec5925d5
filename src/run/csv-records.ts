/** Splits CSV text into records with the place of each value: only to point at what a failed load complains of. */

export interface Cell {
  readonly start: number;
  readonly end: number;
}

/** Records in order, the header first. Blank lines between records are left out, as the database does. */
export function scanCsv(text: string, delimiter: string): readonly (readonly Cell[])[] {
  const records: Cell[][] = [];
  let record: Cell[] = [];
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
