/**
 * Handlebars text to a syntax tree, and what the tree says without being rendered: which relations, macros and helpers it
 * calls. Uses Handlebars' own parser; rendering is the compile stage's.
 */
import { createRequire } from "node:module";
import type Handlebars from "handlebars";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { spanIn, type TemplateSource } from "../core/mapped-text.ts";
import { lineStarts, positionAt, type Span } from "../core/span.ts";
import { Offsets, parseEverydayTemplate } from "./everyday-template.ts";

export type Program = hbs.AST.Program;
export type Node = hbs.AST.Node;

/** What is known of a template; plain data. Its syntax tree is had from `syntaxOf`. */
export interface Template {
  readonly source: TemplateSource;
  readonly calls: Calls;
  readonly diagnostics: readonly Diagnostic[];
}

/** A template's syntax tree, and the offsets at which its lines begin. */
export interface Syntax {
  readonly lines: readonly number[];
  /** Missing when the text could not be parsed. */
  readonly program: Program | undefined;
}

export interface RefCall {
  readonly kind: "ref";
  readonly name: string;
  readonly package: string | undefined;
  /** Of a model that is versioned; without one the latest is meant. */
  readonly version?: string | number;
  readonly span: Span;
}

export interface SourceCall {
  readonly kind: "source";
  readonly source: string;
  readonly table: string;
  readonly span: Span;
}

export type Dependency = RefCall | SourceCall;

/** An argument given by name, with its type as far as the text tells. */
export interface GivenArgument {
  readonly name: string;
  readonly type: "string" | "number" | "boolean" | "null" | "relation" | undefined;
  readonly span: Span;
}

export interface MacroCall {
  readonly name: string;
  readonly span: Span;
  readonly given: readonly GivenArgument[];
  /** How many arguments are given by position. */
  readonly positional: number;
}

export interface HelperCall extends MacroCall {
  readonly isBlock: boolean;
}

/** What a template calls, read from its tree, in the order of the text. */
export interface Calls {
  readonly dependencies: readonly Dependency[];
  readonly macros: readonly MacroCall[];
  /** Helpers called with arguments or as blocks. */
  readonly helpers: readonly HelperCall[];
  /** Names of the variables that `var` reads; `undefined` for a name that is computed. */
  readonly variables: readonly (string | undefined)[];
}

const noCalls: Calls = { dependencies: [], macros: [], helpers: [], variables: [] };

/** Text of a whole file: its offsets are the file's. */
export function fileTemplate(file: string, text: string): TemplateSource {
  return { file, text };
}

const syntax = Symbol("syntax");

/** Takes a while to load, and most projects have no template that needs it. */
function loadHandlebars(): typeof Handlebars {
  return createRequire(import.meta.url)("handlebars") as typeof Handlebars;
}

export function parseTemplate(source: TemplateSource): Template {
  const parsed = parseSyntax(source);
  const { lines, program } = parsed;
  if (!program) return { source, calls: noCalls, diagnostics: [syntaxError(parsed.error as ParserError, source, lines)], [syntax]: parsed } as Template;
  const diagnostics: Diagnostic[] = [];
  const calls = source.text.includes("{{") ? readCalls(program, { source, lines }, diagnostics) : noCalls;
  return (parsed.isCheap ? { source, calls, diagnostics } : { source, calls, diagnostics, [syntax]: parsed }) as Template;
}

/** The tree that parsing has made; a template that comes from the cache is parsed when somebody asks. */
export function syntaxOf(template: Template): Syntax {
  const known = template as Template & { [syntax]?: Syntax };
  known[syntax] ??= parseSyntax(template.source);
  return known[syntax];
}

/** Gives the tree's memory back: in large projects, trees are most of what there is. Whoever asks again has it parsed again. */
export function forgetSyntax(template: Template): void {
  (template as Template & { [syntax]?: Syntax | undefined })[syntax] = undefined;
}

interface ParsedSyntax extends Syntax {
  readonly error?: unknown;
  /** Parsing it once more takes less than keeping the tree until it is rendered. */
  readonly isCheap?: boolean;
}

function parseSyntax({ text }: TemplateSource): ParsedSyntax {
  if (!text.includes("{{")) {
    const content = { type: "ContentStatement", value: text, original: text, loc: wholeText } as unknown as hbs.AST.Statement;
    return { lines: [0], program: { type: "Program", body: text === "" ? [] : [content], strip: {}, loc: wholeText } as unknown as Program, isCheap: true };
  }
  const lines = lineStarts(text);
  try {
    const everyday = parseEverydayTemplate(text, lines);
    return everyday ? { lines, program: everyday, isCheap: true } : { lines, program: loadHandlebars().parse(text) };
  } catch (error) {
    return { lines, program: undefined, error };
  }
}

const wholeText = { start: { line: 1, column: 0 }, end: { line: 1, column: 0 } };

/** The offsets of a node in its template's text. */
export function offsetsOf(node: Node, lines: readonly number[]): { readonly start: number; readonly end: number } {
  const loc: hbs.AST.SourceLocation | Offsets = node.loc;
  if (loc instanceof Offsets) return { start: loc.from, end: loc.to };
  const { start, end } = loc;
  return { start: (lines[start.line - 1] ?? 0) + start.column, end: (lines[end.line - 1] ?? 0) + end.column };
}

