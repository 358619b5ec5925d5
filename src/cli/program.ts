/**
 * Makes the program of the declarations: reads a command line, starts the command that it names and gives its exit code.
 * Loads the code of a command only when it is called, so that --help needs neither the database nor the schemas.
 */
import { Command as Commander, CommanderError } from "commander";
import { diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { type AnyCommand, type CommandGroup, isGroup } from "./command.ts";
import { type CliContext, createContext, type Surroundings } from "./context.ts";
import { commands } from "./declarations/registry.ts";
import { toOption } from "./to-option.ts";

/** Runs one command line and returns its exit code: 0 ok, 1 ran and failed, 2 could not run. */
export async function runCli(parameters: readonly string[], version: string, surroundings?: Surroundings): Promise<number> {
  const context = createContext(version, surroundings);
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
    if (error.code === "commander.help") return 2;
    const misuse = diagnose("RT0001", { problem: first }, { help: help === undefined ? nearChoice(first) : `did you mean ${help}?` });
    if (!parameters.includes("--json")) context.reportDiagnostics([misuse]);
    else {
      const { listenForAnswer } = await import("./json-answer.ts");
      const answer = listenForAnswer({ ...context, command: `retain ${commandIn(parameters)}` });
      answer.context.reportDiagnostics([misuse]);
      answer.end(2);
    }
    return 2;
  }
}

/** The command that was meant, as far as the words say. */
function commandIn(parameters: readonly string[]): string {
  const [first = "", second = ""] = parameters;
  const found = commands.find(({ name }) => name === first);
  return found === undefined ? "" : isGroup(found) && found.commands.some(({ name }) => name === second) ? `${first} ${second}` : first;
}

/** `… argument 'modle' is invalid. Allowed choices are model, seed.` */
function nearChoice(problem: string): string | undefined {
  const [, given, choices] = /argument '(.*)' is invalid\. Allowed choices are (.+)\.$/.exec(problem) ?? [];
  return given === undefined || choices === undefined ? undefined : suggestion(given, choices.split(", "));
}

type Finish = (code: number) => void;

function buildProgram(version: string, context: CliContext, finish: Finish): Commander {
  const program = new Commander("retain");
  program
    .description("Retention analytics as code: models in SQL and YAML, tested DuckDB tables, audiences for ad platforms.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      "\nExit codes: 0 ok; 1 it ran and something failed; 2 nothing was run; 130/143 interrupted.\nMore about an error: retain explain RT0203",
    );
  saysNothingItself(program, context);
  for (const declared of commands) add(program, declared, context, finish);
  return program;
}

function add(parent: Commander, declared: AnyCommand | CommandGroup, parentContext: CliContext, finish: Finish): void {
  const context = { ...parentContext, command: `${parentContext.command} ${declared.name}` };
  const made = parent.command(declared.name).description(declared.description);
  saysNothingItself(made, context);
  if (isGroup(declared)) {
    for (const inner of declared.commands) add(made, inner, context, finish);
    return;
  }
  made.aliases([...(declared.aliases ?? [])]);
  for (const { form, description, fallback } of declared.arguments ?? []) made.argument(form, description, fallback);
  for (const row of declared.options) made.addOption(toOption(row));
  made.action(async () => {
    const words = made.processedArgs.flat().filter((word) => word !== undefined) as string[];
    const options = made.opts();
    if (!wantsJson(options)) return finish(await declared.run(context, words, options as never));
    const { listenForAnswer } = await import("./json-answer.ts");
    const answer = listenForAnswer(context);
    const exitCode = await declared.run(answer.context, words, options as never);
    answer.end(exitCode);
    finish(exitCode);
  });
}

/** What Commander would write about errors is said by runCli in the project's own form; its help is let through. */
function saysNothingItself(command: Commander, context: CliContext): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => {
      if (!text.startsWith("error:")) context.stderr.write(text);
    },
  });
}

/** Whether the answer on stdout is to be one JSON document: options of commands differ, their words do not. Two reporters there are refused, and get nothing. */
function wantsJson(options: Readonly<Record<string, unknown>>): boolean {
  const { json, reporter, output } = options;
  if (reporter !== undefined) {
    const onStdout = [reporter].flat().filter((name) => !String(name).includes("="));
    return onStdout.length === 1 && onStdout[0] === "json";
  }
  return json === true || output === "json";
}
