/** The machine's own time and chance. */
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../ports/clock.ts";

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (milliseconds, signal) => {
    await wait(milliseconds, undefined, { signal }).catch((error: Error) => {
      if (error.name !== "AbortError") throw error;
    });
  },
  deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
  random: Math.random,
};
