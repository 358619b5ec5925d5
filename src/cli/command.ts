/**
 * What a command is to the command line: its words, options and arguments as plain data, and how its code is started. The
 * program, the completion of shells and the reference all read these declarations; nothing heavy may be imported here or
 * by a declaration, because --help loads them all.
 */
import type { CliContext } from "./context.ts";
import type { KnownNames, OptionRow } from "./options.ts";

export interface ArgumentRow {
  /** `<file>`, `[file]` or `[files...]`. */
  readonly form: string;
  readonly description: string;
  readonly fallback?: string;
  /** What the words name, for completion; files where nothing is said. */
  readonly names?: KnownNames;
}

export interface Command<Options> {
  readonly name: string;
  readonly description: string;
  readonly aliases?: readonly string[];
  readonly arguments?: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
  /** Loads the command's code, runs it and gives its exit code. `words` are the arguments as they were given. */
  run(context: CliContext, words: readonly string[], options: Options): Promise<number>;
}

/** A command that only holds others, such as `export`. */
export interface CommandGroup {
  readonly name: string;
  readonly description: string;
  readonly commands: readonly AnyCommand[];
}

/** A declaration whatever its options: they are made from its own rows, so they fit its own `run`. */
export type AnyCommand = Command<never>;

export function isGroup(declared: AnyCommand | CommandGroup): declared is CommandGroup {
  return "commands" in declared;
}
