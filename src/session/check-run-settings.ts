/** Settings of a run that contradict each other, or cannot be read. */
import { parseTime } from "../compile/materializations/incremental/batches.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import type { RunCommand } from "../plan/plan.ts";
import { inputLimitOf } from "./input-limit.ts";
import type { RunSettings } from "./options.ts";

export function checkRunSettings(command: RunCommand, options: RunSettings): Diagnostic | undefined {
  return checkInputs(command, options) ?? checkEventTimes(options);
}

/** The time that microbatch models are asked for, in milliseconds since 1970. */
export function eventTimesOf({ eventTimeStart, eventTimeEnd }: RunSettings) {
  return {
    eventTimeStart: eventTimeStart === undefined ? undefined : parseTime(eventTimeStart),
    eventTimeEnd: eventTimeEnd === undefined ? undefined : parseTime(eventTimeEnd),
  };
}

function checkInputs(command: RunCommand, options: RunSettings): Diagnostic | undefined {
  if (options.empty && options.sample) return diagnose("RT0001", { problem: "--empty and --sample cannot be combined" }, { help: "choose one of them" });
  if (command === "test" && inputLimitOf(options)) {
    const problem = `${options.empty ? "--empty" : "--sample"} is for commands that build: test reads what is published`;
    return diagnose("RT0001", { problem }, { help: "write `retain build` with it" });
  }
  return undefined;
}

function checkEventTimes(options: RunSettings): Diagnostic | undefined {
  const given = [
    ["--event-time-start", options.eventTimeStart],
    ["--event-time-end", options.eventTimeEnd],
  ] as const;
  const unread = given.find(([, text]) => text !== undefined && parseTime(text) === undefined);
  if (unread)
    return diagnose("RT0001", { problem: `${unread[0]} ${unread[1]} is no date or time` }, { help: "write it as 2026-01-31 or 2026-01-31T08:00, in UTC" });
  const { eventTimeStart: start, eventTimeEnd: end } = eventTimesOf(options);
  if (start !== undefined && end !== undefined && start >= end)
    return diagnose("RT0001", { problem: "--event-time-start must lie before --event-time-end" }, { help: "the end is not part of the time" });
  return undefined;
}
