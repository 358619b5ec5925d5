/**
 * YAML text to plain values that remember their place. Positions are looked up by path only when somebody asks, because
 * most files are right. Knows the syntax of YAML and nothing of what the keys mean.
 */
import { type Document, isMap, isNode, isPair, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { type Diagnostic, diagnose } from "./diagnostic.ts";
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
function placeAt({ value, place }: EverydayYaml, path: YamlPath): { readonly key: YamlPlace | undefined; readonly value: YamlPlace } {
  let data = value;
  let key: YamlPlace | undefined;
  let at = place;
  for (const step of path) {
    if (!at.items) break;
    const i = at.keys ? Object.keys(data as object).indexOf(String(step)) : Number(step);
    const next = at.items[i];
    if (!next) break;
    key = at.keys?.[i];
    at = next;
    data = (data as Record<string, unknown>)[String(step)];
  }
  return { key, value: at };
}

/** The same for all of YAML. */
export function readAnyYaml(file: string, text: string): YamlFile {
  // A number that JavaScript would round is read as text instead; looking for one is cheaper than reading all as big.
  const hasLongNumber = /(?<![\w.])\d{16,}(?![\w.])/.test(text);
  const document = parseDocument(text, { prettyErrors: false, logLevel: "error", version: "1.2", intAsBigInt: hasLongNumber });
  const diagnostics = document.errors.map((error) =>
    diagnose(
      "RT0102",
      {
        problem: inOwnWords[error.code] ?? decapitalise(error.message),
      },
      {
        span: {
          file,
          start: error.pos[0],
          end: Math.max(error.pos[0], error.pos[1]),
        },
      },
    ),
  );
  let value: unknown = null;
  if (diagnostics.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 1000 }) ?? null;
      if (hasLongNumber) value = settleNumbers(value);
    } catch (error) {
      diagnostics.push(diagnose("RT0102", { problem: (error as Error).message }, { span: { file, start: 0, end: 0 } }));
    }
  }
  return {
    file,
    value,
    diagnostics,
    spanOf: (path) => spanOfNode(file, nodeAt(document, path).value),
    keySpanOf: (path) => {
      const found = nodeAt(document, path);
      return spanOfNode(file, found.key ?? found.value);
    },
    textAt: (path) => {
      const { value: node } = nodeAt(document, path);
      const { start, end } = spanOfNode(file, node);
      return { start, raw: isScalar(node) ? text.slice(start, end) : "" };
    },
  };
}

const inOwnWords: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this key stands twice in one mapping",
  MULTIPLE_DOCS: "a second document begins here; write one document a file",
};

function settleNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (Array.isArray(value)) return value.map(settleNumbers);
  if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, settleNumbers(item)]));
  return value;
}

function decapitalise(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

function nodeAt(document: Document.Parsed, path: YamlPath): Found {
  let value: Node | undefined = document.contents ?? undefined;
  let key: Node | undefined;
  for (const step of path) {
    if (isMap(value)) {
      const pair = value.items.find((item) => isPair(item) && String(isScalar(item.key) ? item.key.value : item.key) === String(step));
      if (!pair) break;
      key = isNode(pair.key) ? pair.key : undefined;
      value = isNode(pair.value) ? pair.value : key;
    } else if (isSeq(value)) {
      const item: unknown = value.items[Number(step)];
      if (!isNode(item)) break;
      key = undefined;
      value = item;
    } else break;
  }
  return { key, value };
}

function spanOfNode(file: string, node: Node | undefined): Span {
  const range = node?.range;
  return { file, start: range?.[0] ?? 0, end: range?.[1] ?? range?.[0] ?? 0 };
}
