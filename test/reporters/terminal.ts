/** A small terminal: enough of one to see what a person would see, and it throws at whatever it does not know. */
import { clustersOf } from "../../src/reporters/display-width.ts";
import type { Clock } from "../../src/reporters/pretty/clock.ts";

export class FakeTerminal {
  readonly isTTY = true;
  columns: number;
  readonly rows: number;
  /** Every write as it came. */
  readonly writes: string[] = [];
  private readonly lines: string[][] = [[]];
  private row = 0;
  private column = 0;

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.writes.push(text);
    for (const part of text.match(/\p{Cc}\[[?\d;]*[A-Za-z]|\p{Cc}|\P{Cc}+/gu) ?? []) this.accept(part);
  }

  /** All that was ever shown, scrolled off or not, without blanks at the ends of lines. */
  screen(): string {
    return this.lines
      .map((line) => line.join("").trimEnd())
      .join("\n")
      .trimEnd();
  }

  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.row, column: this.column };
  }

  private accept(part: string): void {
    const control = /^\p{Cc}\[(\d*)([AJKm])$/u.exec(part);
    if (part === "\n") this.lineFeed();
    else if (part === "\r") this.column = 0;
    else if (control?.[2] === "A") this.row = Math.max(0, this.lines.length - this.rows, this.row - Number(control[1] || 1));
    else if (control?.[2] === "J") this.erase(true);
    else if (control?.[2] === "K") this.erase(false);
    else if (part.startsWith("\u001b") && !control) throw new Error(`unknown control sequence ${JSON.stringify(part)}`);
    else if (!control) for (const { text, width } of clustersOf(part)) this.put(text, width);
  }

  private put(text: string, width: number): void {
    if (this.column + width > this.columns) this.lineFeed();
    const line = this.lines[this.row] as string[];
    while (line.length < this.column) line.push(" ");
    line.splice(this.column, width, text, ...Array.from({ length: width - 1 }, () => ""));
    this.column += width;
  }

  private lineFeed(): void {
    this.row += 1;
    this.column = 0;
    if (this.row === this.lines.length) this.lines.push([]);
  }

  private erase(below: boolean): void {
    this.lines[this.row]?.splice(this.column);
    if (below) for (const line of this.lines.slice(this.row + 1)) line.splice(0);
  }
}

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  private time = 0;
  private readonly timers = new Map<number, { readonly due: number; readonly callback: () => void }>();
  private lastId = 0;

  now(): number {
    return this.time;
  }

  schedule(callback: () => void, milliseconds: number): () => void {
    const id = ++this.lastId;
    this.timers.set(id, { due: this.time + milliseconds, callback });
    return () => this.timers.delete(id);
  }

  get pending(): number {
    return this.timers.size;
  }

  advance(milliseconds: number): void {
    const until = this.time + milliseconds;
    for (;;) {
      const [id, next] = [...this.timers].filter(([, { due }]) => due <= until).toSorted(([, a], [, b]) => a.due - b.due)[0] ?? [];
      if (id === undefined || !next) break;
      this.timers.delete(id);
      this.time = next.due;
      next.callback();
    }
    this.time = until;
  }
}

/** What a reporter writes to a pipe. */
export class FakePipe {
  text = "";

  write(text: string): void {
    this.text += text;
  }
}
