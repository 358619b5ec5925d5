/** The settings that all destinations share which speak to an API. */
import { z } from "zod";
import { problemWithUrl } from "./base-url.ts";

export const urlSetting = z.string().check((context) => {
  const problem = problemWithUrl(context.value);
  // The address itself may hold a secret and is not repeated.
  if (problem !== undefined) context.issues.push({ code: "custom", message: `the address ${problem}`, input: "" });
});

/** `perMinute`: the platform's own limit, or what is safe below it. */
export function httpSettings(perMinute: number) {
  return {
    timeout_seconds: z.number().positive().default(120).describe("how long to wait for an answer"),
    attempts: z.number().int().min(1).max(20).default(6).describe("how often a call is tried before giving up"),
    max_wait_minutes: z.number().min(0).default(60).describe("how long to wait at most when the platform asks for it"),
    requests_per_minute: z.number().positive().default(perMinute).describe("most calls in a minute"),
  };
}

export interface HttpSettings {
  readonly timeout_seconds: number;
  readonly attempts: number;
  readonly max_wait_minutes: number;
  readonly requests_per_minute: number;
}
