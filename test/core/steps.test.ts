import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { finish, inBackground, type Steps } from "../../src/core/steps.ts";

function* count(to: number, seen: number[], fails = false): Steps<string> {
  for (let i = 1; i <= to; i++) {
    seen.push(i);
    yield;
  }
  if (fails) throw new Error("in the end");
  return `${to} steps`;
}

test("work is done while others wait, each step once, and its value is given as often as it is asked for", async () => {
  const seen: number[] = [];
  const background = inBackground(count(3, seen));
  expect(seen).toEqual([]);
  for (let i = 0; i < 50 && seen.length < 3; i++) await turn();
  expect(seen).toEqual([1, 2, 3]);
  expect([background.finish(), background.finish()]).toEqual(["3 steps", "3 steps"]);
  expect(seen).toEqual([1, 2, 3]);
});

test("what is left is done at once, and not again by the turns that were waiting", async () => {
  const seen: number[] = [];
  const background = inBackground(count(500, seen));
  expect(background.finish()).toBe("500 steps");
  await turn();
  expect(seen).toHaveLength(500);
  expect(finish(count(2, seen))).toBe("2 steps");
});

test("an error is raised where the work is finished, not in between", async () => {
  const background = inBackground(count(1, [], true));
  await turn();
  await turn();
  expect(() => background.finish()).toThrow("in the end");
  expect(() => background.finish()).toThrow("in the end");
});
