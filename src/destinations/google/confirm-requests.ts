/** Asks Google what became of requests that it has taken: it looks at their members later, often within minutes. */
import type { Clock } from "../../ports/clock.ts";
import { type Confirmation, DeliveryError } from "../../ports/destination.ts";
import type { GoogleApi, StatusAnswer } from "./google-api.ts";

const firstPauseMs = 5000;
const longestPauseMs = 60_000;

export async function confirmRequests(
  api: GoogleApi,
  clock: Clock,
  signal: AbortSignal,
  references: readonly string[],
  patienceMs: number,
): Promise<ReadonlyMap<string, Confirmation>> {
  const answers = new Map<string, Confirmation>();
  const until = clock.now().getTime() + patienceMs;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    for (const reference of references) {
      if (answers.get(reference)?.outcome === "done" || answers.get(reference)?.outcome === "refused") continue;
      answers.set(reference, await ask(api, reference));
    }
    const isSettled = references.every((reference) => answers.get(reference)?.outcome !== "pending");
    const left = until - clock.now().getTime();
    if (isSettled || left <= 0 || signal.aborted) return answers;
    await clock.sleep(Math.min(pause, left), signal);
  }
}

/** A status that cannot be read says nothing about the members: it is asked for again another time. */
async function ask(api: GoogleApi, reference: string): Promise<Confirmation> {
  try {
    return judge(await api.requestStatus(reference, { attempts: 3 }));
  } catch (error) {
    if (error instanceof DeliveryError && error.kind !== "interrupted") return { outcome: "pending" };
    throw error;
  }
}

function judge({ requestStatusPerDestination: [status] = [] }: StatusAnswer): Confirmation {
  const errors = status?.errorInfo?.errorCounts ?? [];
  const detail = errors.map(({ reason = "unknown" }) => reason.replace(/^PROCESSING_ERROR_REASON_/, "")).join(", ") || undefined;
  switch (status?.requestStatus) {
    case "SUCCESS":
      return { outcome: "done" };
    case "PARTIAL_SUCCESS":
      return { outcome: "done", invalid: errors.reduce((sum, { recordCount }) => sum + Number(recordCount ?? 0), 0), detail };
    case "FAILED":
      return { outcome: "refused", detail };
    default:
      return { outcome: "pending" };
  }
}
