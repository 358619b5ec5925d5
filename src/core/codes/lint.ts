/** RT07xx: what `retain lint` finds. Nothing here keeps a project from being built. */
import type { CodeTable } from "./entry.ts";

const silence =
  "Silence one place with a comment on its line or above it: `-- retain-lint: disable=CODE` in SQL, `# retain-lint: disable=CODE` in YAML. Under `lint:` in retain.yml a rule is set to off, warn or error, for all or for some folders.";

export const lintCodes = {
  RT0701: {
    title: "A table named without ref or source",
    severity: "warning",
    message: (p: { name: string }) => `"${p.name}" is named without ref or source`,
    help: 'declare it under `sources` and write {{source "SOURCE" "TABLE"}}',
    explain: `A table that SQL names itself is no part of the graph: retain cannot build it first, cannot test it, and reads the same schema in every target. ${silence}`,
  },
  RT0702: {
    title: "select * in a mart",
    severity: "warning",
    message: (p: { model: string }) => `"${p.model}" selects * from what it reads`,
    help: "list the columns, in the last query or in the common table that it reads",
    explain: `Others build on a mart's columns. With * they change whenever something upstream does, and nobody sees it in a review. A last \`select * from final\` is fine when \`final\` lists its columns. Looked at are models in a folder called marts. ${silence}`,
  },
  RT0703: {
    title: "No test of the grain",
    severity: "warning",
    message: (p: { model: string }) => `nothing tests what one row of "${p.model}" is`,
    help: "add `unique` and `not_null` to its key column, or `unique_combination` to the model",
    explain: `A join that multiplies rows is the most common mistake in SQL, and sums do not show it. A test on the key finds it at once: unique on a column, unique_combination on several, or a primary_key or unique constraint of a contract. ${silence}`,
  },
  RT0704: {
    title: "Unused macro",
    severity: "warning",
    message: (p: { name: string }) => `macro "${p.name}" is called nowhere`,
    help: "remove its file and its declaration",
    explain: `No template of the project calls this macro, and no test is made of it. ${silence}`,
  },
  RT0705: {
    title: "Unused variable",
    severity: "warning",
    message: (p: { name: string }) => `nothing reads the variable "${p.name}"`,
    help: "remove it from `vars`",
    explain: `No template of the project asks for this variable, so setting it changes nothing. Where some template computes the name of a variable, none is called unused. ${silence}`,
  },
  RT0706: {
    title: "Undocumented column",
    severity: "warning",
    message: (p: { column: string; owner: string }) => `column "${p.column}" of "${p.owner}" has no description`,
    help: "say what it means, in which unit, and when it is NULL",
    explain: `A column that is declared but not described is a column that everybody guesses at. Looked at are models in a folder called marts. ${silence}`,
  },
  RT0707: {
    title: "Undocumented resource",
    severity: "warning",
    message: (p: { kind: string; name: string }) => `${p.kind} "${p.name}" has no description`,
    help: "say in one sentence what it is; of a relation, what one row is",
    explain: `Models, seeds, sources, macros and exports are described in YAML with \`description\`, which the documentation shows. ${silence}`,
  },
  RT0708: {
    title: "A call inside a comment",
    severity: "warning",
    message: (p: { call: string }) => `${p.call} stands in a comment, but counts all the same`,
    help: "remove it, or make it a template comment: {{!-- … --}}",
    explain: `Templates are rendered before SQL is read, so a ref in an SQL comment still makes an ancestor, has to be right, and can close a circle. ${silence}`,
  },
  RT0709: {
    title: "order by without limit",
    severity: "warning",
    message: (p: { model: string }) => `"${p.model}" sorts its rows, which a view does for every reader`,
    help: "leave the order to whoever reads it, or add a limit",
    explain: `The rows of a view or of an ephemeral model have no order for those who build on them, so the sort is only work. Tables are not looked at: their order on disk makes filters faster. ${silence}`,
  },
  RT0710: {
    title: "A comma between relations",
    severity: "warning",
    message: (_: object) => "a comma joins every row with every row",
    help: "write `cross join` if that is meant, else `join … on`",
    explain: `With a comma a forgotten condition goes unseen; a written join does not let itself be forgotten. Functions such as unnest and queries in brackets may follow a comma. ${silence}`,
  },
  RT0711: {
    title: "not in with a query",
    severity: "warning",
    message: (_: object) => "`not in` is never true when its query has a NULL",
    help: "write `not exists (select … where …)` or `anti join`",
    explain: `\`x not in (select y …)\` gives no rows at all as soon as one y is NULL. Where people are left out of an audience, that is the difference between nobody and everybody. ${silence}`,
  },
  RT0712: {
    title: "A column that looks personal",
    severity: "warning",
    message: (p: { column: string; owner: string }) => `column "${p.column}" of "${p.owner}" looks personal and is not declared so`,
    help: "add `pii: email` (or phone, name, …) to mask it wherever rows are shown, or `pii: false`",
    explain: `Failing rows and previews are masked for columns that are declared with \`pii\`, there and in everything made from them. Looked at are the columns of seeds and sources, where data comes in. ${silence}`,
  },
  RT0720: {
    title: "A silencer that silences nothing",
    severity: "warning",
    message: (p: { code: string }) => `nothing here raises ${p.code}`,
    help: "remove it",
    explain:
      "A comment `retain-lint: disable=…` stands at a line where the rule finds nothing, or is off. It would hide a mistake that somebody makes there later.",
  },
  RT0721: {
    title: "A silencer that cannot be",
    severity: "warning",
    message: (p: { code: string; problem: string }) => `${p.code} ${p.problem}`,
    explain:
      "`retain-lint: disable=` takes the codes of lint's rules (RT07xx) and of warnings, several with commas. Errors cannot be silenced, because nothing could be built.",
  },
} satisfies CodeTable;

export type LintCode = keyof typeof lintCodes;
