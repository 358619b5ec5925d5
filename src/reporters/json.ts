/**
 * The whole run as one JSON document when it is over: `schema_version`, `project_name`, the keys of run_finished,
 * `results` with the keys of node_finished, and `diagnostics` that belong to no node. `event-record.ts` lists the keys.
 */
import type { Diagnostic } from "../core/diagnostic.ts";
import type { ReporterFactory } from "../ports/reporter.ts";
import { toJson } from "./cell-text.ts";
import { diagnosticRecord, resultRecord, runRecord, schemaVersion } from "./event-record.ts";

export const json: ReporterFactory = {
  description: "one JSON document with the whole result, when the run is over",
  isForPrograms: true,
  create: ({ stdout, sources }) => {
    let projectName: string | null = null;
    const raised: Diagnostic[] = [];
    return {
      onEvent: (event) => {
        if (event.type === "run_started") projectName = event.projectName;
        else if (event.type === "diagnostic") raised.push(event.diagnostic);
        else if (event.type === "run_finished") {
          const document = {
            schema_version: schemaVersion,
            project_name: projectName,
            ...runRecord(event.result),
            results: event.result.results.map((result) => resultRecord(result, sources)),
            diagnostics: raised.map((diagnostic) => diagnosticRecord(diagnostic, sources)),
          };
          stdout.write(`${toJson(document, 2)}\n`);
        }
      },
    };
  },
};
