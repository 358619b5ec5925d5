/** Text and rows as Markdown, so that neither data nor a database's words can become markup of their own. */
import { cellText } from "./cell-text.ts";
import { printable } from "./display-width.ts";

/** One line of text. */
export function markdownText(text: string): string {
  return printable(text.trim().replace(/\s*[\r\n]\s*/g, " ")).replace(/[\\`*_{}[\]()<>#+\-!|~&]/g, (mark, at: number, whole) =>
    needsEscape(mark, at, whole) ? `\\${mark}` : mark,
  );
}

/** Hyphens and underscores inside words mean nothing, and escaping them makes names hard to read. */
function needsEscape(mark: string, at: number, whole: string): boolean {
  if (mark === "(" || mark === ")" || mark === "!" || mark === "{" || mark === "}") return false;
  if (mark === "_") return !(/\w/.test(whole[at - 1] ?? "") && /\w/.test(whole[at + 1] ?? ""));
  if (mark === "-" || mark === "+" || mark === "#") return at === 0;
  return true;
}

/** Text in the form of code, whatever backticks it holds; a bar in it cannot end a cell. */
export function markdownCode(text: string): string {
  const clean = printable(text.replace(/\s*[\r\n]\s*/g, " ")).replaceAll("|", "\\|");
  const ticks = "`".repeat(Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const pad = clean.startsWith("`") || clean.endsWith("`") ? " " : "";
  return `${ticks}${pad}${clean}${pad}${ticks}`;
}

export interface MarkdownColumn {
  readonly name: string;
  readonly isNumber?: boolean;
}

/** Lines of a table; cells are Markdown already. */
export function markdownTable(columns: readonly MarkdownColumn[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(columns.map(({ name }) => markdownText(name))), line(columns.map(({ isNumber }) => (isNumber ? "---:" : "---"))), ...rows.map(line)];
}

export function markdownCell(value: unknown): string {
  return markdownText(cellText(value));
}
