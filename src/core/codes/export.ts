/** RT06xx: sending audiences. */
import type { CodeTable } from "./entry.ts";

export const exportCodes = {
  RT0601: {
    title: "Unknown export",
    message: (p: { name: string }) => `there is no export "${p.name}"`,
    help: "`retain export list` prints the exports of the project",
    explain: "Exports are declared under `exports:` in a YAML file of the exports folder.",
  },
  RT0602: {
    title: "The model is not fit to export",
    message: (p: { model: string; why: string }) => `"${p.model}" cannot be exported: ${p.why}`,
    help: "run `retain build --select +MODEL` and look at what it says",
    explain: "Nothing untested is ever exported: the last build of the audience's model, and of the models it suppresses, must have passed all its tests.",
  },
  RT0603: {
    title: "Wrong export declaration",
    message: (p: { name: string; problem: string }) => `export "${p.name}": ${p.problem}`,
    explain: "The export names a column, model, destination or identifier that does not exist or cannot be used by its destination.",
  },
  RT0604: {
    title: "A guard stopped the export",
    message: (p: { name: string; guard: string; problem: string }) => `export "${p.name}" was stopped by ${p.guard}: ${p.problem}`,
    help: "look at `retain export plan`; if the number is right, change the guard",
    explain: "Guards compare the size and the change of an audience with limits, so that a broken model does not empty or flood it. Nothing was sent.",
  },
  RT0605: {
    title: "The destination failed",
    message: (p: { destination: string; problem: string }) => `destination "${p.destination}" failed: ${p.problem}`,
    explain: "The audience could not be delivered. The ledger was not changed, so the next run sends the same difference again.",
  },
  RT0606: {
    title: "One person, several rows",
    message: (p: { model: string; key: string; rows: string }) => `in "${p.model}", ${p.rows} repeated or without the key "${p.key}"`,
    help: "give the model one row per person and test its key with unique and not_null",
    explain: "An audience has one row per person; a repeated key would be sent twice and a missing one could never be removed.",
  },
} satisfies CodeTable;
