/**
 * Goes through a laid-out text and the one it came from side by side, token by token: reserved words become lower case, and
 * where a name and its bracket stood together they stand together again. Pure.
 */
import { sqlTokens } from "../core/sql-tokens.ts";
import { reservedWords } from "./reserved-words.ts";

/** Both hold the same tokens but for white space. */
export function restoreWords(laidOut: string, original: string): string {
  const gaps = gapsBefore(original);
  const tokens = sqlTokens(laidOut);
  let index = 0;
  let gap = "";
  let text = "";
  for (const token of tokens) {
    if (token.kind === "space") {
      gap = token.text;
      continue;
    }
    const given = gaps[index++] ?? gap;
    const isBracketOfName = token.text === "(" && !gap.includes("\n") && !given.includes("\n");
    text += isBracketOfName ? given.slice(0, 1) : gap;
    const lower = token.text.toLowerCase();
    text += token.kind === "word" && reservedWords.has(lower) ? lower : token.text;
    gap = "";
  }
  return text;
}

/** The white space before each token that is none. */
function gapsBefore(text: string): readonly string[] {
  const tokens = sqlTokens(text);
  return tokens.flatMap((token, i) => (token.kind === "space" ? [] : [tokens[i - 1]?.kind === "space" ? (tokens[i - 1]?.text ?? "") : ""]));
}
