/** RT05xx: opening the warehouse and the state database. */
import type { CodeTable } from "./entry.ts";

export const warehouseCodes = {
  RT0501: {
    title: "The database is in use",
    message: (p: { path: string; holder: string }) => `${p.path} is held by ${p.holder}`,
    help: "close that program, or wait longer with --lock-timeout SECONDS",
    explain: "DuckDB lets one process write to a file at a time. retain opens it late, closes it early, and waits a while before it gives up.",
  },
  RT0502: {
    title: "Not a DuckDB file",
    message: (p: { path: string; problem: string }) => `${p.path} is not a database that can be opened: ${p.problem}`,
    help: "move the file away, or name another path in the target",
    explain: "The file exists but is not a DuckDB database, is damaged, or was written by a newer version. retain never overwrites it.",
  },
  RT0503: {
    title: "The database cannot be opened",
    message: (p: { path: string; problem: string }) => `cannot open ${p.path}: ${p.problem}`,
    help: "check that the folder exists and may be written, or name another path in the target",
    explain: "The operating system refused to open or create the file.",
  },
  RT0504: {
    title: "A setting or extension was refused",
    help: "look at settings, extensions and attach of the target in retain.yml",
    message: (p: { what: string; problem: string }) => `${p.what}: ${p.problem}`,
    explain:
      "The target's `settings`, `extensions` and `attach` are applied when the database is opened. Extensions other than json, parquet and icu have to be downloaded by DuckDB.",
  },
  RT0506: {
    title: "No other warehouse to read from",
    message: (p: { what: string; problem: string }) => `${p.what} cannot read from another warehouse: ${p.problem}`,
    explain:
      "With --defer, what is not selected and not built here is read from another warehouse, attached read-only: the one whose path stands in the manifest of --state, or the one of --defer-target. retain clone copies from there, and calls the other target --from.",
  },
  RT0507: {
    title: "In neither warehouse",
    message: (p: { reader: string; name: string; other: string }) => `"${p.reader}" reads "${p.name}", which is neither in this warehouse nor in ${p.other}`,
    explain:
      "With --defer, a node that is not selected is read from this warehouse or from the other one. This one was built in neither, or the other one was built by a version of the project that did not have it.",
  },
  RT0508: {
    title: "Views that need the other warehouse",
    severity: "info",
    message: (p: { views: string; alias: string }) => `these views work only where the other warehouse is attached as ${p.alias}: ${p.views}`,
    help: "build what they read here, or make them tables, before somebody else reads them",
    explain:
      "A view is computed when it is read. One that was built with --defer names a database that is attached for the run only; a table holds its rows and needs nothing.",
  },
  RT0509: {
    title: "Recorded later",
    severity: "warning",
    message: (p: { problem: string }) => `this run could not be recorded yet: ${p.problem}`,
    help: "nothing is lost: the next command that opens the warehouse records it",
    explain:
      "Another command, an export for example, held the state database for longer than --lock-timeout when the run was over. What was published stays published, and a journal beside the state keeps what happened.",
  },
  RT0505: {
    title: "Nothing built yet",
    message: (p: { path: string }) => `there is no warehouse at ${p.path} yet`,
    help: "run `retain build` first",
    explain: "Reading commands never create a warehouse.",
  },
  RT0511: {
    title: "Nothing that can be cloned",
    message: (p: { problem: string }) => `nothing can be cloned: ${p.problem}`,
    explain:
      "retain clone makes the selected models, seeds and snapshots of this target out of those in another warehouse: that of the run whose artifacts --state names, or that of the target --from names. Ephemeral models and tests are no relations.",
  },
  RT0510: {
    title: "Nothing to leave as it is",
    severity: "info",
    message: (p: { target: string }) => `target "${p.target}" is in memory, where nothing is left of earlier runs: all that is selected is built`,
    help: "give the target a file as its path, and keep that and .retain/ from one run to the next",
    explain:
      "--changed leaves nodes as they are that still stand in the warehouse and were built of the same before. A database in memory begins empty every time.",
  },
  RT0512: {
    title: "Git cannot be asked",
    message: (p: { problem: string }) => `the project of a git ref cannot be read: ${p.problem}`,
    help: "run it in a clone of the repository on a machine with git, or name the artifacts of that ref's run with --state DIR",
    explain:
      "retain diff --git REF reads the files of the project as they are at that ref with `git cat-file`, into a temporary folder. The working tree, the index and the branches are not touched.",
  },
  RT0513: {
    title: "No such git ref",
    message: (p: { ref: string; problem: string }) => `git ref "${p.ref}": ${p.problem}`,
    explain: "--git takes whatever names a commit: a branch, a tag, HEAD~1, a hash. A shallow clone may lack what it names: fetch it first.",
  },
  RT0514: {
    title: "The other project does not compile",
    message: (p: { ref: string }) => `the project at "${p.ref}" has errors, so that it cannot be compared`,
    help: "the files that are named above are those of that ref",
    explain:
      "retain diff --git compiles the project at the ref with the settings, variables and environment of today. What is wrong with it is said like the errors of any project.",
  },
  RT0515: {
    title: "A warehouse that does not stay",
    message: (p: { target: string }) => `target "${p.target}" is in memory, and would be empty again at the next edit`,
    help: "give it a file as its path, or choose another target with --target",
    explain:
      "retain dev builds only what an edit changes. For that, what was built before has to be there still, and between builds nobody holds the warehouse.",
  },
} satisfies CodeTable;
