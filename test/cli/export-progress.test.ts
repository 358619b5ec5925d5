/** The progress of a delivery, on a terminal and in a pipe. */
import { expect, test } from "vitest";
import { createExportProgress, progressLine } from "../../src/cli/export-progress.ts";
import type { DeliveryProgress } from "../../src/export/export-request.ts";

function watch(isTTY: boolean, quiet = false) {
  let written = "";
  let now = 0;
  const progress = createExportProgress({ write: (text) => (written += text), isTTY, columns: 100 }, () => new Date(now), quiet);
  return {
    at: (milliseconds: number, sent: number, more: Partial<DeliveryProgress> = {}) => {
      now = milliseconds;
      progress.onProgress({ exportName: "winback", operation: "add", sent, people: 1000, ...more });
    },
    progress,
    written: () => written,
  };
}

test.each<[number, number, number, string]>([
  [0, 1000, 5, "0 of 1,000 people"],
  [12000, 40000, 5, "12,000 of 40,000 people, 2,400 a second, 12 s left"],
  [1000, 1000000, 1, "1,000 of 1,000,000 people, 1,000 a second, 16 min 39 s left"],
  [1000, 10000000, 1, "1,000 of 10,000,000 people, 1,000 a second, 2 h 47 min left"],
  [1000, 1000, 4, "1,000 of 1,000 people, 250 a second, in 4 s"],
])("%i of %i in %i s", (sent, people, seconds, line) => {
  expect(progressLine(sent, people, seconds)).toBe(line);
});

test("a pipe gets a plain line every five seconds, and nothing of what is over sooner", () => {
  const { at, written } = watch(false);
  at(0, 0, { operation: "remove" });
  at(900, 1000, { operation: "remove" });
  at(1000, 0);
  at(3000, 200);
  at(6000, 500);
  at(6100, 600);
  at(9000, 1000);
  expect(written()).toBe("winback: adding 500 of 1,000 people, 100 a second, 5 s left\nwinback: adding 1,000 of 1,000 people, 125 a second, in 8 s\n");
});

test("a terminal gets a bar that gives way to what else is said", () => {
  const { at, progress, written } = watch(true);
  at(0, 0);
  at(50, 100);
  at(1000, 500);
  expect(written()).toBe("\r\u001b[2Kwinback: adding [############------------] 500 of 1,000 people, 500 a second, 1 s left");
  progress.onWait(120_000, "facebook asks for it");
  progress.onWait(500, "a short pause");
  expect(written().split("left")[1]).toBe("\r\u001b[2Kwaiting 2 min 0 s: facebook asks for it\n");
  at(2000, 1000);
  progress.clear();
  expect(written().endsWith("[########################] 1,000 of 1,000 people, 500 a second, in 2 s\n")).toBe(true);
});

test("quiet is quiet", () => {
  const { at, progress, written } = watch(true, true);
  at(5000, 500);
  progress.onWait(60_000, "facebook asks for it");
  expect(written()).toBe("");
});
