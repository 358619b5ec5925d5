/**
 * What may stand where the cursor is: commands, options and their values, arguments. Works on the words of a command line
 * and the commands' declarations; names of the project are asked for only where they are wanted. Pure.
 */
import { type AnyCommand, type ArgumentRow, type CommandGroup, isGroup } from "../command.ts";
import type { KnownNames, OptionRow } from "../options.ts";

export interface Candidate {
  readonly value: string;
  readonly description?: string | undefined;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** What else the shell itself may offer. */
  readonly paths?: "files" | "folders";
}

/** The names of one kind that fit what was typed so far. */
export type Lookup = (names: KnownNames, typed: string, projectDir: string | undefined) => readonly Candidate[];

type Declared = AnyCommand | CommandGroup;

const helpOption: OptionRow = { flags: "-h, --help", description: "print help" };
const versionOption: OptionRow = { flags: "-V, --version", description: "print the version" };

/** `words` come after the program's own name; the last one is being typed and may be empty. */
export function complete(words: readonly string[], commands: readonly Declared[], lookup: Lookup): Completion {
  const current = words.at(-1) ?? "";
  const read = readWords(words.slice(0, -1), commands);
  const { command, options, waiting, isClosed } = read;
  const find = (names: KnownNames, typed: string): readonly Candidate[] => lookup(names, typed, read.projectDir);
  const given = /^(--[\w-]+)=(.*)$/s.exec(current);
  if (given && !isClosed) {
    const [, flag = "", typed = ""] = given;
    const row = options.find((option) => flagsOf(option).includes(flag));
    return row ? withPrefix(`${flag}=`, valuesOf(row, typed, find)) : { candidates: [] };
  }
  const isFlag = current.startsWith("-") && !isClosed;
  if (isFlag) return { candidates: flagCandidates(options, current) };
  if (waiting) return valuesOf(waiting, current, find);
  if (command === undefined || isGroup(command)) {
    const below = command === undefined ? commands : command.commands;
    return {
      candidates: starting(
        below.map(({ name, description }) => ({ value: name, description })),
        current,
      ),
    };
  }
  const row = argumentAt(command.arguments ?? [], read.argumentCount);
  if (!row) return { candidates: [] };
  return row.names === undefined ? { candidates: [], paths: "files" } : { candidates: find(row.names, current) };
}

interface Read {
  readonly command: Declared | undefined;
  /** Those that may be given here. */
  readonly options: readonly OptionRow[];
  /** The option whose value comes next. */
  readonly waiting: OptionRow | undefined;
  /** Whether `--` has ended the options. */
  readonly isClosed: boolean;
  readonly argumentCount: number;
  readonly projectDir: string | undefined;
}

function readWords(words: readonly string[], commands: readonly Declared[]): Read {
  let command: Declared | undefined;
  let waiting: OptionRow | undefined;
  let isClosed = false;
  let argumentCount = 0;
  let projectDir: string | undefined;
  for (const word of words) {
    const options = optionsOf(command);
    if (!isClosed && word === "--") {
      isClosed = true;
      waiting = undefined;
    } else if (!isClosed && word.startsWith("-") && word !== "-") {
      const [flag = "", value] = word.split(/=(.*)/s);
      const row = options.find((option) => flagsOf(option).includes(flag));
      waiting = row && value === undefined && takesValue(row) ? row : undefined;
      if (flag === "--project-dir" && value !== undefined) projectDir = value;
    } else if (waiting) {
      if (flagsOf(waiting).includes("--project-dir")) projectDir = word;
      if (!waiting.flags.includes("...")) waiting = undefined;
    } else if (command === undefined || isGroup(command)) {
      const below: readonly Declared[] = command === undefined ? commands : command.commands;
      const found = below.find((each) => each.name === word || (!isGroup(each) && each.aliases?.includes(word)));
      // Nothing is known of what comes after a word that is no command.
      if (!found) return { command: undefined, options: [], waiting: { flags: "", description: "" }, isClosed, argumentCount, projectDir };
      command = found;
    } else argumentCount++;
  }
  return { command, options: optionsOf(command), waiting, isClosed, argumentCount, projectDir };
}

function optionsOf(command: Declared | undefined): readonly OptionRow[] {
  if (command === undefined) return [helpOption, versionOption];
  return isGroup(command) ? [helpOption] : [...command.options, helpOption];
}

function flagsOf({ flags }: OptionRow): readonly string[] {
  return flags.split(/[ ,]+/).filter((part) => part.startsWith("-"));
}

function takesValue({ flags }: OptionRow): boolean {
  return flags.includes("<");
}

function flagCandidates(options: readonly OptionRow[], typed: string): readonly Candidate[] {
  const isShort = /^-[^-]/.test(typed);
  const all = options.flatMap((row) => {
    const flags = flagsOf(row);
    return flags.filter((flag) => flag.startsWith("--") !== isShort).map((value) => ({ value, description: row.description }));
  });
  return starting(all, typed);
}

function valuesOf(row: OptionRow, typed: string, find: (names: KnownNames, typed: string) => readonly Candidate[]): Completion {
  if (row.choices)
    return {
      candidates: starting(
        row.choices.map((value) => ({ value })),
        typed,
      ),
    };
  if (row.names) return { candidates: find(row.names, typed) };
  return { candidates: [], ...(row.flags.includes("<dir>") && { paths: "folders" as const }) };
}

function argumentAt(rows: readonly ArgumentRow[], count: number): ArgumentRow | undefined {
  const last = rows.at(-1);
  return rows[count] ?? (last?.form.includes("...") ? last : undefined);
}

function withPrefix(prefix: string, { candidates, ...rest }: Completion): Completion {
  return { ...rest, candidates: candidates.map((candidate) => ({ ...candidate, value: `${prefix}${candidate.value}` })) };
}

export function starting(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}
