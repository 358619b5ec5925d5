/** One JSON object a line for every event as it happens: for programs that follow a run. `event-record.ts` lists the keys. */
import type { ReporterFactory } from "../ports/reporter.ts";
import { toJson } from "./cell-text.ts";
import { eventRecord } from "./event-record.ts";

export const ndjson: ReporterFactory = {
  description: "one JSON object a line for each event, as it happens",
  isForPrograms: true,
  create: ({ stdout, sources }) => ({
    onEvent: (event) => {
      stdout.write(`${toJson(eventRecord(event, sources))}\n`);
    },
  }),
};
