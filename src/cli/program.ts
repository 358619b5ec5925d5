/**
 * Declares the commands and their options. Loads the code of a command only when it is called, so that --help needs
 * neither the database nor the schemas.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { diagnose } from "../core/diagnostic.ts";
import type { SampleCommandOptions } from "./commands/sample.ts";
import { type CliContext, createContext } from "./context.ts";
import { type GlobalOptions, globalOptions, type OptionRow, type RunOptions, runOptions, type SelectionOptions, selectionOptions } from "./options.ts";

/** Runs one command line and returns its exit code: 0 ok, 1 ran and failed, 2 could not run. */
export async function runCli(parameters: readonly string[], version: string): Promise<number> {
  const context = createContext(version);
  let exitCode = 0;
  const program = buildProgram(version, context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...parameters], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return context.reportCrash(error, parameters.includes("--debug"));
    if (error.exitCode === 0) return 0;
    const problem = error.message.replace(/^error: /, "");
    const [first = "", hint] = problem.split("\n");
    const help = /Did you mean (?:one of )?(.+?)\?/.exec(hint ?? "")?.[1];
    if (error.code !== "commander.help")
      context.reportDiagnostics([diagnose("RT0001", { problem: first }, { help: help === undefined ? undefined : `did you mean ${help}?` })]);
    return 2;
  }
}

/** What Commander would write about errors is said by runCli in the project's own form; its help is let through. */
function writeHelp(context: CliContext): (text: string) => void {
  return (text) => {
    if (!text.startsWith("error:")) context.stderr.write(text);
  };
}

type Finish = (code: number) => void;

function buildProgram(version: string, context: CliContext, finish: Finish): Command {
  const program = new Command("retain");
  program
    .description("Retention analytics as code: models in SQL and YAML, tested DuckDB tables, audiences for ad platforms.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: writeHelp(context),
    })
    .addHelpText(
      "after",
      "\nExit codes: 0 ok; 1 it ran and something failed; 2 nothing was run; 130/143 interrupted.\nMore about an error: retain explain RT0203",
    );

  const command = (name: string, description: string, tables: readonly (readonly OptionRow[])[]): Command => {
    const made = program.command(name).description(description).exitOverride();
    for (const table of tables) for (const row of table) made.addOption(toOption(row));
    return made.configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: writeHelp(context),
    });
  };

  const runs = [
    ["build", "build seeds and models, test them, and publish what passed"],
    ["run", "build models without testing them"],
    ["seed", "load seeds"],
    ["test", "run data tests on what is published"],
  ] as const;
  for (const [name, description] of runs) {
    command(name, description, [selectionOptions, runOptions, globalOptions]).action(async (options: RunOptions) => {
      const { runCommand } = await import("./commands/run.ts");
      finish(await runCommand(context, name, options));
    });
  }
  command("compile", "print the SQL that models and tests become", [selectionOptions, globalOptions])
    .argument("[models...]", "the same as --select")
    .action(async (models: string[], options: SelectionOptions & GlobalOptions) => {
      const { compileCommand } = await import("./commands/compile.ts");
      finish(await compileCommand(context, models, options));
    });
  command("show", "print rows of a model, seed or test, computed now", [selectionOptions, globalOptions])
    .argument("[models...]", "the same as --select")
    .option("--limit <number>", "most rows", parseWhole, 20)
    .action(async (models: string[], options: SelectionOptions & GlobalOptions & { readonly limit: number }) => {
      const { showCommand } = await import("./commands/show.ts");
      finish(await showCommand(context, models, options));
    });
  command("list", "print the names of the project's nodes", [selectionOptions, globalOptions])
    .alias("ls")
    .argument("[criteria...]", "the same as --select")
    .addOption(new Option("--output <form>", "what to print of each").choices(["selector", "name", "path", "json"]).default("selector"))
    .addOption(new Option("--resource-type <types...>", "only these").choices(["model", "seed", "source", "test", "exposure", "all"]))
    .action(
      async (
        criteria: string[],
        options: SelectionOptions &
          GlobalOptions & {
            readonly output: string;
            readonly resourceType?: readonly string[];
          },
      ) => {
        const { listCommand } = await import("./commands/list.ts");
        finish(await listCommand(context, criteria, options));
      },
    );
  command("parse", "check the whole project and write manifest.json", [globalOptions]).action(async (options: GlobalOptions) => {
    const { parseCommand } = await import("./commands/parse.ts");
    finish(await parseCommand(context, options));
  });
  command("debug", "check the project, the target and the connection", [globalOptions]).action(async (options: GlobalOptions) => {
    const { debugCommand } = await import("./commands/debug.ts");
    finish(await debugCommand(context, options));
  });
  command("clean", "delete target/, which holds only generated files", [globalOptions]).action(async (options: GlobalOptions) => {
    const { cleanCommand } = await import("./commands/clean.ts");
    finish(await cleanCommand(context, options));
  });
  command("explain", "say more about an error code", [globalOptions])
    .argument("[code]", "such as RT0203; without it, all codes")
    .action(async (code: string | undefined, options: GlobalOptions) => {
      const { explainCommand } = await import("./commands/explain.ts");
      finish(explainCommand(context, code, options.json === true));
    });
  command("schema", "print the JSON Schema of a YAML file, for editors", [globalOptions])
    .argument("[file]", "project (retain.yml) or resources (all other YAML)", "resources")
    .action(async (file: string) => {
      const { schemaCommand } = await import("./commands/schema.ts");
      finish(schemaCommand(context, file));
    });
  command("sample", "write the raw tables of the sample shop", [globalOptions])
    .requiredOption("--out <dir>", "folder to write to")
    .option("--customers <number>", "how many people; the shipped seeds have 1500", parseWhole, 1500)
    .addOption(new Option("--format <format>", "form of the files").choices(["csv", "parquet"]).default("csv"))
    .action(async (options: SampleCommandOptions) => {
      const { sampleCommand } = await import("./commands/sample.ts");
      finish(await sampleCommand(context, options));
    });
  command("init", "start a project from the shipped retention warehouse", [globalOptions])
    .argument("[dir]", "folder to fill", ".")
    .option("--minimal", "one seed and one model instead of the whole warehouse")
    .action(async (dir: string, options: GlobalOptions & { readonly minimal?: boolean }) => {
      const { initCommand } = await import("./commands/init.ts");
      finish(initCommand(context, dir, options.minimal === true));
    });
  addExportCommands(program, context, finish);
  return program;
}

