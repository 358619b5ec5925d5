/** What names mean inside a template: block parameters, macro arguments, the keys of a context. Frames link outwards. */
import type { Origin } from "../core/mapped-text.ts";
import type { Value } from "./values.ts";

/** A value and, where it was written by the analyst as an argument, the place it was written. */
export interface Bound {
  readonly value: Value;
  readonly origin?: Origin | undefined;
}

export interface Frame {
  /** What `this` is. */
  readonly context: Value;
  readonly names: ReadonlyMap<string, Bound>;
  /** @index, @key, @first, @last. */
  readonly data: Readonly<Record<string, Value>>;
  /** A macro's body sees nothing of its caller. */
  readonly outer: Frame | undefined;
}

export function lookUpName(frame: Frame, name: string): Bound | undefined {
  for (let at: Frame | undefined = frame; at; at = at.outer) {
    const bound = at.names.get(name);
    if (bound) return bound;
    const found = property(at.context, name);
    if (found !== undefined) return { value: found.value };
  }
  return undefined;
}

export function lookUpData(frame: Frame, name: string): Value {
  for (let at: Frame | undefined = frame; at; at = at.outer) if (Object.hasOwn(at.data, name)) return at.data[name];
  return undefined;
}

export function outerFrame(frame: Frame, steps: number): Frame | undefined {
  let at: Frame | undefined = frame;
  for (let i = 0; i < steps; i++) at = at?.outer;
  return at;
}

/** An own property, so that nothing of JavaScript's prototypes can be reached. */
export function property(value: Value, name: string): { readonly value: Value } | undefined {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, name)) return undefined;
  return { value: (value as Readonly<Record<string, Value>>)[name] };
}
