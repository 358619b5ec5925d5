/** What the platform says of the audience before anything is sent, and whether our own memory of it can be right. */
import { type Audience, type AudienceState, DeliveryError, type Destination } from "../ports/destination.ts";
import type { PlatformView, StoppedGuard } from "./export-plan.ts";

export interface PlatformLook {
  /** Nothing where it could not be asked. */
  readonly state: AudienceState | undefined;
  readonly view: PlatformView;
}

/** Asking is a convenience of plans: a platform that does not answer is told, and stops nothing here. */
export async function lookAtPlatform(destination: Destination, audience: Audience): Promise<PlatformLook> {
  try {
    const state = await destination.find(audience);
    const { exists, id, size, condition } = state;
    return { state, view: { exists, ...(id !== undefined && { id }), ...(size && { size }), ...(condition !== undefined && { condition }) } };
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.kind === "interrupted") throw error;
    return { state: undefined, view: { problem: error.message } };
  }
}

/** An audience whose id is known and which is not there: somebody deleted it, or the token sees it no more. */
export function isLostAudience({ capabilities }: Destination, { id }: Audience, { state }: PlatformLook): boolean {
  return capabilities.findsById && id !== undefined && state !== undefined && !state.exists;
}

export function lostAudience({ id }: Audience): StoppedGuard {
  return {
    guard: "lost_audience",
    problem: `the audience ${id} is not on the platform any more, or the token may not see it`,
    advice: "look for it on the platform; if it is gone for good, `--force lost_audience` forgets who was in it and begins a new one",
  };
}

export function lostLedger(evidence: string): StoppedGuard {
  return {
    guard: "lost_ledger",
    problem: `${evidence}, but the state database knows nothing of it: nobody who was sent then could be removed`,
    advice: "bring the state database back from a backup; or empty the audience on the platform, then `--force lost_ledger` begins anew",
  };
}
