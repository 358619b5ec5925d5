/** How near Meta's limits of calls we are, as it says in a header of each answer. */

const calmBelowPercent = 75;

interface Usage {
  /** How long to wait before the next call, while all is well. */
  readonly pauseMs: number | undefined;
  /** How long to wait after a refusal. */
  readonly regainMs: number | undefined;
}

interface Entry {
  readonly type?: string;
  readonly call_count?: number;
  readonly total_cputime?: number;
  readonly total_time?: number;
  readonly estimated_time_to_regain_access?: number;
}

/**
 * `X-Business-Use-Case-Usage: {"<business>": [{"type": "custom_audience", "call_count": 80, …}]}`, in percent and minutes. From
 * three quarters on each call waits longer, up to a minute; a stated time is kept to the minute.
 */
export function limitUsage(headers: Headers): Usage {
  const entries = readEntries(headers.get("x-business-use-case-usage")).filter(({ type }) => type === undefined || type === "custom_audience");
  const regain = Math.max(0, ...entries.map((entry) => number(entry.estimated_time_to_regain_access)));
  const used = Math.max(0, ...entries.flatMap((entry) => [number(entry.call_count), number(entry.total_cputime), number(entry.total_time)]));
  const regainMs = regain > 0 ? regain * 60_000 : undefined;
  const share = Math.min(1, (used - calmBelowPercent) / (100 - calmBelowPercent));
  return { regainMs, pauseMs: regainMs ?? (used >= calmBelowPercent ? Math.ceil(1000 + share * 59_000) : undefined) };
}

function readEntries(header: string | null): readonly Entry[] {
  if (header === null) return [];
  try {
    return Object.values(JSON.parse(header) as Readonly<Record<string, readonly Entry[]>>).flat();
  } catch {
    return [];
  }
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
