/** Members whom a platform would forget are sent again in time. */

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Whoever was last sent before this moment is due: nine tenths of the time have passed, so that a run that fails or is
 * late does no harm. ISO 8601.
 */
export function refreshBefore(membershipDays: number | undefined, now: Date): string | undefined {
  if (membershipDays === undefined) return undefined;
  return new Date(now.getTime() - Math.floor(membershipDays * 0.9 * dayMs)).toISOString();
}
