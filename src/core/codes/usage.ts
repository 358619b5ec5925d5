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
    message: (p: { problem: string }) => p.problem,
    help: "write --vars '{as_of: \"2026-06-30\"}', or --vars @file.yml",
    explain:
      "--vars takes a YAML or JSON mapping of variable names to values, or @ and the name of a file that holds one. It overrides `vars` of retain.yml for this one run.",
  },
  RT0006: {
    title: "Unknown reporter",
    message: (p: { name: string; known: string }) => `there is no reporter "${p.name}" (known: ${p.known})`,
    explain: "--reporter NAME[=PATH] may be given several times. With a path the report is written there, otherwise to standard output.",
  },
  RT0010: {
    title: "Two selections at once",
    message: (p: { other: string }) => `--selector cannot be combined with ${p.other}`,
    help: "write --select selector:NAME, which takes + and commas, too",
    explain:
      "--selector NAME is the whole selection, as it stands in selectors.yml. To combine it with something else, use it as a method: --select selector:NAME,tag:nightly.",
  },
  RT0011: {
    title: "Unknown selector",
    message: (p: { name: string }) => `there is no selector "${p.name}"`,
    explain: "Selectors are named selections, declared under `selectors:` in selectors.yml beside retain.yml.",
  },
  RT0012: {
    title: "A selector that cannot be read",
    message: (p: { where: string; problem: string }) => `${p.where}: ${p.problem}`,
    help: 'a definition is "tag:nightly+", {tag: nightly}, {method: tag, value: nightly, children: true}, {union: [...]} or {intersection: [...]}',
    explain:
      "selectors.yml holds `selectors: [{name, description, default, definition}]`. A definition is text as after --select, one method with its value, the long form {method, value, parents, parents_depth, children, children_depth, childrens_parents, indirect_selection, exclude}, or a union or an intersection of definitions, with at most one {exclude: [...]} among them.",
  },
  RT0013: {
    title: "Selectors in a circle",
    message: (p: { path: string }) => `these selectors choose each other in a circle: ${p.path}`,
    help: "write out what one of them means",
    explain: "A selector may use others by `selector:name`, but not itself, directly or through them.",
  },
  RT0014: {
    title: "An earlier run is needed",
    message: (p: { what: string }) => `${p.what} compares with an earlier run`,
    explain:
      "state:, result: and source_status: compare the project with what an earlier run left in its target folder: manifest.json, run_results.json and sources.json, of retain or of dbt. --state names the folder with a copy of them.",
  },
  RT0015: {
    title: "Artifacts of an earlier run that cannot be used",
    message: (p: { path: string; problem: string }) => `${p.path}: ${p.problem}`,
    explain:
      "--state takes a folder with the artifacts of an earlier run of this project: manifest.json of retain, or of dbt in the versions 4 to 12, and for result: and source_status: also run_results.json and sources.json.",
  },
  RT0016: {
    title: "A value that a selector method does not take",
    message: (p: { method: string; value: string; known: string }) => `"${p.value}" is nothing that ${p.method}: can choose (known: ${p.known})`,
    explain: "Some selector methods take one of a few words. A misspelt one would never choose anything, so it is an error.",
  },
  RT0017: {
    title: "Nothing to retry",
    message: (p: { problem: string }) => `nothing can be tried again: ${p.problem}`,
    explain:
      "retry reads target/run_results.json, or the one in the folder of --state, and runs again what failed or was skipped, with the command and the flags of that run. A run that was killed is continued from its journal in .retain/.",
  },
  RT0025: {
    title: "Limited inputs",
    severity: "info",
    message: (p: { limit: string; tests: string }) => `each input is limited to ${p.limit}; ${p.tests}`,
    explain:
      "With --empty or --sample, seeds and sources are not read whole. Models are built and published as usual, incremental ones anew; a snapshot and a model with `full_refresh: false` that are there already are left as they are, and only their SQL is run. A failed test says little about data that is not all there: with --empty tests are only checked to run, with --sample they warn. What was built so is never exported; build it again without the option first; then incremental models that were made of a part are made anew once, because what they had added before is gone.",
  },
  RT0026: {
    title: "A key that no input has",
    message: (p: { key: string }) => `no seed or source declares a column "${p.key}"`,
    explain:
      "--sample 5%:KEY takes 5% of all values of a column, the same ones in every seed and source that declares it in YAML (or, for a seed, in its first line). Inputs without that column are read whole.",
  },
  RT0027: {
    title: "A variable that nothing reads",
    severity: "warning",
    message: (p: { name: string }) => `--vars sets "${p.name}", which is not in retain.yml and which nothing reads`,
    help: "look for the name that the models read, or remove it from --vars",
    explain:
      'A variable of --vars takes effect only where a template asks for it with {{var "name"}}. One that is neither declared under `vars` in retain.yml nor read anywhere is probably misspelt.',
  },
  RT0028: {
    title: "A file that format leaves alone",
    severity: "warning",
    message: (p: { problem: string }) => `left as it is: ${p.problem}`,
    explain:
      "retain format changes nothing but white space and the case of SQL's own words, and only where it can show that the SQL stays the same: every word and every template tag in the same place, and the same syntax tree in DuckDB. A file for which it cannot is not touched.",
  },
  RT0029: {
    title: "No such SQL file",
    message: (p: { path: string }) => `the project has no SQL file at ${p.path}`,
    help: "name files or folders below the models and tests paths, or none for all of them",
    explain:
      "retain format lays out the .sql files of models and tests. A file that stands elsewhere can be given on standard input (retain format - < file.sql).",
  },
  RT0030: {
    title: "Editor settings that are left alone",
    severity: "warning",
    message: (p: { path: string }) => `${p.path} is no plain JSON, so it is left as it is`,
    explain:
      "retain schema --write adds the schemas to the editor's settings beside what is there. Settings with comments would lose them, so they are yours to change.",
  },
  RT0901: {
    title: "A defect in retain",
    message: (p: { problem: string }) => `something that should never happen did: ${p.problem}`,
    help: "run again with --debug and report the stack that it prints",
    explain: "This is not your mistake. The warehouse holds only committed, tested relations, so it is safe to run again.",
  },
} satisfies CodeTable;
