/** Which batches there are, and which of them a run does. */
import { describe, expect, test } from "vitest";
import { parseTime } from "../../src/compile/materializations/incremental/batches.ts";
import { type BatchChoice, chooseWindows, windowName, windowsBetween } from "../../src/run/batch-windows.ts";

const at = (text: string): number => {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`${text} is no time`);
  return time;
};

describe("windows go from the one that holds the beginning to the one that holds the end", () => {
  test.each([
    ["hour", "2026-01-31 22:30", "2026-02-01 01:00", ["2026-01-31 22:00", "2026-01-31 23:00", "2026-02-01 00:00"]],
    ["day", "2026-02-27", "2026-03-01 00:01", ["2026-02-27", "2026-02-28", "2026-03-01"]],
    ["day", "2028-02-28", "2028-03-01", ["2028-02-28", "2028-02-29"]],
    ["month", "2025-11-15", "2026-02-01", ["2025-11", "2025-12", "2026-01"]],
    ["year", "2024-06-01", "2026-01-01 00:00:01", ["2024", "2025", "2026"]],
    ["day", "2026-01-02", "2026-01-02", []],
    ["day", "2026-01-03", "2026-01-02", []],
  ] as const)("%s from %s until %s", (size, from, until, names) => {
    expect(windowsBetween(at(from), at(until), size).map((window) => windowName(window, size))).toEqual(names);
  });

  test.each(["hour", "day", "month", "year"] as const)("each %s begins where the one before it ends", (size) => {
    const windows = windowsBetween(at("2023-12-30"), at("2024-03-02"), size);
    for (const [i, window] of windows.slice(1).entries()) expect(window.start).toBe(windows[i]?.end);
  });
});

describe("a run does what is not done, and the newest again", () => {
  const day = (n: number, builtAt: string) => ({ start: at(`2026-01-0${n}`), end: at(`2026-01-0${n + 1}`), builtAt: at(builtAt) });
  const settled = (...days: readonly number[]) => days.map((n) => day(n, "2026-01-09"));
  const choose = (more: Partial<Omit<BatchChoice, "batches">> & { lookback?: number; from?: number; until?: number }) => {
    const { lookback = 1, from, until, ...choice } = more;
    const batches = { begin: "2026-01-01T00:00:00.000Z", size: "day", lookback, from, until } as BatchChoice["batches"];
    return chooseWindows({ batches, done: [], now: at("2026-01-05 12:00"), isAnew: false, ...choice })
      .map((window) => windowName(window, "day").slice(-1))
      .join("");
  };
  test.each([
    ["nothing is done", {}, "12345"],
    ["everything is done but the current one", { done: [1, 2, 3, 4].map((n) => day(n, `2026-01-0${n + 1} 01:00`)) }, "45"],
    ["one in the middle is missing", { done: [1, 2, 4].map((n) => day(n, `2026-01-0${n + 1} 01:00`)) }, "345"],
    ["no batch is done again", { done: [1, 2, 3, 4].map((n) => day(n, `2026-01-0${n + 1} 01:00`)), lookback: 0 }, "5"],
    ["three are done again", { done: [1, 2, 3, 4].map((n) => day(n, "2026-01-05 01:00")), lookback: 3 }, "2345"],
    ["no run came in the time of late rows", { done: [1, 2].map((n) => day(n, "2026-01-03 01:00")), lookback: 2, now: at("2026-01-08") }, "2345678"],
    ["more are done again than there are", { lookback: 30 }, "12345"],
    ["one was made before it was over", { done: [day(1, "2026-01-02 01:00"), day(2, "2026-01-02 23:00"), day(3, "2026-01-04 01:00")] }, "245"],
    ["this run was tried before", { done: [day(1, "2026-01-02 01:00"), day(4, "2026-01-05 12:00"), day(5, "2026-01-05 12:00")] }, "23"],
    ["all is to be made anew", { done: settled(1, 2, 3), isAnew: true }, "12345"],
    ["a time is named", { done: settled(1, 2, 3), from: at("2026-01-02"), until: at("2026-01-04") }, "23"],
    ["only a beginning is named", { done: settled(1, 2, 3), from: at("2026-01-04 08:00") }, "45"],
    ["only an end is named", { done: settled(1, 2, 3), until: at("2026-01-02 00:01") }, "12"],
    ["the run begins with a day", { now: at("2026-01-05") }, "12345"],
  ])("%s", (_, choice, expected) => {
    expect(choose(choice)).toBe(expected);
  });

  test("a longer batch that is done covers shorter ones", () => {
    const month = { start: at("2026-01-01"), end: at("2026-02-01"), builtAt: at("2026-01-05 01:00") };
    expect(choose({ done: [month] })).toBe("45");
  });
});

test.each([
  ["2026-01-31", "2026-01-31T00:00:00.000Z"],
  ["2026-01-31 08:30", "2026-01-31T08:30:00.000Z"],
  ["2026-01-31T08:30:15Z", "2026-01-31T08:30:15.000Z"],
  ["2026-01-31T08:30:15+09:00", "2026-01-30T23:30:15.000Z"],
])("%s is read as %s", (text, iso) => {
  expect(new Date(at(text)).toISOString()).toBe(iso);
});
test.each(["2026-02-30", "2026-13-01", "31.01.2026", "yesterday", "", "2026-01", "2026-01-01 25:00"])("%j is no time", (text) => {
  expect(parseTime(text)).toBeUndefined();
});
