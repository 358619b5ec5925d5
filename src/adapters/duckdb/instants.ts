/** Dates and times as people write them, as microseconds. ISO 8601, with a blank or a T before the time. */

const instant = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/;
const time = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?$/;

/** Since 1970 in UTC; a text without a zone is in UTC. `undefined` for a text that is no date, or a day that is none. */
export function readInstant(text: string): bigint | undefined {
  const match = instant.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const date = new Date(0);
  date.setUTCFullYear(parts[0], parts[1], parts[2]);
  date.setUTCHours(parts[3], parts[4], parts[5]);
  const read = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  if (parts.some((part, i) => part !== read[i])) return undefined;
  return BigInt(date.getTime()) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, "0")) - offset(zone);
}

/** Since midnight. */
export function readTime(text: string): bigint | undefined {
  const [, hour = "", minute = "", second = "0", fraction = ""] = time.exec(text.trim()) ?? [];
  if (hour === "" || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return BigInt((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

function offset(zone: string): bigint {
  if (zone === "Z") return 0n;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const minutes = BigInt(digits.slice(0, 2)) * 60n + BigInt(digits.slice(2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000_000n;
}
