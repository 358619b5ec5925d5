/** Time and chance, handed in so that whoever waits can be tested without waiting. */
export interface Clock {
  now(): Date;
  /** Ends early, without an error, when the signal is raised. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** A signal that is raised, with a TimeoutError, once so much time has passed. */
  deadline(milliseconds: number): AbortSignal;
  /** From 0 up to 1. */
  random(): number;
}
