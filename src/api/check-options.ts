/**
 * What a program asks for, held to what there is: a misspelt option would otherwise be one that is not given, and build the
 * whole project. For programs without a compiler that reads the declarations.
 */
import { z } from "zod";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { listOf } from "../core/names.ts";
import { indirectSelections } from "../graph/select/criterion.ts";
import type { OpenProjectOptions, RunOptions } from "./options.ts";

const text = z.string().optional();
const flag = z.boolean().optional();
const criteria = z.union([z.string(), z.array(z.string())]).optional();

const opening = {
  cwd: text,
  projectDir: text,
  target: text,
  vars: z.record(z.string(), z.unknown()).optional(),
  // process.env is no plain object.
  environment: z
    .custom<NonNullable<OpenProjectOptions["environment"]>>((value) => typeof value === "object" && value !== null, "must be a mapping of texts")
    .optional(),
  warnError: flag,
  cache: flag,
} satisfies Shape<OpenProjectOptions>;

const selecting = { select: criteria, exclude: criteria, selector: text, state: text, indirectSelection: z.enum(indirectSelections).optional() };

const planning = {
  ...selecting,
  command: z.enum(["build", "run", "seed", "snapshot", "test"]).optional(),
  fullRefresh: flag,
  changed: flag,
  defer: flag,
  deferTarget: text,
  favorState: flag,
  empty: flag,
  sample: text,
  eventTimeStart: text,
  eventTimeEnd: text,
  lockTimeoutSeconds: z.number().min(0).optional(),
  signal: z.instanceof(AbortSignal).optional(),
};

const running = {
  ...planning,
  threads: z.number().int().min(1).optional(),
  failFast: flag,
  onEvent: z.custom<NonNullable<RunOptions["onEvent"]>>((value) => typeof value === "function", "must be a function").optional(),
} satisfies Shape<RunOptions>;

/** A schema for every option, so that one that is declared and not checked does not compile. */
type Shape<Options> = { readonly [Name in keyof Options]-?: z.ZodType };

const shapes = { openProject: opening, compile: selecting, plan: planning, run: running };

/** What is wrong with the options of a call; all of it. */
export function checkOptions(call: keyof typeof shapes, options: unknown): readonly Diagnostic[] {
  const shape = shapes[call];
  const known = Object.keys(shape);
  const checked = z.strictObject(shape).safeParse(options);
  const all = `${call} takes ${listOf(known)}`;
  return (checked.error?.issues ?? []).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => diagnose("RT0001", { problem: `${call}: there is no option "${key}"` }, { help: suggestion(key, known) ?? all }));
    }
    const place = [call, ...issue.path.map(String)].join(".");
    return [diagnose("RT0001", { problem: `${place}: ${issue.message}` }, { help: all })];
  });
}
