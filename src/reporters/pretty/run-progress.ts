/** What is running and how far the run is, as the lines of the progress window. Holds the counts; draws nothing. */

import { plural } from "../../core/names.ts";
import { isFailure, type NodeResult, type NodeStarted, type RunStarted } from "../../ports/run-event.ts";
import { cutToWidth, displayWidth, padEndTo } from "../display-width.ts";
import { formatCount, formatSeconds } from "../numbers.ts";
import type { Paint } from "../paint.ts";
import type { Clock } from "./clock.ts";
import type { WindowLine } from "./progress-window.ts";
import { nodeName } from "./result-block.ts";

/** A window that is higher than the terminal could not be erased again, and nobody reads more than this. */
const mostShown = 8;
const barWidth = 24;
const roomForBar = 60;
/** Columns for the label and the elapsed time. */
const besideName = 20;

export interface RunProgress {
  begin(event: RunStarted): void;
  start(event: NodeStarted): void;
  finish(result: NodeResult): void;
  readonly lines: (columns: number) => readonly WindowLine[];
}

export function createRunProgress(clock: Clock, paint: Paint): RunProgress {
  /** In the order of starting: the ones that take longest stay on top. */
  const running = new Map<string, { readonly name: string; readonly since: number }>();
  let begun: { readonly total: number; readonly since: number } | undefined;
  let done = 0;
  let troubled = 0;

  const runningLines = (columns: number): readonly WindowLine[] => {
    const all = [...running.values()];
    // Leaving out a single line would save nothing.
    const shown = all.length > mostShown + 1 ? all.slice(0, mostShown) : all;
    const widest = Math.max(0, ...shown.map(({ name }) => displayWidth(name)));
    const width = Math.min(widest, Math.max(12, columns - besideName));
    const lines = shown.map(
      ({ name, since }): WindowLine => ({
        text: `  run   ${padEndTo(cutToWidth(name, width), width)}  ${elapsed(since)}`,
        paint: (text) => `${paint(text.slice(0, 7), "cyan")}${text.slice(7)}`,
      }),
    );
    return shown.length < all.length ? [...lines, { text: `        and ${formatCount(all.length - shown.length)} more` }] : lines;
  };
  const elapsed = (since: number): string => shortSeconds((clock.now() - since) / 1000);

  return {
    begin: ({ total }) => {
      begun = { total, since: clock.now() };
    },
    start: ({ uniqueId, materialized, title }) => {
      running.set(uniqueId, { name: nodeName(materialized, title), since: clock.now() });
    },
    finish: ({ uniqueId, status }) => {
      running.delete(uniqueId);
      done += 1;
      if (isFailure(status)) troubled += 1;
    },
    lines: (columns) => {
      if (!begun) return [];
      const filled = begun.total > 0 ? Math.min(barWidth, Math.floor((done / begun.total) * barWidth)) : 0;
      const bar = `[${"=".repeat(filled)}${" ".repeat(barWidth - filled)}]`;
      const failed = troubled > 0 ? `  ${plural(troubled, "problem")}` : "";
      const counts = `${formatCount(done)}/${formatCount(begun.total)}`;
      return [{ text: "" }, ...runningLines(columns), { text: `  ${columns < roomForBar ? "" : `${bar} `}${counts}  ${elapsed(begun.since)}${failed}` }];
    },
  };
}

/** One decimal: hundredths that tick ten times a second cannot be read. */
function shortSeconds(seconds: number): string {
  return seconds < 59.95 ? `${seconds.toFixed(1)}s` : formatSeconds(seconds);
}
