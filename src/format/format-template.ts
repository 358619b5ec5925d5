/**
 * Lays out the SQL of a template anew and leaves its tags alone. What comes back is compared token by token with what was
 * given: nothing is changed that cannot be shown to be the same. Pure.
 */
import { format } from "sql-formatter";
import { compactLines } from "./compact-lines.ts";
import { restoreWords } from "./restore-words.ts";
import { findDifference } from "./same-tokens.ts";
import { maskTemplate } from "./template-parts.ts";
import { widest } from "./wrap-line.ts";

export type Formatted = { readonly text: string } | { readonly problem: string };

/** Layout can settle in steps where long names meet the width. */
const mostRounds = 4;

/** The text laid out, with the line ends that it had, or why it has to stay as it is. */
export function formatTemplate(given: string): Formatted {
  const text = given.replaceAll("\r\n", "\n");
  if (text.trim() === "") return { text: given };
  let current = text;
  for (let round = 0; ; round++) {
    const next = formatOnce(current);
    if ("problem" in next) return next;
    if (next.text === current) break;
    if (round === mostRounds) return { problem: "its layout does not settle" };
    current = next.text;
  }
  const difference = findDifference(text, current);
  if (difference !== undefined) return { problem: difference };
  return { text: given.includes("\r\n") ? current.replaceAll("\n", "\r\n") : current };
}

function formatOnce(text: string): Formatted {
  const masked = maskTemplate(text, widest);
  if (!masked) return { problem: "its template cannot be taken apart" };
  const { sql, restore } = masked;
  let laidOut: string;
  try {
    laidOut = format(sql, { language: "duckdb", tabWidth: 2, keywordCase: "preserve", expressionWidth: widest - 20, linesBetweenQueries: 1 });
  } catch (error) {
    const place = /at line (\d+) column (\d+)/.exec((error as Error).message);
    return { problem: `its SQL cannot be read${place ? `, from line ${place[1]} column ${place[2]} on` : ""}` };
  }
  return { text: `${alignTags(restore(compactLines(restoreWords(laidOut, sql)))).trimEnd()}\n` };
}

const tagLine = /^\s*\{\{~?\s*(?:(#)|(\/)|\^|else\b)/;

/** The tags of a block that have lines to themselves stand as far in as the SQL between them does. */
function alignTags(text: string): string {
  const lines = text.split("\n");
  const open: number[] = [];
  return lines
    .map((line, i) => {
      const [, opens, closes] = tagLine.exec(line) ?? [];
      const isTag = tagLine.test(line) && /\}\}\s*$/.test(line) && !/\}\}.*\{\{/.test(line);
      if (!isTag) return line;
      if (opens) {
        const next = lines.slice(i + 1).find((other) => other.trim() !== "" && !tagLine.test(other)) ?? line;
        open.push(next.length - next.trimStart().length);
      }
      const indent = (closes ? open.pop() : open.at(-1)) ?? 0;
      return " ".repeat(indent) + line.trimStart();
    })
    .join("\n");
}
