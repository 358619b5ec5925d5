/** When something ran and how long it took, as results have it. */
import type { NodeResult } from "../ports/run-event.ts";
import type { StageContext } from "./stage-context.ts";

export type ResultTime = Pick<NodeResult, "startedAt" | "completedAt" | "seconds" | "thread">;

/** From `started` until now. */
export function timing(started: Date, context: StageContext): ResultTime {
  const completed = context.now();
  return {
    startedAt: started.toISOString(),
    completedAt: completed.toISOString(),
    seconds: (completed.getTime() - started.getTime()) / 1000,
    thread: context.thread,
  };
}
