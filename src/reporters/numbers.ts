/** Numbers as people read them on a screen. */
import { grouped } from "../core/names.ts";

/** `0.12s`, `59.99s`, `1m 02s`, `1h 02m`; rounded before the form is chosen, so that there is no `60.00s`. */
export function formatSeconds(seconds: number): string {
  const rounded = Math.max(0, seconds);
  if (rounded < 59.995) return `${rounded.toFixed(2)}s`;
  const whole = Math.round(rounded);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  const minutes = Math.round(whole / 60);
  return `${formatCount(Math.floor(minutes / 60))}h ${two(minutes % 60)}m`;
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return grouped(count);
}
