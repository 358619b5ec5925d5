/** Reads all of YAML with the `yaml` package, and says what is wrong with a text that is none. */
import { createRequire } from "node:module";
import type * as Yaml from "yaml";
import { diagnose } from "./diagnostic.ts";
import { hasLongNumber } from "./everyday-yaml.ts";
import type { Span } from "./span.ts";
import type { YamlFile, YamlPath } from "./yaml.ts";

/** Takes a while to load, and most projects have no file that needs it. */
function loadLibrary(): typeof Yaml {
  return createRequire(import.meta.url)("yaml") as typeof Yaml;
}

export function readAnyYaml(file: string, text: string): YamlFile {
  // A number that JavaScript would round is read as text instead; looking for one is cheaper than reading all as big.
  const intAsBigInt = hasLongNumber(text);
  const library = loadLibrary();
  const document = library.parseDocument(text, { prettyErrors: false, logLevel: "error", version: "1.2", intAsBigInt });
  const diagnostics = firstCauses(document.errors).map((error) =>
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
      if (intAsBigInt) value = settleNumbers(value);
    } catch (error) {
      diagnostics.push(diagnose("RT0102", { problem: (error as Error).message }, { span: { file, start: 0, end: 0 } }));
    }
  }
  return {
    file,
    value,
    diagnostics,
    spanOf: (path) => spanOfNode(file, nodeAt(library, document, path).value),
    keySpanOf: (path) => {
      const found = nodeAt(library, document, path);
      return spanOfNode(file, found.key ?? found.value);
    },
    textAt: (path) => {
      const { value: node } = nodeAt(library, document, path);
      const { start, end } = spanOfNode(file, node);
      return { start, raw: library.isScalar(node) ? text.slice(start, end) : "" };
    },
  };
}

/** Where the structure breaks, the parser gives up, and complains of every word of the rest of the file: that is one mistake. */
function firstCauses(errors: readonly Yaml.YAMLParseError[]): readonly Yaml.YAMLParseError[] {
  return errors.filter(({ message }, i) => i === 0 || !message.includes("token in YAML stream"));
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
  readonly key: Yaml.Node | undefined;
  readonly value: Yaml.Node | undefined;
}

function nodeAt({ isMap, isNode, isPair, isScalar, isSeq }: typeof Yaml, document: Yaml.Document.Parsed, path: YamlPath): Found {
  let value: Yaml.Node | undefined = document.contents ?? undefined;
  let key: Yaml.Node | undefined;
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

function spanOfNode(file: string, node: Yaml.Node | undefined): Span {
  const range = node?.range;
  return { file, start: range?.[0] ?? 0, end: range?.[1] ?? range?.[0] ?? 0 };
}
