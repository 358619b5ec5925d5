/**
 * A few lines at the bottom of a terminal that are redrawn in place while finished lines scroll by above them. Each redraw
 * is one write that leaves the cursor visible at the start of the line below, so that a process which dies at any
 * moment, even by kill -9, leaves a usable terminal. Does not know what the lines say.
 */
import type { TextStream } from "../../ports/reporter.ts";
import { cutToWidth, displayWidth } from "../display-width.ts";
import type { Clock } from "./clock.ts";

export interface WindowLine {
  readonly text: string;
  /** Colors the text after it was cut to the terminal's width. */
  readonly paint?: (text: string) => string;
}

export interface Screen {
  /** Text for good: whole lines, without a line break at the end. */
  print(text: string): void;
  /** Something about the window changed. */
  refresh(): void;
  /** Takes the window away and stops every timer; nothing that was printed is lost. */
  close(): void;
}

/** Ten redraws a second look alive; more only load slow connections. */
const interval = 100;
const defaultColumns = 80;

export function createProgressWindow(stream: TextStream, clock: Clock, render: (columns: number) => readonly WindowLine[]): Screen {
  let printed: string[] = [];
  /** Widths of the window's lines as they stand on the screen. */
  let drawn: readonly number[] = [];
  let lastDraw = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let closed = false;

  const columns = () => stream.columns || defaultColumns;
  const draw = (lines: readonly WindowLine[]): void => {
    cancel?.();
    cancel = undefined;
    // A terminal that became narrower has wrapped the lines that stand there.
    const height = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns())), 0);
    // One column stays free: a terminal may wrap after its last one, and some count `…` as two.
    const cut = lines.map(({ text, paint }) => ({ text: cutToWidth(text, columns() - 1), paint }));
    if (height === 0 && printed.length === 0 && cut.length === 0) return;
    const up = height > 0 ? `\r\u001b[${height}A` : "";
    // Printed lines may wrap anywhere, so they need a clean ground. The window's own lines do not: overwriting flickers less.
    const scrolled = printed.length > 0 ? `\u001b[J${printed.join("\n")}\n` : "";
    const body = cut.map(({ text, paint }) => `${paint?.(text) ?? text}\u001b[K\n`).join("");
    stream.write(`${up}${scrolled}${body}\u001b[J`);
    printed = [];
    drawn = cut.map((line) => displayWidth(line.text));
    lastDraw = clock.now();
  };
  const redraw = (): void => {
    draw(render(columns()));
    // The elapsed times in the window go on while nothing else happens.
    if (drawn.length > 0) cancel = clock.schedule(redraw, interval);
  };
  const refresh = (): void => {
    if (closed) return;
    const wait = lastDraw + interval - clock.now();
    if (wait <= 0) redraw();
    else cancel ??= clock.schedule(redraw, wait);
  };
  return {
    print: (text) => {
      printed.push(text);
      if (closed) draw([]);
      else refresh();
    },
    refresh,
    close: () => {
      closed = true;
      draw([]);
    },
  };
}

/** The same for a pipe or a file: lines as they come, and no window. */
export function createPlainScreen(stream: TextStream): Screen {
  return {
    print: (text) => {
      stream.write(`${text}\n`);
    },
    refresh: () => undefined,
    close: () => undefined,
  };
}
