/** Matches what a call gives with what a macro or generic test declares. Pure; used before rendering and while rendering. */
import { didYouMean } from "../core/did-you-mean.ts";
import type { ArgumentDeclaration } from "../parse/resource-schema.ts";
import { describeValue, isRelation, type Value } from "./values.ts";

export interface ArgumentProblem {
  readonly problem: string;
  readonly help: string | undefined;
  /** The argument that was given wrongly; missing ones have no place of their own. */
  readonly given: string | undefined;
}

/** Arguments that are missing or not declared. */
export function checkNames(declared: readonly ArgumentDeclaration[], given: readonly string[]): readonly ArgumentProblem[] {
  if (given.every((name) => declares(declared, name)) && declared.every(({ name, default: fallback }) => fallback !== undefined || given.includes(name)))
    return none;
  const known = declared.map((argument) => argument.name);
  const unknown = given.filter((name) => !known.includes(name));
  // A misspelt argument is one mistake: the one it was meant to be is not reported as missing, too.
  const meant = new Set(unknown.map((name) => didYouMean(name, known)));
  const missing = declared
    .filter((argument) => !meant.has(argument.name))
    .filter((argument) => argument.default === undefined && !given.includes(argument.name));
  const takes = known.length > 0 ? `it takes ${known.join(", ")}` : "it takes no arguments";
  return [
    ...unknown.map((name): ArgumentProblem => {
      const near = didYouMean(name, known);
      return { problem: `has no argument "${name}"`, help: near === undefined ? takes : `did you mean "${near}"?`, given: name };
    }),
    ...missing.map(
      (argument): ArgumentProblem => ({ problem: `the argument "${argument.name}" is missing`, help: argument.description || takes, given: undefined }),
    ),
  ];
}

const none: readonly ArgumentProblem[] = [];

function declares(declared: readonly ArgumentDeclaration[], name: string): boolean {
  return declared.some((argument) => argument.name === name);
}

/** What is wrong with the value of an argument, if anything. */
export function checkValue(argument: ArgumentDeclaration, value: Value): string | undefined {
  const expected = expectations[argument.type];
  if (expected.holds(value)) return undefined;
  return `"${argument.name}" must be ${expected.words}, not ${describeValue(value)}`;
}

const expectations: Readonly<Record<ArgumentDeclaration["type"], { readonly words: string; readonly holds: (value: Value) => boolean }>> = {
  string: { words: "text", holds: (value) => typeof value === "string" },
  number: { words: "a number", holds: (value) => typeof value === "number" },
  boolean: { words: "true or false", holds: (value) => typeof value === "boolean" },
  list: { words: "a list", holds: (value) => Array.isArray(value) },
  relation: { words: "a relation, as ref gives it", holds: (value) => isRelation(value) || typeof value === "string" },
  any: { words: "any value", holds: () => true },
};
