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
  RT0109: {
    title: "A package that cannot be used",
    message: (p: { name: string }) => `the package "${p.name}" cannot be loaded by this version`,
    help: "copy its models into the project and remove it from `packages`",
    explain: "`packages` names npm packages that hold a retain.yml. This version reads only the project itself.",
  },
} satisfies CodeTable;
