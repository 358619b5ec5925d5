/**
 * How many columns of a terminal a text takes, and how to cut and pad by them. Counts what people see (clusters), not code
 * units: East Asian wide characters and emoji take two columns, combining marks none. Control characters never pass
 * through `printable`, so that data cannot steer the terminal. Knows nothing of colors: paint afterwards.
 */

/** One thing on the screen, with its offset in the text. */
export interface Cluster {
  readonly text: string;
  readonly at: number;
  readonly width: number;
}

/** Blocks of East Asian Width W and F (Unicode 16, UAX #11), joined where only unassigned code points lie between. */
const wideBlocks: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

const plainAscii = /^[ -~]*$/;
const emoji = /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}|\p{Emoji}\p{Emoji_Modifier}?\u{fe0f})/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;

function clusterWidth(cluster: string): number {
  if (emoji.test(cluster)) return 2;
  for (const char of cluster) {
    if (invisible.test(char)) continue;
    const code = char.codePointAt(0) as number;
    return wideBlocks.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
  }
  return 0;
}

export function clustersOf(text: string): readonly Cluster[] {
  if (plainAscii.test(text)) return Array.from(text, (char, at) => ({ text: char, at, width: 1 }));
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment, index }) => ({ text: segment, at: index, width: clusterWidth(segment) }));
}

export function displayWidth(text: string): number {
  if (plainAscii.test(text)) return text.length;
  return clustersOf(text).reduce((sum, cluster) => sum + cluster.width, 0);
}

/** At most `width` columns; what was cut off is replaced by one `…`. */
export function cutToWidth(text: string, width: number): string {
  // A text can be megabytes; no cluster that matters here is longer than this.
  const head = text.slice(0, Math.max(0, width) * 16 + 16);
  if (head.length === text.length && displayWidth(text) <= width) return text;
  if (width < 1) return "";
  let shown = "";
  let used = 0;
  for (const cluster of clustersOf(head)) {
    used += cluster.width;
    if (used > width - 1) break;
    shown += cluster.text;
  }
  return `${shown}…`;
}

export function padEndTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

export function padStartTo(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One line without control characters and without characters that turn the direction of text, both written as escapes. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (char) => {
    const code = char.charCodeAt(0);
    return shortEscapes[char] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`);
  });
}
