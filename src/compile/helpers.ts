/**
 * The helpers built into templates, one row each; the reference in the docs is made from this table. A helper is a pure
 * function of its arguments and of what the compilation hands it. It complains by throwing a HelperProblem, which the
 * renderer turns into a diagnostic at the call.
 */
import type { Code, codes } from "../core/codes/index.ts";
import { quoteIdentifier, quoteLiteral } from "../core/names.ts";
import { describeValue, isFalsy, isRelation, toSql, type Value } from "./values.ts";

/** What helpers may ask of the compilation. */
export interface HelperContext {
  readonly vars: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What `is_incremental` says: whether the SQL is for adding to a table that is there. */
  readonly isIncremental: boolean;
  readonly relation: (
    dependency:
      | { readonly kind: "ref"; readonly name: string; readonly package: string | undefined; readonly version?: string | number }
      | { readonly kind: "source"; readonly source: string; readonly table: string },
  ) => Value;
}

export interface Helper {
  readonly signature: string;
  readonly description: string;
  /** Arguments that it takes by name; none where nothing is said. */
  readonly named?: readonly string[];
  readonly call: (parameters: readonly Value[], context: HelperContext, named: Readonly<Record<string, Value>>) => Value;
}

export class HelperProblem extends Error {
  readonly code: Code & keyof typeof codes;
  readonly params: object;
  constructor(code: Code, params: object) {
    super(code);
    this.code = code;
    this.params = params;
  }
}

function wrong(helper: string, problem: string): HelperProblem {
  return new HelperProblem("RT0304", { helper, problem });
}

