/**
 * How far a delivery has come: a bar with rows a second and the time left on a terminal, a plain line now and then in a
 * pipe. Writes to stderr, so that the answer stays clean.
 */
import type { DeliveryProgress } from "../export/export-request.ts";
import type { TextStream } from "../ports/reporter.ts";

export interface ExportProgress {
  readonly onProgress: (progress: DeliveryProgress) => void;
  readonly onWait: (milliseconds: number, reason: string) => void;
  /** Takes the bar away. */
  readonly clear: () => void;
}

const barWidth = 24;
const plainEveryMs = 5000;
const drawEveryMs = 100;

export function createExportProgress(stderr: TextStream, now: () => Date, quiet: boolean): ExportProgress {
  const isTerminal = stderr.isTTY === true;
  let part = "";
  let startedAt = 0;
  let shownAt = 0;
  let wasShown = false;
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) stderr.write("\r\u001b[2K");
    isDrawn = false;
  };
  const say = (text: string) => {
    clear();
    stderr.write(`${text}\n`);
  };
  if (quiet) return { onProgress: () => undefined, onWait: () => undefined, clear };
  return {
    clear,
    onWait: (milliseconds, reason) => {
      // Short pauses between attempts are nobody's concern.
      if (milliseconds >= 2000) say(`waiting ${duration(milliseconds / 1000)}: ${reason}`);
    },
    onProgress: ({ exportName, operation, sent, people }) => {
      const at = now().getTime();
      const name = `${exportName}: ${verbs[operation]}`;
      if (name !== part) {
        clear();
        [part, startedAt, shownAt, wasShown] = [name, at, at, false];
      }
      // What is over before anybody looks needs no bar.
      const isEnd = sent === people && wasShown;
      if (!isEnd && at - shownAt < (isTerminal ? drawEveryMs : plainEveryMs)) return;
      [shownAt, wasShown] = [at, true];
      const line = progressLine(sent, people, (at - startedAt) / 1000);
      if (!isTerminal) {
        stderr.write(`${part} ${line}\n`);
        return;
      }
      const filled = Math.floor((sent / people) * barWidth);
      const text = `${part} [${"#".repeat(filled)}${"-".repeat(barWidth - filled)}] ${line}`;
      stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}${isEnd ? "\n" : ""}`);
      isDrawn = !isEnd;
    },
  };
}

const verbs = { add: "adding", remove: "removing", replace: "sending all" } as const;

/** `12,000 of 40,000 people, 2,400 a second, 12 s left`. */
export function progressLine(sent: number, people: number, seconds: number): string {
  const of = `${sent.toLocaleString("en-US")} of ${people.toLocaleString("en-US")} people`;
  if (sent === 0 || seconds < 0.001) return of;
  const rate = sent / seconds;
  const left = sent === people ? `in ${duration(seconds)}` : `${duration((people - sent) / rate)} left`;
  return `${of}, ${Math.round(rate).toLocaleString("en-US")} a second, ${left}`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}