function addExportCommands(program: Command, context: CliContext, finish: Finish): void {
  const group = program.command("export").description("send audiences to ad platforms").exitOverride();
  group.configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: writeHelp(context),
  });
  const actions = [
    ["list", "print the exports of the project"],
    ["plan", "show what a run would send, with identifiers masked"],
    ["run", "send or write what changed since the last run"],
  ] as const;
  for (const [name, description] of actions) {
    const action = group.command(name).description(description).exitOverride().argument("[names...]", "exports; without them, all");
    action.configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: writeHelp(context),
    });
    for (const row of globalOptions) action.addOption(toOption(row));
    if (name === "run") action.option("--dry-run", "the same as plan");
    action.action(async (names: string[], options: GlobalOptions & { readonly dryRun?: boolean }) => {
      const { exportCommand } = await import("./commands/export.ts");
      finish(await exportCommand(context, options.dryRun ? "plan" : name, names, options));
    });
  }
}

function toOption(row: OptionRow): Option {
  const option = new Option(row.flags, row.description);
  if (row.choices) option.choices([...row.choices]);
  if (row.kind === "count") option.argParser(parseCount);
  if (row.kind === "exit code") option.argParser(parseExitCode);
  if (row.kind === "seconds") option.argParser(parseSeconds);
  // Repeated options add up, as in dbt.
  if (row.kind === "list") option.argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]);
  if (row.fallback !== undefined) option.default(row.fallback);
  return option;
}

function parseWhole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

function parseCount(text: string): number {
  const value = parseWhole(text);
  if (value === 0) throw new InvalidArgumentError("It must be at least 1.");
  return value;
}

/** 0 would call a failure a success, and systems know no codes beyond 255. */
function parseExitCode(text: string): number {
  const value = parseCount(text);
  if (value > 255) throw new InvalidArgumentError("It must be a number from 1 to 255.");
  return value;
}

function parseSeconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError("It must be a number of seconds.");
  return value;
}
