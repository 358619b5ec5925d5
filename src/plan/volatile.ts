/**
 * What makes a node's rows depend on more than its inputs: the clock, chance, the network. Such a node can never be left as
 * it is because nothing changed. Found in the text, and rather once too often than once too seldom. Pure.
 */
import { type Compiled, codeOf } from "../compile/compiled.ts";
import { sqlWords } from "../compile/plain-sql.ts";
import { sqlIn } from "./fingerprint.ts";

/** Functions of the database that give something else each time, and those that look outside of it. */
const calls =
  /\b(now|today|random|uuid|gen_random_uuid|uuidv4|uuidv7|get_current_timestamp|get_current_time|current_localtime|current_localtimestamp|transaction_timestamp|nextval|currval|getvariable|getenv|txid_current)\s*\(/i;
const words = /\b(current_date|current_timestamp|current_time|localtime|localtimestamp)\b/i;
const sampled = /\b(using\s+sample|tablesample)\b/i;

/** In JavaScript: the clock, chance, the environment, the network. */
const script =
  /\bDate\.now\b|\bnew\s+Date\s*\(\s*\)|\bstarted_at\b|\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\bperformance\.now\b|\bprocess\.(?:env|hrtime)\b|\bfetch\s*\(/;

/** What of the text is volatile, as people know it; `undefined` when nothing is. */
export function volatileIn(entry: Compiled, startedAt: string): string | undefined {
  if (entry.kind === "model" && entry.javascript) return script.exec(codeOf(entry))?.[0].replace(/\s+/g, " ");
  for (const text of sqlIn(entry)) {
    if (text.includes(startedAt)) return "run.started_at";
    const plain = sqlWords(text);
    const call = calls.exec(plain)?.[1];
    if (call !== undefined) return `${call.toLowerCase()}()`;
    const word = words.exec(plain)?.[1] ?? sampled.exec(plain)?.[1];
    if (word !== undefined) return word.toLowerCase();
  }
  return undefined;
}
