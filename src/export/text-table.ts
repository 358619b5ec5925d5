/** Plain text with aligned columns, for the screens of exports. Knows no colour and no terminal. */

export type Line = readonly string[];

/** Columns as wide as their widest cell; those in `right` are set flush right. */
export function table(rows: readonly Line[], right: readonly number[] = []): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const cell = (text: string, i: number) => (right.includes(i) ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0));
  return rows.map((row) => row.map(cell).join("  ").trimEnd());
}

/** Sections with an empty line between them. */
export function joinSections(sections: readonly (readonly string[])[]): string {
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}
