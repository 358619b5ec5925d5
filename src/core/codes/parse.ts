/** RT02xx: resources, templates and the graph between them. */
import type { CodeTable } from "./entry.ts";

export const parseCodes = {
  RT0201: {
    title: "Template syntax error",
    message: (p: { problem: string }) => p.problem,
    explain:
      'SQL is a Handlebars template: {{ref "orders"}}, {{#if x}}…{{/if}}, {{> macro key=value}}. Helpers are called with spaces, not with parentheses or commas. Write \\{{ for two literal braces.',
  },
  RT0202: {
    title: "Half of a resource",
    message: (p: { kind: string; name: string; has: string; lacks: string }) => `${p.kind} "${p.name}" has ${p.has} but no ${p.lacks}`,
    explain:
      "A model is declared in YAML and written in SQL: inline under `sql:`, or in a file <name>.sql in the folder of the YAML file or below the models path. A seed needs its <name>.csv. Neither half works alone.",
  },
  RT0203: {
    title: "Unknown model",
    message: (p: { name: string }) => `unknown model "${p.name}"`,
    explain: 'ref takes the name of a model, seed or snapshot of this project. Sources are named with {{source "name" "table"}}.',
  },
  RT0204: {
    title: "Unknown source",
    message: (p: { source: string; table: string }) => `unknown source "${p.source}.${p.table}"`,
    explain: "source takes the name of a source and of one of its tables, both declared under `sources:` in a YAML file.",
  },
  RT0205: {
    title: "Cycle",
    message: (p: { path: string }) => `these models depend on each other in a circle: ${p.path}`,
    help: "remove one of these refs, for example by moving the shared part into a model of its own",
    explain: "A model cannot be built before itself. The path shows one way around; each arrow is a ref.",
  },
  RT0206: {
    title: "Duplicate name",
    message: (p: { kind: string; name: string }) => `${p.kind} "${p.name}" is declared twice`,
    help: "rename or remove one of them",
    explain: "Models, seeds and snapshots share one space of names, because ref names them alike. Tests, sources, macros and exports each have their own.",
  },
  RT0207: {
    title: "A reference that cannot be read before the run",
    message: (p: { helper: string }) => `${p.helper} takes literal strings here`,
    help: 'write the name itself, as in {{ref "orders"}}, or {{ref "orders" v=2}} for a version; pass (ref "orders") to a macro that needs a relation',
    explain:
      "The order of the build comes from the ref and source calls in the template's syntax tree, so their arguments must be plain strings and not variables. A version may be a number; ref takes no other named argument.",
  },
  RT0208: {
    title: "Unknown helper or macro",
    message: (p: { kind: string; name: string }) => `unknown ${p.kind} "${p.name}"`,
    explain: "Helpers are built in, or exported from a macros/*.mjs file and declared in YAML. {{> name}} calls the partial macros/name.hbs.",
  },
  RT0209: {
    title: "Wrong macro arguments",
    message: (p: { macro: string; problem: string }) => `macro "${p.macro}": ${p.problem}`,
    explain:
      "Macros declare their arguments with name, type and perhaps a default. A call must give each argument that has no default, of the declared type, and no other.",
  },
  RT0210: {
    title: "Half of a macro",
    message: (p: { name: string; has: string; lacks: string }) => `macro "${p.name}" has ${p.has} but no ${p.lacks}`,
    explain:
      "A macro is a file in macros/ (NAME.hbs, or a function NAME exported from a .mjs file) and a declaration with typed arguments under `macros:` in a YAML file.",
  },
  RT0211: {
    title: "Unknown test",
    message: (p: { name: string }) => `unknown test "${p.name}"`,
    explain:
      "Tests are built in (unique, not_null, accepted_values, relationships, expression_is_true, unique_combination, accepted_range, row_count_between, recency, matches_pattern) or macros of the project declared with `kind: test`.",
  },
  RT0212: {
    title: "Wrong test arguments",
    message: (p: { test: string; problem: string }) => `test "${p.test}": ${p.problem}`,
    explain:
      "Each test takes its own arguments, given under its name or under `arguments:`; settings such as severity and where may stand beside them or under `config:`.",
  },
  RT0213: {
    title: "A model named without ref",
    severity: "warning",
    message: (p: { name: string }) => `"${p.name}" is a model of this project but is named without ref`,
    explain: 'SQL that names a model directly builds in an unknown order and reads the wrong schema in another target. Use {{ref "name"}}.',
  },
  RT0214: {
    title: "A reference to something disabled",
    message: (p: { name: string }) => `model "${p.name}" is disabled`,
    help: "remove `enabled: false` there, or this ref",
    explain: "A disabled node takes no part in the project, so nothing can build on it.",
  },
  RT0215: {
    title: "Two nodes, one relation",
    message: (p: { relation: string }) => `two nodes would both write ${p.relation}`,
    help: "give one of them another `alias` or `schema`",
    explain: "Each node needs a relation of its own in the warehouse, or the later one would replace the earlier one.",
  },
  RT0216: {
    title: "A seed's header",
    help: "the first line of the file names every column once",
    message: (p: { seed: string; problem: string }) => `seed "${p.seed}": ${p.problem}`,
    explain: "The first line of a seed names its columns: each once, none empty, and every column declared in YAML among them.",
  },
  RT0217: {
    title: "A column declared twice",
    message: (p: { column: string; owner: string }) => `column "${p.column}" of ${p.owner} is declared twice`,
    explain: "Column names are compared without regard to case, as the warehouse does.",
  },
  RT0226: {
    title: "A model in JavaScript",
    message: (p: { model: string; problem: string }) => `model "${p.model}": ${p.problem}`,
    explain:
      "A model may be written in a file NAME.mjs instead of SQL. Its YAML declares what it reads, under `refs`, and its columns, each with a data_type: the graph and the table are known before a line of it runs. It is always materialized as javascript, which leaves a table.",
  },
  RT0225: {
    title: "A constraint that makes no sense",
    message: (p: { type: string; problem: string }) => `constraint ${p.type}: ${p.problem}`,
    explain:
      "Constraints stand under a column, or under the model with the `columns` they are about. check and custom take an `expression`, foreign_key takes `to` and perhaps `to_columns`; a model has one primary key.",
  },
  RT0220: {
    title: "What a snapshot is of",
    message: (p: { snapshot: string; problem: string }) => `snapshot "${p.snapshot}" ${p.problem}`,
    explain:
      "A snapshot keeps the history of one relation, named under `relation`, or of one query: inline under `sql`, or in a file <name>.sql below the snapshots path.",
  },
  RT0227: {
    title: "Unknown group",
    message: (p: { group: string }) => `unknown group "${p.group}"`,
    explain:
      "A group is declared under `groups:` in a YAML file, with a name and an owner. Models name it as `group`, in their config or for a whole folder in retain.yml.",
  },
  RT0228: {
    title: "Access that makes no sense",
    message: (p: { model: string; problem: string }) => `model "${p.model}": ${p.problem}`,
    explain:
      "access says who may read a model: private, only models of its own group; protected, everything in the project and whoever uses it as a package; public, everybody.",
  },
  RT0229: {
    title: "A private model",
    message: (p: { reader: string; model: string; group: string }) => `${p.reader} may not read "${p.model}", which is private to the group "${p.group}"`,
    explain: "A private model is read only by models and tests of its own group. Exposures and exports belong to no group.",
  },
  RT0230: {
    title: "Versions that make no sense",
    message: (p: { model: string; problem: string }) => `model "${p.model}": ${p.problem}`,
    explain:
      "`versions` is a list of versions, each with its `v` and whatever tells it from the model: columns, description, config. Each has SQL of its own, in a file NAME_vV or the one that `defined_in` names. `latest_version` names the one that a ref without version means.",
  },
  RT0231: {
    title: "Unknown version",
    message: (p: { name: string; version: string }) => `model "${p.name}" has no version ${p.version}`,
    explain: 'A ref may name a version, as in {{ref "orders" v=2}}. Without one it means the latest version.',
  },
  RT0232: {
    title: "Two versions, one file",
    message: (p: { model: string; first: string; second: string; file: string }) =>
      `versions ${p.first} and ${p.second} of "${p.model}" would both be read from ${p.file}`,
    help: "give each a file of its own, by its name or by `defined_in`",
    explain: "Each version of a model has SQL of its own: versions that were the same would be one.",
  },
  RT0233: {
    title: "Wrong arguments of an operation",
    message: (p: { operation: string; problem: string }) => `operation "${p.operation}": ${p.problem}`,
    explain: "An operation declares its arguments as macros do. --args gives them as a YAML or JSON mapping, each of the declared type.",
  },
} satisfies CodeTable;
