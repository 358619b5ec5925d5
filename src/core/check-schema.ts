/**
 * Checks a plain value against a zod schema and says every problem in the project's own words, at the place in the YAML
 * where it stands. Collects; never throws.
 */
import type { z } from "zod";
import { type Diagnostic, diagnose } from "./diagnostic.ts";
import { suggestion } from "./did-you-mean.ts";
import { listOf } from "./names.ts";
import type { YamlFile, YamlPath } from "./yaml.ts";

/** The value as the schema gives it back, or `undefined` with at least one diagnostic. `base` is the path of `value` in the file. */
export function checkSchema<S extends z.ZodType>(
  schema: S,
  value: unknown,
  yaml: YamlFile,
  base: YamlPath,
  what: string,
): {
  readonly value: z.output<S> | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, diagnostics: [] };
  const diagnostics = result.error.issues.flatMap(meantIssues).flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    const full = [...base, ...path];
    const where = path.length === 0 ? what : `${what}: ${formatPath(path)}`;
    if (issue.code === "unrecognized_keys") {
      const known = keysOf(schema, path);
      return issue.keys.map((key) =>
        diagnose(
          "RT0103",
          { key, where },
          {
            span: yaml.keySpanOf([...full, key]),
            help: suggestion(key, known) ?? keysHelp(known),
          },
        ),
      );
    }
    return [
      diagnose("RT0104", { where, problem: describeIssue(issue) }, { span: yaml.spanOf(full), help: issueHelp(issue, schema, path, valueAt(value, path)) }),
    ];
  });
  return { value: undefined, diagnostics };
}

/** Of a value that may be one of several things, the problems of the one that it evidently shall be: a mapping is no text gone wrong. */
function meantIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || issue.message !== "Invalid input") return [issue];
  const fitting = issue.errors.filter((list) => !list.some(isOfAnotherKind));
  const [meant, ...others] = fitting;
  if (!meant || others.length > 0) return [issue];
  return meant.flatMap((inner) => meantIssues({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOfAnotherKind(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === "invalid_type" || (issue.code === "invalid_union" && issue.errors.every((list) => list.some(isOfAnotherKind)));
}

function keysHelp(known: readonly string[]): string | undefined {
  return known.length > 0 && known.length <= 16 ? `known keys: ${known.join(", ")}` : undefined;
}

function formatPath(path: YamlPath): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step + 1}]` : i === 0 ? step : `.${step}`)).join("");
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") {
    const article = {
      object: "a mapping",
      record: "a mapping",
      array: "a list",
      string: "text",
      number: "a number",
      int: "a whole number",
      boolean: "true or false",
    };
    const expected = article[issue.expected as keyof typeof article] ?? issue.expected;
    return issue.message.includes("received undefined") ? `${expected} is required here` : `must be ${expected}`;
  }
  if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "invalid_union" && issue.message === "Invalid input") return describeUnion(issue.errors.flatMap((list) => list.map(describeIssue)));
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
}

/** `must be text, a mapping or a list`: what several things may be is one sentence. */
function describeUnion(problems: readonly string[]): string {
  const start = "must be ";
  const all = [...new Set(problems)];
  return all.every((problem) => problem.startsWith(start))
    ? `${start}${listOf(
        all.map((problem) => problem.slice(start.length)),
        "or",
      )}`
    : all.slice(0, 3).join(", or ");
}

/** What somebody who wrote the wrong kind of value most likely wants to know. */
function issueHelp(issue: z.core.$ZodIssue, schema: z.ZodType, path: YamlPath, value: unknown): string | undefined {
  if (issue.code === "invalid_value") return typeof value === "string" ? suggestion(value, issue.values.map(String)) : undefined;
  if (issue.code !== "invalid_type" || value === undefined) return undefined;
  if (issue.expected === "object") return keysHelp(keysOf(schema, path));
  if (issue.expected !== "array") return undefined;
  if (typeof value === "object") return "write a list: each item begins with `- `, or all of them stand in [ ]";
  return typeof value === "string" ? `write [${value}]` : undefined;
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (at, step) => (at !== null && typeof at === "object" ? (at as Readonly<Record<string | number, unknown>>)[step] : undefined),
    value,
  );
}

interface Definition {
  readonly type: string;
  readonly shape?: Record<string, z.ZodType>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

/** The keys that a schema knows at a path, for did-you-mean. */
function keysOf(schema: z.ZodType, path: YamlPath): readonly string[] {
  const definition = schema.def as unknown as Definition;
  const inner = definition.innerType ?? definition.in;
  if (inner) return keysOf(inner, path);
  if (definition.options) return definition.options.flatMap((option) => keysOf(option, path));
  if (path.length === 0) return Object.keys(definition.shape ?? {});
  const [step, ...rest] = path;
  const next = definition.shape?.[String(step)] ?? definition.element ?? definition.valueType;
  return next ? keysOf(next, rest) : [];
}
