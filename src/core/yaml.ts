/**
 * YAML text to plain values that remember their place. Positions are looked up by path only when somebody asks, because
 * most files are right. Knows the syntax of YAML and nothing of what the keys mean.
 */
import { readAnyYaml } from "./any-yaml.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { type EverydayYaml, readEverydayYaml, type YamlPlace } from "./everyday-yaml.ts";
import type { Span } from "./span.ts";
import type { WrittenText } from "./written-text.ts";

export type YamlPath = readonly (string | number)[];

export interface YamlFile {
  readonly file: string;
  /** The whole document as plain data; `null` for an empty file or one that could not be parsed. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
  /** The place of the value at a path; of the nearest parent that exists, if it does not. */
  readonly spanOf: (path: YamlPath) => Span;
  /** The place of the key that leads to a path. */
  readonly keySpanOf: (path: YamlPath) => Span;
  /** How the text at a path is written: indented, folded or escaped. */
  readonly textAt: (path: YamlPath) => WrittenText;
}

/** Everyday YAML is read by a reader of its own; what that one leaves, and places that it cannot tell, by the `yaml` package. */
export function readYaml(file: string, text: string): YamlFile {
  const everyday = readEverydayYaml(text);
  if (!everyday) return readAnyYaml(file, text);
  let whole: YamlFile | undefined;
  const readWhole = (): YamlFile => {
    whole ??= readAnyYaml(file, text);
    return whole;
  };
  return {
    file,
    value: everyday.value,
    diagnostics: [],
    spanOf: (path) => {
      const { start, end } = placeAt(everyday, path).value;
      return end < 0 ? readWhole().spanOf(path) : { file, start, end };
    },
    keySpanOf: (path) => {
      const found = placeAt(everyday, path);
      const { start, end } = found.key ?? found.value;
      return end < 0 ? readWhole().keySpanOf(path) : { file, start, end };
    },
    textAt: (path) => {
      const { value } = placeAt(everyday, path);
      return value.items ? { start: value.start, raw: "" } : { start: value.start, raw: text.slice(value.start, value.end) };
    },
  };
}

/** The place at a path, or of the nearest parent that exists. */
function placeAt({ place }: EverydayYaml, path: YamlPath): { readonly key: YamlPlace | undefined; readonly value: YamlPlace } {
  let key: YamlPlace | undefined;
  let at = place;
  for (const step of path) {
    if (!at.items) break;
    const i = at.names ? at.names.indexOf(String(step)) : Number(step);
    const next = at.items[i];
    if (!next) break;
    key = at.keys?.[i];
    at = next;
  }
  return { key, value: at };
}
