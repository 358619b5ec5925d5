/** RT03xx: rendering templates to SQL. */
import type { CodeTable } from "./entry.ts";

export const compileCodes = {
  RT0301: {
    title: "Unknown name in a template",
    message: (p: { name: string }) => `"${p.name}" is not defined here`,
    explain:
      "Templates are strict: a name must be an argument of the macro, a block parameter, a key of `target` or `run`, or a helper. A misspelt name never becomes empty text.",
  },
  RT0302: {
    title: "Variable not set",
    message: (p: { name: string }) => `the variable "${p.name}" is not set and has no default`,
    help: 'set it under `vars` in retain.yml, pass --vars, or give a default: {{var "name" "default"}}',
    explain: "var reads --vars first, then `vars` of retain.yml. A second argument is the default.",
  },
  RT0303: {
    title: "Environment variable not set",
    message: (p: { name: string }) => `the environment variable ${p.name} is not set and has no default`,
    help: 'set it, put it into .env, or give a default: {{env "NAME" "default"}}',
    explain: "env reads the environment of the process; .env beside retain.yml is loaded first and the real environment wins.",
  },
  RT0304: {
    title: "Wrong use of a helper",
    message: (p: { helper: string; problem: string }) => `${p.helper}: ${p.problem}`,
    explain: "The helper got arguments that it cannot use. The reference of template functions lists what each takes.",
  },
  RT0305: {
    title: "A macro failed",
    message: (p: { macro: string; problem: string }) => `macro "${p.macro}" failed: ${p.problem}`,
    explain: "The JavaScript function behind this macro threw an error, or returned something that is neither text, number, boolean, list nor null.",
  },
  RT0306: {
    title: "A value that is no SQL text",
    message: (p: { what: string }) => `${p.what} cannot be written into SQL`,
    help: "use {{#each}} to write a list, and literal to write a quoted string",
    explain: "Only text, numbers, booleans and relations can stand in SQL. null and undefined never become text by accident.",
  },
  RT0307: {
    title: "Macros that call each other without end",
    message: (p: { path: string }) => `these macros call each other without end: ${p.path}`,
    explain: "A macro may call others, but not itself, directly or through them.",
  },
  RT0308: {
    title: "Empty SQL",
    message: (p: { name: string }) => `"${p.name}" renders to no SQL at all`,
    explain: "After templates and comments there is nothing left to run.",
  },
  RT0320: {
    title: "Settings of an incremental model",
    message: (p: { model: string; problem: string }) => `incremental model "${p.model}": ${p.problem}`,
    explain:
      "merge and delete+insert need a unique_key, insert_overwrite and replace_from need partition_by, replace_from of one column. merge takes merge_update_columns or merge_exclude_columns, not both. With an enforced contract, on_schema_change must be append_new_columns or fail, because the other reactions would publish other columns than the declared ones, or none of the new.",
  },
  RT0321: {
    title: "A setting without effect",
    severity: "warning",
    message: (p: { model: string; setting: string; strategy: string }) =>
      `incremental model "${p.model}": ${p.setting} has no effect with the strategy ${p.strategy}`,
    explain:
      "The setting means something to other incremental strategies only. Without incremental_strategy, a model with a unique_key uses delete+insert, one without it append.",
  },
  RT0322: {
    title: "Settings of a snapshot",
    message: (p: { snapshot: string; problem: string }) => `snapshot "${p.snapshot}" ${p.problem}`,
    explain:
      "A snapshot needs a unique_key and a strategy. timestamp sees a change by updated_at and takes no check_cols; check compares the columns of check_cols. hard_deletes says what becomes of rows that are gone: ignore, invalidate or new_record.",
  },
  RT0323: {
    title: "Settings of batches",
    message: (p: { model: string; problem: string }) => `microbatch model "${p.model}": ${p.problem}`,
    explain:
      "The strategy microbatch needs event_time (a column of the model), begin (when the first batch begins) and batch_size (hour, day, month or year). Batches go from begin until now; all times are in UTC.",
  },
  RT0324: {
    title: "Settings of an external model",
    message: (p: { model: string; problem: string }) => `external model "${p.model}" ${p.problem}`,
    explain:
      "An external model names its location: a file, or with partition_by a folder, on this machine. Its ending, or `format`, says whether it is parquet, csv or json. With incremental_strategy: insert_overwrite and partition_by only the partitions with new rows are written.",
  },
  RT0330: {
    title: "Constraints without a contract",
    severity: "warning",
    message: (p: { model: string }) => `the constraints of "${p.model}" are not enforced, because its contract is not`,
    help: "set `config: {contract: {enforced: true}}`, or remove the constraints",
    explain:
      "As in dbt, constraints belong to a contract: they are part of the statement that creates the table with its declared columns. Without an enforced contract they are only documentation.",
  },
  RT0331: {
    title: "A constraint that is not enforced",
    severity: "warning",
    message: (p: { constraint: string; reason: string }) => `the constraint ${p.constraint} is not enforced: ${p.reason}`,
    help: "materialize the model as a table, add a data test instead, or say `warn_unenforced: false`",
    explain:
      "Only tables hold constraints. A table is created with them, except for foreign keys, which the build checks itself; on other models that end in a table the build checks all of them before it publishes. A view has no rows of its own to hold them on.",
  },
  RT0332: {
    title: "A contract needs the types of its columns",
    message: (p: { model: string; column: string }) => `the contract of "${p.model}" needs the type of its column "${p.column}"`,
    help: "declare its data_type, for example `data_type: varchar`",
    explain:
      "An enforced contract promises columns with their types, so every column needs its `data_type`. With constraints, the table is also created column by column, which the database cannot do without types.",
  },
  RT0333: {
    title: "A hook that ends the transaction",
    message: (p: { word: string }) => `a hook inside the transaction must not say "${p.word}"`,
    help: "write it as {sql: …, transaction: false}, or leave the transaction to retain",
    explain:
      "Hooks run in the transaction in which the node is built, tested and published, so that all of it holds or none. One that ended the transaction would publish what no test has seen.",
  },
  RT0334: {
    title: "Hooks of an ephemeral model",
    severity: "warning",
    message: (p: { model: string }) => `the hooks of "${p.model}" never run, because it is ephemeral`,
    help: "move them to a model that reads it, or choose another materialization",
    explain: "An ephemeral model is never built: it becomes a part of the models that read it. So there is no moment before or after it.",
  },
  RT0335: {
    title: "A deprecated model",
    severity: "warning",
    message: (p: { model: string; date: string }) => `"${p.model}" is deprecated since ${p.date}`,
    help: "remove it when nothing reads it any more, or move its deprecation_date",
    explain: "The model's deprecation_date has passed. It is built as before.",
  },
  RT0336: {
    title: "A reference to a deprecated model",
    severity: "warning",
    message: (p: { model: string; date: string; isOver: boolean }) => `"${p.model}" ${p.isOver ? "is deprecated since" : "will be deprecated on"} ${p.date}`,
    help: "read another model instead",
    explain: "The model that is read here has a deprecation_date. Of a model with versions, a ref without version means the latest one.",
  },
  RT0337: {
    title: "A contract without columns",
    message: (p: { model: string }) => `the contract of "${p.model}" is enforced, but no columns are declared`,
    help: "declare all its columns under `columns`, each with its data_type, or set `contract: {enforced: false}`",
    explain:
      "An enforced contract compares the columns that the SQL returns with the declared ones, in their order. Without any declared column no SQL could keep it.",
  },
} satisfies CodeTable;
