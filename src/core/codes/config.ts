/** RT01xx: finding and reading the project, its YAML and its environment. */
import type { CodeTable } from "./entry.ts";

export const configCodes = {
  RT0101: {
    title: "No project here",
    message: (p: { from: string; isNamed?: boolean }) => `no retain.yml in ${p.from}${p.isNamed ? "" : " or any folder above it"}`,
    help: "run `retain init` to start a project here, or name one with --project-dir",
    explain: "A project is a folder with a retain.yml. retain looks in the working directory and walks up; --project-dir and RETAIN_PROJECT_DIR override that.",
  },
  RT0102: {
    title: "Malformed YAML",
    help: "look at the indentation and the brackets, and quote values that hold `: ` or begin with {{",
    message: (p: { problem: string }) => p.problem,
    explain:
      "The file is not valid YAML, so nothing in it could be read. Common causes: a tab for indentation, an unquoted `: ` or `{{` in a value, a bracket that is not closed.",
  },
  RT0103: {
    title: "Unknown key",
    message: (p: { key: string; where: string }) => `unknown key "${p.key}" in ${p.where}`,
    explain:
      "Keys are checked strictly, so that a misspelt setting is not silently ignored. `retain schema` prints a JSON Schema for editors that lists all of them.",
  },
  RT0104: {
    title: "Invalid value",
    message: (p: { where: string; problem: string }) => `${p.where}: ${p.problem}`,
    explain: "The value is not of the kind that this key takes. `retain schema` prints what each key takes.",
  },
  RT0105: {
    title: "Environment variable not set",
    message: (p: { name: string }) => `the environment variable ${p.name} is not set`,
    help: "set it, put it into .env beside retain.yml, or give a default: ${NAME:-default}",
    explain:
      "${NAME} in retain.yml is replaced by the environment variable; .env is loaded first and the real environment wins. Destinations are read only when an export needs them, so their secrets are not needed to build.",
  },
  RT0106: {
    title: "Unknown target",
    message: (p: { name: string; known: string }) => `there is no target "${p.name}" (known: ${p.known})`,
    explain:
      "Targets are declared under `targets` in retain.yml. --target picks one, else the environment variable RETAIN_TARGET, else `default_target`, else the first.",
  },
  RT0107: {
    title: "A file or folder that cannot be read",
    message: (p: { path: string; problem: string }) => `cannot read ${p.path}: ${p.problem}`,
    explain: "The file or folder exists in the project or was named on the command line, but the operating system refused it.",
  },
  RT0108: {
    title: "Folder setting without a folder",
    message: (p: { folder: string; kind: string }) => `"${p.folder}" is neither a setting nor a folder of ${p.kind}`,
    explain:
      "Under `models` and `seeds` of retain.yml a key is a folder below that path, or a setting for all that is in the folder. Write `+key` where a folder has the name of a setting.",
  },
  RT0115: {
    title: "A package that is not installed",
    message: (p: { name: string }) => `the package "${p.name}" is not installed`,
    explain:
      "`packages` in retain.yml names npm packages. They are looked for in node_modules, from the project's folder upwards, and have to be installed before: retain downloads nothing.",
  },
  RT0116: {
    title: "A package without a project",
    message: (p: { name: string }) => `the package "${p.name}" holds no retain.yml`,
    help: "remove it from `packages`: only packages with models, seeds or macros for retain belong there",
    explain: "A package that a project can use is itself a project: it has a retain.yml at its root, beside its package.json.",
  },
  RT0117: {
    title: "Two projects of one name",
    message: (p: { name: string; project: string; isOwn: boolean }) =>
      `the package "${p.name}" calls its project "${p.project}", as ${p.isOwn ? "this project does" : "another package does"}`,
    help: "change `name` in the retain.yml that is yours",
    explain:
      'Nodes of packages are known by the name of the project that they come from, as in {{ref "shop" "orders"}}. So no two of them may have the same name, nor may one have that of the project which uses them.',
  },
  RT0118: {
    title: "A variable that a package does not have",
    severity: "warning",
    message: (p: { package: string; name: string }) => `nothing in the package "${p.package}" reads a variable "${p.name}"`,
    explain:
      "Under `vars` of retain.yml, a package's name holds values for that package's own variables. One of these is declared nowhere in the package and stands in none of its files.",
  },
  RT0119: {
    title: "Left out of a package that does not have it",
    message: (p: { package: string; name: string }) => `the package "${p.package}" has no model, seed or snapshot "${p.name}" to leave out`,
    explain:
      "`without` lists nodes of a package that are left out, so that what reads them reads the project's own nodes of the same names. Each must be the name of a model, seed or snapshot of the package.",
  },
} satisfies CodeTable;