export function spanOfNode(node: Node, template: { readonly source: TemplateSource; readonly lines: readonly number[] }): Span {
  const { start, end } = offsetsOf(node, template.lines);
  return spanIn(template.source, start, end);
}

/** Errors of the parser carry their place only in their text; those raised while blocks are matched carry it as numbers. */
interface ParserError extends Error {
  readonly lineNumber?: number;
  readonly column?: number;
}

function syntaxError(error: ParserError, source: TemplateSource, lines: readonly number[]): Diagnostic {
  const { text } = source;
  const unclosed = /got 'EOF'/.test(error.message) ? findUnclosedBlock(text) : undefined;
  const start =
    unclosed?.start ?? (error.lineNumber === undefined ? caretOffset(error.message, text, lines) : (lines[error.lineNumber - 1] ?? 0) + (error.column ?? 0));
  const word = /^(?:\w+|\S)/.exec(text.slice(start))?.[0];
  const problem =
    unclosed !== undefined
      ? `the block {{#${unclosed.name}}} is never closed`
      : error.lineNumber !== undefined
        ? mismatch(error.message)
        : word === undefined
          ? "the template ends inside an expression"
          : `unexpected ${JSON.stringify(word)} in a template expression`;
  const looksLikeJinja = /\{\{-?\s*(ref|source|var|config|env_var|this)\s*\(|\{%/.test(text);
  const help = looksLikeJinja
    ? 'this looks like Jinja; Handlebars calls helpers with spaces: {{ref "orders"}}'
    : 'expressions look like {{ref "orders"}} or {{#if x}}…{{/if}}; every block must be closed';
  const end = unclosed?.end ?? start + Math.max(1, word?.length ?? 1);
  return diagnose("RT0201", { problem }, { span: spanIn(source, start, Math.min(end, text.length)), help });
}

/** `if doesn't match each - 2:5` in other words. */
function mismatch(message: string): string {
  const [, opened, closed] = /^(\S+) doesn't match (\S+)/.exec(message) ?? [];
  return opened === undefined ? (message.split("\n")[0] ?? "").replace(/ - \d+:\d+$/, "") : `the block {{#${opened}}} is closed by {{/${closed}}}`;
}

/**
 * The parser shows up to twenty characters before the fault and some after it, without line ends, and a caret below. Where
 * that excerpt stands in the text is where the fault is; the line it names chooses between equal excerpts.
 */
function caretOffset(message: string, text: string, lines: readonly number[]): number {
  const [, excerpt = "", dashes = ""] = /^[^\n]*\n(.*)\n(-*)\^/.exec(message) ?? [];
  const line = Number(/line (\d+)/.exec(message)?.[1] ?? 1);
  const cut = excerpt.startsWith("...") && !text.startsWith("...") ? 3 : 0;
  const shown = excerpt.slice(cut).replace(/\.\.\.$/, "");
  const kept: number[] = [];
  for (let i = 0; i < text.length; i++) if (text[i] !== "\n") kept.push(i);
  const flat = text.replaceAll("\n", "");
  let best = text.length;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let at = flat.indexOf(shown); at >= 0 && shown !== ""; at = flat.indexOf(shown, at + 1)) {
    const offset = kept[at + dashes.length - cut] ?? text.length;
    const distance = Math.abs(positionAt(lines, offset).line - line);
    if (distance < bestDistance) {
      best = offset;
      bestDistance = distance;
    }
  }
  return best;
}

function findUnclosedBlock(text: string): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  const open: { readonly name: string; readonly start: number; readonly end: number }[] = [];
  for (const match of text.matchAll(/(?<!\\)\{\{~?([#/])\s*([\w.-]+)[^}]*\}?\}?/g)) {
    const [whole, mark, name = ""] = match;
    if (mark === "#") open.push({ name, start: match.index, end: match.index + whole.length });
    else if (open.at(-1)?.name === name) open.pop();
  }
  return open.at(-1);
}

interface Walked {
  readonly source: TemplateSource;
  readonly lines: readonly number[];
}

function readCalls(program: Program, template: Walked, diagnostics: Diagnostic[]): Calls {
  const dependencies: Dependency[] = [];
  const macros: MacroCall[] = [];
  const helpers: HelperCall[] = [];
  const variables: (string | undefined)[] = [];

  const givenArguments = (hash: hbs.AST.Hash | undefined): readonly GivenArgument[] =>
    (hash?.pairs ?? []).map((pair) => ({ name: pair.key, type: literalType(pair.value), span: spanOfNode(pair, template) }));
  const call = (node: hbs.AST.MustacheStatement | hbs.AST.SubExpression | hbs.AST.BlockStatement): void => {
    if (node.path.type !== "PathExpression") return;
    const name = (node.path as hbs.AST.PathExpression).original;
    const hasArguments = node.params.length > 0 || node.hash !== undefined;
    if (name === "ref" || name === "source") {
      const dependency = readDependency(name, node, spanOfNode(node, template));
      if (dependency) dependencies.push(dependency);
      else diagnostics.push(diagnose("RT0207", { helper: name }, { span: spanOfNode(node, template) }));
    } else if (hasArguments || node.type !== "MustacheStatement") {
      if (name === "var") variables.push(node.params[0]?.type === "StringLiteral" ? (node.params[0] as hbs.AST.StringLiteral).value : undefined);
      helpers.push({
        name,
        span: spanOfNode(node.path, template),
        given: givenArguments(node.hash),
        positional: node.params.length,
        isBlock: node.type === "BlockStatement",
      });
    }
    node.params.forEach(visit);
    node.hash?.pairs.forEach((pair) => {
      visit(pair.value);
    });
  };
  const unsupported = (node: Node, what: string): void => {
    diagnostics.push(diagnose("RT0201", { problem: `${what} are not supported` }, { span: spanOfNode(node, template) }));
  };
  const visit = (node: Node): void => {
    switch (node.type) {
      case "MustacheStatement":
      case "SubExpression":
        call(node as hbs.AST.MustacheStatement);
        break;
      case "BlockStatement": {
        const block = node as hbs.AST.BlockStatement;
        call(block);
        block.program?.body.forEach(visit);
        block.inverse?.body.forEach(visit);
        break;
      }
      case "PartialStatement": {
        const partial = node as hbs.AST.PartialStatement;
        if (partial.name.type === "PathExpression") {
          macros.push({
            name: partial.name.original,
            span: spanOfNode(node, template),
            given: givenArguments(partial.hash),
            positional: partial.params.length,
          });
        } else unsupported(node, "macro names that are computed");
        partial.params.forEach(visit);
        partial.hash?.pairs.forEach((pair) => {
          visit(pair.value);
        });
        break;
      }
      case "PartialBlockStatement":
        unsupported(node, "macro calls with a block");
        break;
      case "Decorator":
      case "DecoratorBlock":
        unsupported(node, "decorators and inline macros");
        break;
      default:
        break;
    }
  };
  program.body.forEach(visit);
  return { dependencies, macros, helpers, variables };
}

function literalType(node: hbs.AST.Expression): GivenArgument["type"] {
  switch (node.type) {
    case "StringLiteral":
      return "string";
    case "NumberLiteral":
      return "number";
    case "BooleanLiteral":
      return "boolean";
    case "NullLiteral":
    case "UndefinedLiteral":
      return "null";
    case "SubExpression": {
      const name = ((node as hbs.AST.SubExpression).path as hbs.AST.PathExpression).original;
      return name === "ref" || name === "source" ? "relation" : undefined;
    }
    default:
      return undefined;
  }
}

interface DependencyCall {
  readonly params: readonly hbs.AST.Expression[];
  readonly hash?: hbs.AST.Hash | undefined;
}

function readDependency(kind: "ref" | "source", node: DependencyCall, span: Span): Dependency | undefined {
  const pairs = node.hash?.pairs ?? [];
  const [pair] = pairs;
  const literal = pair?.value as hbs.AST.StringLiteral | hbs.AST.NumberLiteral | undefined;
  const isVersion = kind === "ref" && pairs.length === 1 && versionKeys.has(pair?.key ?? "") && /^(String|Number)Literal$/.test(literal?.type ?? "");
  if (pairs.length > 0 && !isVersion) return undefined;
  const version = literal === undefined ? {} : { version: literal.value };
  const words = node.params.map((param) => (param.type === "StringLiteral" ? (param as hbs.AST.StringLiteral).value : undefined));
  const [first, second] = words;
  if (words.some((word) => word === undefined) || first === undefined || words.length > 2) return undefined;
  if (kind === "source") return second === undefined ? undefined : { kind, source: first, table: second, span };
  return second === undefined ? { kind, name: first, package: undefined, ...version, span } : { kind, name: second, package: first, ...version, span };
}

/** How a ref names the version that it wants. */
const versionKeys: ReadonlySet<string> = new Set(["v", "version"]);

/** `ref('orders')`, `source('shop', 'orders')` and their Handlebars forms, as values in YAML. */
export function readRelationText(text: string, span: Span): Dependency | undefined {
  const match =
    /^\s*(?:\{\{)?\s*(ref|source)\s*\(?\s*(['"])([^'"]+)\2(?:\s*,?\s*(['"])([^'"]+)\4)?(?:\s*,?\s*(?:v|version)\s*=\s*(?:(['"])([^'"]+)\6|(\d+(?:\.\d+)?)))?\s*\)?\s*(?:\}\})?\s*$/.exec(
      text,
    );
  const [, kind, , first, , second, , word, digits] = match ?? [];
  const version = word !== undefined ? { version: word } : digits !== undefined ? { version: Number(digits) } : {};
  if (first === undefined) return undefined;
  if (kind === "source") return second === undefined || "version" in version ? undefined : { kind, source: first, table: second, span };
  return second === undefined
    ? { kind: "ref", name: first, package: undefined, ...version, span }
    : { kind: "ref", name: second, package: first, ...version, span };
}
