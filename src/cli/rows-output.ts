/** Rows of a query in the forms that people and programs read. Rows are masked before they come here. */
import type { ResultSet } from "../ports/engine.ts";
import { toJson } from "../reporters/cell-text.ts";
import { markdownCell, markdownTable } from "../reporters/markdown.ts";
import { isNumberType, renderTable } from "./table.ts";

export const rowForms = ["table", "csv", "json", "ndjson", "markdown"] as const;
export type RowForm = (typeof rowForms)[number];

export interface NamedRows {
  readonly name: string;
  readonly result: ResultSet;
}

/** One result is printed alone; several each under its name. JSON is always one document. */
export function renderRows(results: readonly NamedRows[], form: RowForm): string {
  const [only] = results;
  switch (form) {
    case "json":
      return `${toJson(results.length === 1 && only ? only.result.rows : results.map(({ name, result }) => ({ name, rows: result.rows })), 2)}\n`;
    case "ndjson":
      return results.flatMap(({ name, result }) => result.rows.map((row) => `${toJson(results.length === 1 ? row : { name, row })}\n`)).join("");
    case "csv":
      return titled(
        results,
        (result) => csv(result),
        (name) => `# ${name}\n`,
      );
    case "markdown":
      return titled(results, markdown, (name) => `### ${name}\n\n`);
    case "table":
      return titled(results, renderTable, (name) => `${name}\n`);
  }
}

function titled(results: readonly NamedRows[], render: (result: ResultSet) => string, title: (name: string) => string): string {
  const [only] = results;
  if (results.length === 1 && only) return render(only.result);
  return results.map(({ name, result }) => `${title(name)}${render(result)}`).join("\n");
}

/** RFC 4180, but with `\n`. NULL is an empty value, an empty text is quoted. */
function csv({ columns, rows }: ResultSet): string {
  const names = columns.map(({ name }) => name);
  const lines = [names.map(csvCell), ...rows.map((row) => names.map((name) => csvCell(row[name])))];
  return lines.map((cells) => `${cells.join(",")}\n`).join("");
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : typeof value === "object" ? toJson(value) : String(value);
  return text === "" || /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
}

function markdown({ columns, rows }: ResultSet): string {
  const lines = markdownTable(
    columns.map(({ name, type }) => ({ name, isNumber: isNumberType(type) })),
    rows.map((row) => columns.map(({ name }) => markdownCell(row[name]))),
  );
  return `${lines.join("\n")}\n`;
}
