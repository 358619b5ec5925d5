/** SQL as the database understands it: without comments, and with one blank wherever there is any white space. Pure text. */
import { sqlTokens } from "./single-query.ts";

/** Two texts that differ only in comments and layout are the same. Strings and quoted names stay as they are. */
export function plainSql(text: string): string {
  let plain = "";
  let position = 0;
  const append = (piece: string, isLayout: boolean): void => {
    const next = isLayout ? piece.replace(/\s+/g, " ") : piece;
    plain += plain.endsWith(" ") && next.startsWith(" ") && isLayout ? next.slice(1) : next;
  };
  for (const { text: token, at } of sqlTokens(text)) {
    append(text.slice(position, at), true);
    const isComment = token.startsWith("--") || token.startsWith("/*");
    append(isComment ? " " : token, isComment);
    position = at + token.length;
  }
  append(text.slice(position), true);
  return plain.trim();
}

/** The same without the contents of strings and quoted names: what is left are words that mean something. */
export function sqlWords(text: string): string {
  let words = "";
  let position = 0;
  for (const { text: token, at } of sqlTokens(text)) {
    words += text.slice(position, at);
    words += /^[();]$/.test(token) ? token : " ";
    position = at + token.length;
  }
  return words + text.slice(position);
}
