/** RT04xx: what happened while SQL ran. */
import type { CodeTable } from "./entry.ts";

export const runCodes = {
  RT0401: {
    title: "SQL syntax error",
    message: (p: { problem: string }) => p.problem,
    explain: "The warehouse could not parse the compiled SQL. The place is the template that wrote it; the compiled text is in target/compiled.",
  },
  RT0402: {
    title: "Unknown column",
    message: (p: { column: string }) => `unknown column "${p.column}"`,
    explain: "The SQL names a column that none of its inputs has at this point.",
  },
  RT0403: {
    title: "Unknown relation or function",
    help: "if it is a model that was not built yet, build it with `retain build --select +NAME`; the table of a source has to be loaded before; --indirect-selection buildable leaves out tests that need more",
    message: (p: { problem: string }) => p.problem,
    explain:
      "The SQL names a table, view, macro or function that does not exist in the warehouse. A model that was never built does not exist either: build it, or select it with +name.",
  },
  RT0404: {
    title: "A value that cannot be converted",
    message: (p: { problem: string }) => p.problem,
    help: "use try_cast where bad values are expected, or mend the data",
    explain: "A cast met a value that is not of the type. The whole relation was rolled back.",
  },
  RT0405: {
    title: "Database error",
    message: (p: { problem: string }) => p.problem,
    explain: "The warehouse refused the statement. Its own words are shown; the relation was rolled back and the one from before is still there.",
  },
  RT0406: {
    title: "Contract broken",
    message: (p: { model: string; problem: string }) => `"${p.model}" does not have the columns that its contract declares: ${p.problem}`,
    help: "change the SQL, or the columns declared in YAML",
    explain:
      "With `contract: {enforced: true}` the columns of the relation must be the declared ones, with their types and in their order. Types are compared as the database itself spells them, so int is integer, and numeric without a precision is one of any precision; with `alias_types: false` they must be written that way. The relation was not published.",
  },
  RT0407: {
    title: "Test failed",
    message: (p: { test: string; failures: string }) => `test "${p.test}" failed: ${p.failures}`,
    explain:
      "The test's query found rows that should not be there. The model was not published: the relation of the last good build is still in place and everything downstream was skipped.",
  },
  RT0408: {
    title: "Ragged row in a seed",
    message: (p: { seed: string; expected: number; found: number }) =>
      `seed "${p.seed}": this row has ${p.found} ${p.found === 1 ? "value" : "values"}, the header ${p.expected}`,
    help: "quote values that hold the delimiter, or add what is missing",
    explain: "Every row of a seed has as many values as the header has names.",
  },
  RT0409: {
    title: "A seed's value is not of its type",
    message: (p: { seed: string; column: string; type: string; value: string }) => `seed "${p.seed}": ${p.value} in column "${p.column}" is not ${p.type}`,
    help: "mend the value, or declare another data_type",
    explain: "Columns of a seed have the types that its YAML declares. Blank values of other types than text are NULL; anything else must convert.",
  },
  RT0410: {
    title: "No space or memory left",
    message: (p: { problem: string }) => p.problem,
    help: "free space on the disk, or lower `memory_limit` and `threads` in the target's settings",
    explain: "The database could not write or could not allocate. What was being built was rolled back.",
  },
  RT0411: {
    title: "Interrupted",
    message: (p: { what: string }) => `${p.what} was interrupted`,
    explain: "The run was stopped by a signal. What was being built was rolled back; what was already published stays.",
  },
  RT0412: {
    title: "A seed that cannot be read",
    message: (p: { seed: string; problem: string }) => `seed "${p.seed}": ${p.problem}`,
    explain: "Seeds are CSV files in UTF-8, with or without a byte-order mark.",
  },
  RT0413: {
    title: "Test warning",
    severity: "warning",
    message: (p: { test: string; failures: string }) => `test "${p.test}" warns: ${p.failures}`,
    explain: "The test found rows, and its severity or thresholds make that a warning. The model was published.",
  },
  RT0414: {
    title: "Types inferred for a seed",
    severity: "info",
    message: (p: { seed: string; columns: string }) => `seed "${p.seed}": types were inferred for ${p.columns}`,
    help: "declare their data_type in YAML to fix them",
    explain:
      "Columns without a declared type are inferred with care: whole numbers without leading zeros, decimals, true/false, ISO dates and timestamps; everything else stays text.",
  },
  RT0415: {
    title: "Could not be written",
    help: "check that the folder may be written and that there is space",
    message: (p: { path: string; problem: string }) => `cannot write ${p.path}: ${p.problem}`,
    explain: "An artifact, a report or the rows of a failed test could not be written. The warehouse is not affected.",
  },
  RT0420: {
    title: "Columns changed",
    message: (p: { model: string; difference: string }) => `"${p.model}": the new rows have other columns than the table\n${p.difference}`,
    help: "change the SQL back, run it with --full-refresh, or choose another on_schema_change",
    explain:
      "With `on_schema_change: fail`, an incremental model whose SQL gives other columns than its table has is not run. + is a column that only the new rows have, - one that only the table has, ~ one whose type differs. append_new_columns adds columns, sync_all_columns also drops and changes them, full_refresh makes the table anew.",
  },
  RT0421: {
    title: "A setting names an unknown column",
    message: (p: { node: string; setting: string; column: string }) => `"${p.node}": ${p.setting} names the column "${p.column}", which the SQL does not give`,
    explain:
      "unique_key, partition_by, check_cols and the settings of merge name columns of the node's own result. The column must be among those that the SQL selects, in the first run as in every later one.",
  },
  RT0422: {
    title: "A column is gone",
    message: (p: { model: string; columns: string }) => `"${p.model}": the table has ${p.columns}, which the new rows lack`,
    help: "select it again, run with --full-refresh, or set on_schema_change to append_new_columns (it becomes null) or sync_all_columns (it is dropped)",
    explain:
      "With `on_schema_change: ignore`, the default, new columns are left out until the next full refresh, but a column that the table has must be among the new rows: leaving it empty without a word would lose data.",
  },
  RT0423: {
    title: "A key that is not unique",
    message: (p: { node: string; keys: string; count: string; examples: string }) => `"${p.node}": the new rows repeat ${p.count} of ${p.keys}: ${p.examples}`,
    help: "keep one row a key, for example with `qualify row_number() over (partition by key order by updated_at desc) = 1`",
    explain:
      "Each new row is matched by its unique_key. Two rows of one key would both change the same row, and which of them stays would be chance. This holds for merge and for snapshots, in the first run, too; delete+insert takes any number of rows a key, so a column of dates may be its unique_key.",
  },
  RT0424: {
    title: "What is there is no snapshot",
    message: (p: { snapshot: string; problem: string }) => `snapshot "${p.snapshot}" cannot go on: ${p.problem}`,
    help: "drop or rename what is there, or give the snapshot another alias",
    explain:
      "A snapshot adds to its table and never replaces it, because history cannot be made again. What stands under its name must be a table with the columns that snapshots have; with snapshot_meta_column_names, under those names.",
  },
  RT0425: {
    title: "A column of the snapshot's own",
    message: (p: { snapshot: string; columns: string }) => `snapshot "${p.snapshot}": its query gives ${p.columns}, which the snapshot adds itself`,
    help: "rename it in the query, or choose other names under snapshot_meta_column_names",
    explain: "A snapshot adds columns that say from when until when a version is in force. The rows that it keeps must not have columns of these names.",
  },
  RT0426: {
    title: "updated_at is no time",
    message: (p: { snapshot: string; type: string }) => `snapshot "${p.snapshot}": updated_at is ${p.type}, not a date or timestamp`,
    help: "cast it in the query, or write the cast: updated_at: cast(changed as timestamp)",
    explain: "The times of versions come from updated_at, so it has to be a date or a timestamp, with or without time zone.",
  },
  RT0427: {
    title: "Rows of another time",
    message: (p: { model: string; rows: string; batch: string }) => `"${p.model}": ${p.rows} of the batch ${p.batch} lie outside of it, or have no time`,
    help: "declare event_time for the models and sources that it reads, or compare with {{batch.start}} and {{batch.end}}",
    explain:
      "A batch holds the rows of one window of time: event_time is at least its start and before its end. Inputs that declare an event_time are narrowed to the window; what is read from others comes whole, and each batch would bring it again.",
  },
  RT0428: {
    title: "Files that cannot be published",
    message: (p: { model: string; location: string; problem: string }) => `"${p.model}": ${p.location} cannot be written: ${p.problem}`,
    help: "make room at the location, or choose another one",
    explain:
      "An external model writes each version of its files beside the location, in a hidden folder, and moves the location to it when the tests have passed. It replaces nothing that it has not written itself.",
  },
  RT0440: {
    title: "Constraint broken",
    message: (p: { model: string; constraint: string; failures: string }) => `"${p.model}" breaks its constraint ${p.constraint}: ${p.failures}`,
    help: "mend the data or the SQL; `retain show` prints the model's rows",
    explain:
      "Some rows of the model are not as its constraint says. They are counted and not shown. A row counts for unique and primary_key if another row has the same key, for foreign_key if no row of the other table has its key. The model was not published.",
  },
  RT0441: {
    title: "A model in JavaScript failed",
    message: (p: { model: string; problem: string }) => `"${p.model}" failed: ${p.problem}`,
    explain:
      "The function in the model's .mjs file, or something that it calls, threw an error. The innermost place in the project's own files is shown. Nothing of the model was published.",
  },
  RT0442: {
    title: "A module that cannot be loaded",
    message: (p: { model: string; problem: string }) => `the module of "${p.model}" cannot be loaded: ${p.problem}`,
    explain:
      "A model in JavaScript is an ES module in a file NAME.mjs whose default export is a function. It may import files beside it by path, packages that are installed in the project, and Node's own modules.",
  },
  RT0443: {
    title: "Rows that a model in JavaScript cannot return",
    message: (p: { model: string; problem: string }) => `"${p.model}" returned ${p.problem}`,
    explain:
      "The function returns an array of rows, an array of batches of rows, or a generator that yields rows or batches. A row is an object with a key for each column that the YAML declares, and no other; null and undefined are NULL.",
  },
  RT0444: {
    title: "A value that is not of its column's type",
    message: (p: { model: string; row: number; column: string; kind: string; type: string }) =>
      `"${p.model}", row ${p.row}, column "${p.column}": ${p.kind} does not fit ${p.type}`,
    help: "convert the value in the model's code, or declare another data_type",
    explain:
      "Values are not converted by guessing: a text never becomes a number. Whole numbers take numbers without a fraction and bigint; dates and timestamps take Date and ISO text, in UTC unless it says otherwise; decimals take numbers and decimal text; lists, structs and maps take arrays and objects. NULL is null or undefined.",
  },
  RT0445: {
    title: "A relation that is not among the model's refs",
    message: (p: { model: string; what: string }) => `"${p.model}" reads ${p.what}, which is not among its refs`,
    explain: "A model in JavaScript reads only what its YAML declares under `refs`, because the order of the build is known before any code runs.",
  },
  RT0446: {
    title: "What a model in JavaScript says",
    severity: "info",
    message: (p: { model: string; text: string }) => `"${p.model}" says: ${p.text}`,
    explain: "The model called `log`, or wrote to the console. It is no problem.",
  },
  RT0490: {
    title: "Stale source",
    message: (p: { source: string; age: string; limit: string }) => `the newest data of source "${p.source}" are ${p.age} old, and may be ${p.limit}`,
    help: "look whether its load still runs",
    explain: "retain freshness compares the newest time of a source with `warn_after` and `error_after` of its `freshness`.",
  },
  RT0491: {
    title: "Freshness that cannot be measured",
    message: (p: { source: string; problem: string }) => `how fresh source "${p.source}" is cannot be told: ${p.problem}`,
    explain:
      "A source with `freshness` needs `loaded_at_field`, a column or expression with the time at which a row was loaded, or `loaded_at_query`. Files that are read in place need neither: their own times count.",
  },
  RT0492: {
    title: "Not in the other warehouse",
    severity: "warning",
    message: (p: { names: string; other: string }) => `not in ${p.other}, and left out: ${p.names}`,
    help: "build them here, or build them there first",
    explain:
      "retain clone copies relations as they stand in another warehouse. A node that was added since, or whose build failed there, has none; it is left out, and the rest is cloned.",
  },
  RT0493: {
    title: "A view that reads what is not here",
    message: (p: { view: string; missing: string }) => `"${p.view}" cannot be made here: it reads ${p.missing}, which is not in this warehouse`,
    explain:
      "retain clone makes a view again with the query that it has in the other warehouse, on the relations of this one. What it reads has to be here before it: cloned with it, or built.",
  },
  RT0494: {
    title: "Relations that were there already",
    severity: "info",
    message: (p: { count: string }) => `${p.count} there already and kept`,
    help: "--full-refresh replaces them, but for snapshots and models with full_refresh: false",
    explain:
      "retain clone replaces nothing that stands in this warehouse unless --full-refresh asks for it. A snapshot is never replaced, because its history cannot be made again: drop it first if that is what you want.",
  },
  RT0495: {
    title: "Rows that cannot be compared",
    severity: "warning",
    message: (p: { name: string; problem: string }) => `the rows of "${p.name}" cannot be compared: ${p.problem}`,
    explain:
      "retain diff compares the rows of both warehouses in the database. A view whose query fails, for one, has none; the other models are compared all the same.",
  },
  RT0496: {
    title: "Nothing to compare with",
    message: (p: { problem: string }) => `nothing can be compared: ${p.problem}`,
    explain:
      "retain diff compares this project and this target's warehouse with another: the project of a git ref (--git REF), the warehouse of another target or in a file (--against), or the artifacts of an earlier run (--state DIR). --git and --against go together: then rows are compared, too.",
  },
} satisfies CodeTable;
