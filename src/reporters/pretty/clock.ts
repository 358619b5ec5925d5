/** Time for the progress window: how long since some moment, and a call later on. Injected, so that tests own the time. */
export interface Clock {
  /** Milliseconds that only ever grow. */
  now(): number;
  /** Calls back once; returns what cancels it. Never keeps the process alive. */
  schedule(callback: () => void, milliseconds: number): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  schedule: (callback, milliseconds) => {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
