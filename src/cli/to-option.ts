/** Rows of the options' table to Commander's options, with what each kind of value must look like. */
import { InvalidArgumentError, Option } from "commander";
import { readSample } from "../session/input-limit.ts";
import type { OptionKind, OptionRow } from "./options.ts";

export function toOption(row: OptionRow): Option {
  const option = new Option(row.flags, row.description);
  if (row.choices) option.choices([...row.choices]);
  const read = row.kind && readers[row.kind];
  if (read) option.argParser(read);
  if (row.fallback !== undefined) option.default(row.fallback);
  return option.makeOptionMandatory(row.isRequired === true);
}

/** The name under which an option's value arrives. */
export function optionName(row: OptionRow): string {
  return new Option(row.flags, row.description).attributeName();
}

const readers: Readonly<Record<OptionKind, (text: string, previous: unknown) => unknown>> = {
  // Repeated options add up, as in dbt.
  list: (text, previous) => [...((previous as readonly string[] | undefined) ?? []), text],
  whole: readWhole,
  count: readCount,
  "exit code": readExitCode,
  seconds: readSeconds,
  sample: readSampleSize,
};

function readWhole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

function readCount(text: string): number {
  const value = readWhole(text);
  if (value === 0) throw new InvalidArgumentError("It must be at least 1.");
  return value;
}

/** 0 would call a failure a success, and systems know no codes beyond 255. */
function readExitCode(text: string): number {
  const value = readCount(text);
  if (value > 255) throw new InvalidArgumentError("It must be a number from 1 to 255.");
  return value;
}

function readSeconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError("It must be a number of seconds.");
  return value;
}

function readSampleSize(text: string): unknown {
  const limit = readSample(text);
  if (!limit) throw new InvalidArgumentError("It must be a number of rows such as 100, a share such as 5%, or a share by a key such as 5%:customer_id.");
  return limit;
}
