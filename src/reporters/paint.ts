/**
 * Colors, only when asked. The decision is the caller's and nothing else's: neither the environment nor a stream is looked
 * at while painting, so that the same options always give the same text.
 */
import { styleText } from "node:util";
import type { ReporterOptions, TextStream } from "../ports/reporter.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "cyan";
export type Paint = (text: string, ...styles: readonly Style[]) => string;

export function createPaint(color: boolean): Paint {
  if (!color) return (text) => text;
  return (text, ...styles) => (text === "" ? "" : styleText([...styles], text, { validateStream: false }));
}

/**
 * The paint for one of a reporter's two streams. When one is a terminal and the other is not, the other stays plain: colors
 * were meant for the terminal, and a summary that is piped on must be text. When neither is one, colors were forced.
 */
export function paintFor(stream: TextStream, { color, stdout, stderr }: ReporterOptions): Paint {
  const isForced = !stdout.isTTY && !stderr.isTTY;
  return createPaint(color && (stream.isTTY === true || isForced));
}
