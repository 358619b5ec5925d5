/** The keys of the YAML files, from the schemas that check them. */
import { z } from "zod";
import { code, table } from "./markdown.ts";

/** What zod writes as JSON Schema. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

export interface Key {
  /** As in `targets.<name>.path` or `models[].columns[].name`. */
  readonly path: string;
  readonly shape: Shape;
  readonly isRequired: boolean;
  /** The path whose inner keys are the same, when they were listed there. */
  readonly sameAs: string | undefined;
}

export function shapeOf(schema: z.ZodType): Shape {
  return z.toJSONSchema(schema, { target: "draft-7", io: "input", unrepresentable: "any" }) as Shape;
}

/** Every key of a shape, outer ones first; keys within mappings and lists too. */
export function keysOf(shape: Shape, prefix = "", seen = new Map<string, string>()): readonly Key[] {
  const required = new Set(shape.required ?? []);
  return Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const parts = insides(inner, path);
    const text = JSON.stringify(parts.map(([, part]) => part.properties));
    const isLarge = parts.reduce((count, [, part]) => count + Object.keys(part.properties ?? {}).length, 0) > 3;
    const sameAs = isLarge ? seen.get(text) : undefined;
    if (isLarge && sameAs === undefined) seen.set(text, path);
    const key: Key = { path, shape: inner, isRequired: required.has(name) && inner.default === undefined, sameAs };
    return [key, ...(sameAs === undefined ? parts.flatMap(([place, part]) => keysOf(part, place, seen)) : [])];
  });
}

/** The mappings that a value is or holds, each with the path of its keys. */
function insides(shape: Shape, path: string): readonly (readonly [string, Shape])[] {
  const found: (readonly [string, Shape])[] = shape.properties ? [[path, shape]] : [];
  if (shape.items) found.push(...insides(shape.items, `${path}[]`));
  if (typeof shape.additionalProperties === "object") found.push(...insides(shape.additionalProperties, `${path}.<name>`));
  for (const part of shape.anyOf ?? []) found.push(...insides(part, path));
  return found;
}

export function keyTable(keys: readonly Key[]): string {
  return table(
    ["Key", "Value", "What it means"],
    keys.map(({ path, shape, isRequired, sameAs }) => {
      const fallback = shape.default === undefined || isEmpty(shape.default) ? "" : `; default: ${code(JSON.stringify(shape.default))}`;
      const same = sameAs === undefined ? "" : `; keys as under ${code(sameAs)}`;
      return [`${code(path)}${isRequired ? " (required)" : ""}`, describeType(shape), `${shape.description ?? ""}${fallback}${same}`];
    }),
  );
}

function isEmpty(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

function describeType(shape: Shape): string {
  if (shape.const !== undefined) return code(String(shape.const));
  if (shape.enum) return shape.enum.map((value) => code(String(value))).join(", ");
  if (shape.anyOf) return [...new Set(shape.anyOf.map(describeType))].join(" or ");
  if (Array.isArray(shape.type)) return shape.type.join(" or ");
  if (shape.items) return `list of ${describeType(shape.items)}`;
  if (shape.type === "array") return "list";
  if (shape.type === "object") return "mapping";
  return typeof shape.type === "string" ? shape.type : "anything";
}
