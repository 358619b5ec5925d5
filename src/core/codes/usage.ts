/** RT00xx: what was typed on the command line. */
import type { CodeTable } from "./entry.ts";

export const usageCodes = {
  RT0001: {
    title: "Wrong use of the command line",
    message: (p: { problem: string }) => p.problem,
    help: "`retain --help` lists the commands, `retain COMMAND --help` the options of one",
    explain: "The command, an option or an argument is not one that retain knows. Nothing was run.",
  },
  RT0002: {
    title: "Nothing selected",
    severity: "warning",
    message: (p: { criterion: string }) => `the selection "${p.criterion}" matches nothing`,
    help: "`retain list` prints every name that can be selected",
    explain:
      "A selection criterion matched no node. As in dbt this is a warning and the run goes on with what the other criteria found; --warn-error turns it into an error.",
  },
  RT0003: {
    title: "Malformed selection",
    message: (p: { criterion: string; problem: string }) => `cannot read the selection "${p.criterion}": ${p.problem}`,
    explain:
      "A criterion is [@][N+][method:]value[+N]. A space between criteria means union, a comma intersection. `@x` and `x+` cannot be combined, because @ already holds the descendants.",
  },
  RT0004: {
    title: "Unknown selector method",
    message: (p: { method: string; known: string }) => `"${p.method}" is not a selector method (known: ${p.known})`,
    explain: "The word before the colon of a selection names a method, such as tag:nightly or path:models/marts. Names with a colon in them are not supported.",
  },
  RT0005: {
    title: "Variables that cannot be read",
    message: (p: { problem: string }) => `--vars is not a YAML mapping: ${p.problem}`,
    help: "write --vars '{as_of: \"2026-06-30\"}'",
    explain: "--vars takes a YAML or JSON mapping of variable names to values. It overrides `vars` of retain.yml for this one run.",
  },
  RT0006: {
    title: "Unknown reporter",
    message: (p: { name: string; known: string }) => `there is no reporter "${p.name}" (known: ${p.known})`,
    explain: "--reporter NAME[=PATH] may be given several times. With a path the report is written there, otherwise to standard output.",
  },
  RT0901: {
    title: "A defect in retain",
    message: (p: { problem: string }) => `something that should never happen did: ${p.problem}`,
    help: "run again with --debug and report the stack that it prints",
    explain: "This is not your mistake. The warehouse holds only committed, tested relations, so it is safe to run again.",
  },
} satisfies CodeTable;