function expectCount(helper: string, parameters: readonly Value[], least: number, most = least): void {
  const { length } = parameters;
  if (length >= least && length <= most) return;
  const wanted = least === most ? String(least) : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} or ${most}`;
  throw wrong(helper, `takes ${wanted} ${most === 1 ? "argument" : "arguments"}, not ${length}`);
}

function expectText(helper: string, value: Value): string {
  if (typeof value === "string") return value;
  throw wrong(helper, `expects text, not ${describeValue(value)}`);
}

function expectSql(helper: string, value: Value): string {
  const text = toSql(value);
  if (text === undefined) throw wrong(helper, `cannot use ${describeValue(value)}`);
  return text;
}

function expectWhole(helper: string, value: Value): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw wrong(helper, `expects whole numbers, not ${describeValue(value)}`);
}

function compare(helper: string, [a, b]: readonly Value[]): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  throw wrong(helper, `compares two numbers or two texts, not ${describeValue(a)} with ${describeValue(b)}`);
}

function comparison(name: string, words: string, holds: (order: number) => boolean): Helper {
  return {
    signature: `(${name} a b)`,
    description: `true if a ${words} b; both numbers or both text`,
    call: (parameters) => {
      expectCount(name, parameters, 2);
      return holds(compare(name, parameters));
    },
  };
}

function isEqual(a: Value, b: Value): boolean {
  return isRelation(a) && isRelation(b) ? a.sql === b.sql : a === b;
}

function quoteValue(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return quoteLiteral(expectSql("literal", value));
}

export const helpers: Readonly<Record<string, Helper>> = {
  ref: {
    signature: '{{ref "model"}}, {{ref "package" "model"}} or {{ref "model" v=2}}',
    description: "the relation of a model, seed or snapshot; makes it an ancestor. v, or version, names one of a model's versions; the latest without it",
    named: ["v", "version"],
    call: (parameters, context, { v, version = v }) => {
      const [first, second] = parameters.map((value) => expectText("ref", value));
      expectCount("ref", parameters, 1, 2);
      const wanted = typeof version === "number" || typeof version === "string" ? { version } : {};
      return context.relation({ kind: "ref", name: second ?? first ?? "", package: second === undefined ? undefined : first, ...wanted });
    },
  },
  source: {
    signature: '{{source "source" "table"}}',
    description: "a table that somebody else fills, or files read in place; makes it an ancestor",
    call: (parameters, context) => {
      expectCount("source", parameters, 2);
      const [source = "", table = ""] = parameters.map((value) => expectText("source", value));
      return context.relation({ kind: "source", source, table });
    },
  },
  var: {
    signature: '{{var "name"}} or {{var "name" default}}',
    description: "a variable of --vars or retain.yml; without a default it must be set",
    call: (parameters, context) => {
      expectCount("var", parameters, 1, 2);
      const name = expectText("var", parameters[0]);
      if (Object.hasOwn(context.vars, name)) return context.vars[name] as Value;
      if (parameters.length === 2) return parameters[1];
      throw new HelperProblem("RT0302", { name });
    },
  },
  env: {
    signature: '{{env "NAME"}} or {{env "NAME" "default"}}',
    description: "an environment variable, .env included",
    call: (parameters, context) => {
      expectCount("env", parameters, 1, 2);
      const name = expectText("env", parameters[0]);
      const found = context.environment[name];
      if (found !== undefined) return found;
      if (parameters.length === 2) return parameters[1];
      throw new HelperProblem("RT0303", { name });
    },
  },
  is_incremental: {
    signature: "{{#if (is_incremental)}}…{{/if}}",
    description: "true while an incremental model adds to what is there; otherwise false",
    call: (_, context) => context.isIncremental,
  },
  literal: {
    signature: "{{literal value}}",
    description: "the value as an SQL literal: text quoted, numbers and booleans as they are, null as null",
    call: (parameters) => {
      expectCount("literal", parameters, 1);
      return quoteValue(parameters[0]);
    },
  },
  ident: {
    signature: "{{ident name}}",
    description: "the name as a quoted SQL identifier",
    call: (parameters) => {
      expectCount("ident", parameters, 1);
      return quoteIdentifier(expectText("ident", parameters[0]));
    },
  },
  list: {
    signature: "(list a b …)",
    description: "a list of the given values",
    call: (parameters) => [...parameters],
  },
  range: {
    signature: "(range end) or (range start end) or (range start end step)",
    description: "whole numbers from start (0) up to, but not including, end",
    call: (parameters) => {
      expectCount("range", parameters, 1, 3);
      const numbers = parameters.map((value) => expectWhole("range", value));
      const [start = 0, end = 0, step = 1] = numbers.length === 1 ? [0, ...numbers] : numbers;
      if (step === 0) throw wrong("range", "the step must not be 0");
      const length = Math.max(0, Math.ceil((end - start) / step));
      if (length > 100_000) throw wrong("range", `${length} numbers are more than a template should write`);
      return Array.from({ length }, (_, i) => start + i * step);
    },
  },
  concat: {
    signature: "(concat a b …)",
    description: "the values written one after another",
    call: (parameters) => parameters.map((value) => expectSql("concat", value)).join(""),
  },
  join: {
    signature: '(join list ", ")',
    description: "the values of a list with a text between them",
    call: (parameters) => {
      expectCount("join", parameters, 1, 2);
      const [items, separator = ", "] = parameters;
      if (!Array.isArray(items)) throw wrong("join", `expects a list, not ${describeValue(items)}`);
      return items.map((item: Value) => expectSql("join", item)).join(expectText("join", separator));
    },
  },
  eq: {
    signature: "(eq a b)",
    description: "true if a and b are the same value",
    call: (parameters) => {
      expectCount("eq", parameters, 2);
      return isEqual(parameters[0], parameters[1]);
    },
  },
  ne: {
    signature: "(ne a b)",
    description: "true if a and b are different values",
    call: (parameters) => {
      expectCount("ne", parameters, 2);
      return !isEqual(parameters[0], parameters[1]);
    },
  },
  lt: comparison("lt", "is less than", (order) => order < 0),
  lte: comparison("lte", "is at most", (order) => order <= 0),
  le: comparison("le", "is at most", (order) => order <= 0),
  gt: comparison("gt", "is greater than", (order) => order > 0),
  gte: comparison("gte", "is at least", (order) => order >= 0),
  ge: comparison("ge", "is at least", (order) => order >= 0),
  and: {
    signature: "(and a b …)",
    description: "true if every value is truthy",
    call: (parameters) => parameters.every((value) => !isFalsy(value)),
  },
  or: {
    signature: "(or a b …)",
    description: "true if any value is truthy",
    call: (parameters) => parameters.some((value) => !isFalsy(value)),
  },
  not: {
    signature: "(not a)",
    description: "true if the value is falsy: false, null, 0, empty text or an empty list",
    call: (parameters) => {
      expectCount("not", parameters, 1);
      return isFalsy(parameters[0]);
    },
  },
  lookup: {
    signature: "(lookup mapping key)",
    description: "the value under a key of a mapping, or at a position (from 0) of a list",
    call: (parameters) => {
      expectCount("lookup", parameters, 2);
      const [from, key] = parameters;
      if (from === null || typeof from !== "object" || !Object.hasOwn(from, String(key)))
        throw wrong("lookup", `there is no ${JSON.stringify(key)} in ${describeValue(from)}`);
      return (from as Record<string, Value>)[String(key)];
    },
  },
};

/** Helpers that open a block; the renderer itself knows them. */
export const blockHelpers: Readonly<Record<string, string>> = {
  if: "{{#if a}}…{{else if b}}…{{else}}…{{/if}}: the first part whose value is truthy",
  unless: "{{#unless a}}…{{else}}…{{/unless}}: the part for a falsy value",
  each: "{{#each list as |item i|}}…{{else}}…{{/each}}: once for each value; {{this}}, {{@index}}, {{@key}}, {{@first}}, {{@last}}",
  with: "{{#with mapping}}…{{/with}}: the keys of a mapping as names",
};
