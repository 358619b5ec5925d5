/**
 * Finds everything that is a template in a project's resources, wherever a kind of resource keeps it, so that a new kind
 * cannot be forgotten by those who look for what is used nowhere. Pure.
 */
import type { Operation } from "./operations.ts";
import type { Macro, Resource } from "./resource.ts";
import type { Template } from "./template.ts";

export function findTemplates(resources: Iterable<Resource | Macro | Operation>): readonly Template[] {
  const found: Template[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== "object" || seen.has(value)) return;
    seen.add(value);
    if (isTemplate(value)) found.push(value);
    else for (const item of Array.isArray(value) ? value : Object.values(value)) visit(item);
  };
  for (const resource of resources) visit(resource);
  return found;
}

function isTemplate(value: object): value is Template {
  return "calls" in value && "source" in value && "diagnostics" in value;
}

export interface ReadVariables {
  readonly names: ReadonlySet<string>;
  /** Whether some name is made while a template is rendered, so that any variable may be read. */
  readonly isOpen: boolean;
}

export function readVariables(templates: readonly Template[]): ReadVariables {
  const calls = templates.flatMap((template) => template.calls.variables);
  return { names: new Set(calls.flatMap((name) => name ?? [])), isOpen: calls.includes(undefined) };
}
