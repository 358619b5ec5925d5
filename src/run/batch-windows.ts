/** Windows of time for batches: which there are, and which are to be done. Pure; all times are in UTC. */
import { sqlTime, type Window } from "../compile/batch-window.ts";
import type { BatchSize } from "../compile/materializations/incremental/batches.ts";
import type { BatchStage } from "../plan/plan.ts";

/** Milliseconds since 1970; the end is not part of it. */
export interface BatchWindow {
  readonly start: number;
  readonly end: number;
}

/** A batch that was committed, and when the run began that made it. */
export interface DoneBatch extends BatchWindow {
  readonly builtAt: number;
}

export interface BatchChoice {
  readonly batches: BatchStage;
  readonly done: readonly DoneBatch[];
  /** When the run began. */
  readonly now: number;
  /** Whether everything is to be made from the beginning. */
  readonly isAnew: boolean;
}

/**
 * The batches to do: the newest ones, as many as may still get late rows, and all that are not settled. A batch is settled
 * when it was made after its end and after all the time in which rows may come late: then it has seen what it had to see.
 */
export function chooseWindows({ batches, done, now, isAnew }: BatchChoice): readonly BatchWindow[] {
  const { size, from, until, lookback } = batches;
  const all = windowsBetween(from ?? Date.parse(batches.begin), until ?? now + 1, size);
  if (isAnew || from !== undefined || until !== undefined) return all;
  const newest = all.length - 1 - lookback;
  const settledAt = (i: number): number => all[i + Math.max(1, lookback)]?.start ?? Number.POSITIVE_INFINITY;
  return all.filter((window, i) => {
    const known = done.filter(({ start, end }) => start <= window.start && end >= window.end);
    // A run that is tried again does not repeat what it has done.
    if (known.some(({ builtAt }) => builtAt >= now)) return false;
    return i >= newest || !known.some(({ builtAt }) => builtAt >= settledAt(i));
  });
}

/** All windows from the one that holds `from` to the one that holds the last moment before `until`. */
export function windowsBetween(from: number, until: number, size: BatchSize): readonly BatchWindow[] {
  const windows: BatchWindow[] = [];
  for (let start = truncate(from, size); start < until; ) {
    const end = next(start, size);
    windows.push({ start, end });
    start = end;
  }
  return windows;
}

function truncate(time: number, size: BatchSize): number {
  const date = new Date(time);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  switch (size) {
    case "hour":
      return Date.UTC(year, month, day, date.getUTCHours());
    case "day":
      return Date.UTC(year, month, day);
    case "month":
      return Date.UTC(year, month);
    case "year":
      return Date.UTC(year, 0);
  }
}

function next(start: number, size: BatchSize): number {
  const date = new Date(start);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (size) {
    case "hour":
      return start + 3_600_000;
    case "day":
      return start + 86_400_000;
    case "month":
      return Date.UTC(year, month + 1);
    case "year":
      return Date.UTC(year + 1, 0);
  }
}

export function sqlWindow({ start, end }: BatchWindow): Window {
  return { start: sqlTime(new Date(start).toISOString()), end: sqlTime(new Date(end).toISOString()) };
}

/** As people say it: `2026`, `2026-01`, `2026-01-31`, `2026-01-31 08:00`. */
export function windowName({ start }: BatchWindow, size: BatchSize): string {
  const text = new Date(start).toISOString().replace("T", " ");
  return text.slice(0, { year: 4, month: 7, day: 10, hour: 16 }[size]);
}
