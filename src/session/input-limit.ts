/** Reads --sample and --empty. Loads nothing heavy, because the options' readers are part of --help. */
import type { InputLimit } from "../compile/limited-inputs.ts";

export interface InputOptions {
  readonly empty?: boolean | undefined;
  readonly sample?: InputLimit | undefined;
}

/** `100`, `5%` or `5%:customer_id`; `undefined` for anything else. */
export function readSample(text: string): InputLimit | undefined {
  const [, number = "", percent, key] = /^(\d+(?:\.\d{1,2})?)(%(?::(\w+))?)?$/.exec(text.trim()) ?? [];
  const value = Number(number);
  if (number === "" || value === 0) return undefined;
  if (percent !== undefined) return value < 100 ? { kind: "share", percent: value, key } : undefined;
  return Number.isSafeInteger(value) ? { kind: "rows", rows: value } : undefined;
}

export function inputLimitOf({ empty, sample }: InputOptions): InputLimit | undefined {
  return empty ? { kind: "none" } : sample;
}

/** `no rows`, `its first 100 rows`, `5% of its rows`, `5% of all customer_id` */
export function describeLimit(limit: InputLimit): string {
  switch (limit.kind) {
    case "none":
      return "no rows";
    case "rows":
      return limit.rows === 1 ? "its first row" : `its first ${limit.rows.toLocaleString("en-US")} rows`;
    case "share":
      return `${limit.percent}% of ${limit.key === undefined ? "its rows" : `all ${limit.key}`}`;
  }
}
