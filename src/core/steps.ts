/** Long work in small steps, which somebody does while waiting for something else. */

/** Does a little between any two steps, and gives what came of it in the end. */
export type Steps<T> = Generator<void, T, void>;

export interface Background<T> {
  /** Does at once what is left. */
  readonly finish: () => T;
}

/** Long enough to get on, and too short for anybody to notice. */
const turnMilliseconds = 4;

/** Takes turns with whatever else the program does. Work that throws does so where it is finished. */
export function inBackground<T>(steps: Steps<T>): Background<T> {
  let done: { readonly value: T } | { readonly error: unknown } | undefined;
  const step = (): void => {
    try {
      const { done: isOver, value } = steps.next();
      if (isOver) done = { value };
    } catch (error) {
      done = { error };
    }
  };
  const turn = (): void => {
    for (const end = performance.now() + turnMilliseconds; !done && performance.now() < end; ) step();
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    finish: () => {
      while (!done) step();
      if ("error" in done) throw done.error;
      return done.value;
    },
  };
}

export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
