/** The places of the settings that a node's own YAML makes. */
import type { Span } from "../core/span.ts";
import type { Declared } from "./read-declarations.ts";

export function settingSpans<C extends object>({ value, yaml, path }: Declared<{ readonly config: C }>): Readonly<Partial<Record<keyof C, Span>>> {
  return Object.fromEntries(Object.keys(value.config).map((key) => [key, yaml.spanOf([...path, "config", key])])) as Partial<Record<keyof C, Span>>;
}
