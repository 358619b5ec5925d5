/** Small pieces of Markdown for the generated parts of the reference. */

/** Text in a table's cell: no line ends, and bars that do not end the cell. Angle brackets outside code would be read as HTML. */
export function cell(text: string): string {
  const inCode = text.split(/(`[^`]*`)/);
  return inCode
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll("<", "&lt;").replaceAll("{{", "\\{{")))
    .join("")
    .replaceAll("\n", " ")
    .replaceAll("|", "\\|");
}

export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(cell)))].join("\n");
}
