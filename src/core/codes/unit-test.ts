/** Unit tests, from their declaration (RT023x) over their compilation (RT034x) to their run (RT046x). */
import type { CodeTable } from "./entry.ts";

export const unitTestCodes = {
  RT0235: {
    title: "A unit test of an unknown model",
    message: (p: { test: string; model: string }) => `unit test "${p.test}": there is no model "${p.model}"`,
    help: "`retain list --resource-type model` prints the models there are",
    explain: "`model` names the model of this project whose query the unit test runs on the rows that it gives.",
  },
  RT0236: {
    title: "Rows of a unit test",
    message: (p: { what: string; problem: string }) => `${p.what}: ${p.problem}`,
    explain:
      "Rows are given and expected as a list of mappings, as a text with `format: csv` or `format: sql`, or in a file below fixtures/ of a tests path that `fixture` names. A column stands once; a row of CSV has as many values as the header.",
  },
  RT0237: {
    title: "A fixture file that is not there",
    message: (p: { what: string; name: string }) => `${p.what}: there is no fixture "${p.name}"`,
    explain:
      "Fixtures are files NAME.csv or NAME.sql in the folder fixtures/ below a tests path (test/data/fixtures/ unless retain.yml says otherwise). `fixture` names them with or without the ending.",
  },
  RT0238: {
    title: "An input of a unit test that cannot be read",
    message: (p: { test: string; problem: string }) => `unit test "${p.test}": ${p.problem}`,
    explain:
      "Each input under `given` stands for something that the model reads: ref('model'), source('name', 'table'), or this for an incremental model's own table.",
  },
  RT0239: {
    title: "A unit test of a model without SQL",
    message: (p: { test: string; model: string }) => `unit test "${p.test}": model "${p.model}" is written in JavaScript and has no query to run on given rows`,
    explain: "A unit test runs the query of a model on rows that it gives. A model in JavaScript is a function, which its own tests can call.",
  },
  RT0240: {
    title: "A unit test of an unknown version",
    message: (p: { test: string; model: string; version: string }) => `unit test "${p.test}": model "${p.model}" has no version ${p.version}`,
    explain: "`versions: {include: [...]}` and `{exclude: [...]}` name versions that the model declares. Without them every version is tested.",
  },
  RT0241: {
    title: "An expected column that is not compared",
    severity: "warning",
    message: (p: { what: string; column: string }) => `${p.what}: "${p.column}" is not compared, because the first expected row does not name it`,
    help: "name it in the first row, too, or leave it out",
    explain: "As in dbt, the columns that the first expected row names are those that are compared; in later rows, what they do not name is NULL.",
  },
  RT0340: {
    title: "An input that a unit test does not give",
    message: (p: { test: string; missing: string }) => `unit test "${p.test}" does not give ${p.missing}`,
    help: "add each under `given`; `rows: []` gives no rows",
    explain: "A unit test reads no relation of the warehouse, so it gives rows for everything that the model reads, also where the rows do not matter.",
  },
  RT0341: {
    title: "An input that the model does not read",
    message: (p: { test: string; input: string; model: string }) => `unit test "${p.test}" gives ${p.input}, which model "${p.model}" does not read`,
    explain:
      "An input stands for something that the model's own query reads by ref or source. One that it does not read would change nothing, and is most likely misspelt.",
  },
  RT0342: {
    title: "An input given twice",
    message: (p: { test: string; input: string }) => `unit test "${p.test}" gives ${p.input} twice`,
    help: "put all of its rows into one of them",
    explain: "Each input is given once, with all of its rows.",
  },
  RT0343: {
    title: "A macro that cannot be overridden so",
    message: (p: { test: string; macro: string; problem: string }) => `unit test "${p.test}" overrides "${p.macro}", which ${p.problem}`,
    explain:
      "`overrides: {macros: {name: value}}` says what a macro of the project returns in this test. is_incremental can be overridden, too; other built-in helpers follow from vars and env_vars.",
  },
  RT0344: {
    title: "An expectation that the model cannot meet",
    message: (p: { test: string; problem: string }) => `unit test "${p.test}": ${p.problem}`,
    explain:
      "`expect: {rows}` compares what the model's query returns, `expect: {ctes: {name: {rows}}}` what one of the common table expressions at its top returns, and `expect: {table: {rows}}` what stands in an incremental model's table after the run.",
  },
  RT0460: {
    title: "Unit test failed",
    message: (p: { test: string; differences: string }) => `unit test "${p.test}" failed: ${p.differences}`,
    help: "mend the model, or what the test expects; `retain show --select unit_test:NAME` prints the rows that come of it",
    explain:
      "On the rows that the test gives, the model's query does not return what the test expects. The order of rows means nothing; the columns are those that the expected rows name. The model was not built, and nothing that builds on it.",
  },
  RT0461: {
    title: "A given column that the input does not have",
    message: (p: { test: string; input: string; column: string }) => `unit test "${p.test}": ${p.input} has no column "${p.column}"`,
    explain:
      "Rows are given for columns that the input really has: those of its contract, its declaration, its files, or its query. Columns that are not given are NULL.",
  },
  RT0462: {
    title: "An expected column that the model does not have",
    message: (p: { test: string; model: string; column: string }) => `unit test "${p.test}": model "${p.model}" returns no column "${p.column}" here`,
    explain:
      "Expected rows name columns of what they are compared with: the model's result, or the common table expression. Columns that they do not name are not compared.",
  },
  RT0463: {
    title: "A value of a unit test that does not fit its column",
    message: (p: { what: string; column: string; type: string; value: string }) => `${p.what}: ${p.value} in column "${p.column}" is no ${p.type}`,
    help: "write a value of the column's type; NULL is written null",
    explain:
      "Given values get the types of the input's columns, expected values those of the model's. A value that cannot be converted, or only by rounding it, is a mistake of the test.",
  },
  RT0464: {
    title: "An input whose columns are not known",
    message: (p: { test: string; input: string; why: string }) => `unit test "${p.test}": the columns of ${p.input} are not known: ${p.why}`,
    explain:
      "Unit tests need no relation of the warehouse. The columns of an input come from an enforced contract, from declared data types, from files that are there, or from describing the query behind it; here none of these was possible.",
  },
  RT0465: {
    title: "No database for unit tests",
    message: () => "unit tests cannot run here: no database in memory is offered to them",
    help: "pass `openScratch` to executePlan",
    explain:
      "Programs that call executePlan say how a database in memory is opened; unit tests run in it and never in the warehouse. The command line always does.",
  },
} satisfies CodeTable;
