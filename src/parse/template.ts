/**
 * Handlebars text to a syntax tree, and what the tree says without being rendered: which relations, macros and helpers it
 * calls. Uses Handlebars' own parser; rendering is the compile stage's.
 */
import Handlebars from "handlebars";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { type TemplateSource, spanIn } from "../core/mapped-text.ts";
import { lineStarts, type Span } from "../core/span.ts";

export type Program = hbs.AST.Program;
export type Node = hbs.AST.Node;

export interface Template {
  readonly source: TemplateSource;
  readonly lines: readonly number[];
  /** Missing when the text could not be parsed. */
  readonly program: Program | undefined;
  readonly calls: Calls;
  readonly diagnostics: readonly Diagnostic[];
}

export interface RefCall {
  readonly kind: "ref";
  readonly name: string;
  readonly package: string | undefined;
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
}

const noCalls: Calls = { dependencies: [], macros: [], helpers: [] };

/** Text of a whole file: its offsets are the file's. */
export function fileTemplate(file: string, text: string): TemplateSource {
  return { file, text, toFile: (offset) => offset };
}

export function parseTemplate(source: TemplateSource): Template {
  if (!source.text.includes("{{")) {
    const content = { type: "ContentStatement", value: source.text, original: source.text, loc: wholeText } as unknown as hbs.AST.Statement;
    const program = { type: "Program", body: source.text === "" ? [] : [content], blockParams: [], loc: wholeText } as unknown as Program;
    return { source, lines: [0], program, calls: noCalls, diagnostics: [] };
  }
  const lines = lineStarts(source.text);
  try {
    const program = Handlebars.parse(source.text);
    const diagnostics: Diagnostic[] = [];
    const calls = readCalls(program, { source, lines }, diagnostics);
    return { source, lines, program, calls, diagnostics };
  } catch (error) {
    return { source, lines, program: undefined, calls: noCalls, diagnostics: [syntaxError(error as ParserError, source, lines)] };
  }
}

const wholeText = { start: { line: 1, column: 0 }, end: { line: 1, column: 0 } };

/** The offsets of a node in its template's text. */
export function offsetsOf(node: Node, lines: readonly number[]): { readonly start: number; readonly end: number } {
  const { start, end } = node.loc;
  return { start: (lines[start.line - 1] ?? 0) + start.column, end: (lines[end.line - 1] ?? 0) + end.column };
}

export function spanOfNode(node: Node, template: { readonly source: TemplateSource; readonly lines: readonly number[] }): Span {
  const { start, end } = offsetsOf(node, template.lines);
  return spanIn(template.source, start, end);
}

interface ParserError extends Error {
  readonly hash?: { readonly text: string; readonly token: string; readonly line: number; readonly loc?: { readonly last_line: number; readonly last_column: number } };
  readonly lineNumber?: number;
  readonly column?: number;
}

function syntaxError(error: ParserError, source: TemplateSource, lines: readonly number[]): Diagnostic {
  const line = error.lineNumber ?? error.hash?.loc?.last_line ?? Number(/line (\d+)/.exec(error.message)?.[1] ?? 1);
  const lineStart = lines[line - 1] ?? 0;
  let start = lineStart + (error.column ?? error.hash?.loc?.last_column ?? 0);
  const offending = error.hash?.text;
  if (offending && !source.text.startsWith(offending, start)) {
    const near = source.text.indexOf(offending, lineStart);
    if (near >= 0) start = near;
  }
  start = Math.min(start, source.text.length);
  const problem =
    error.hash === undefined
      ? `template: ${error.message.split("\n")[0]?.replace(/ - \d+:\d+$/, "")}`
      : error.hash.token === "EOF"
        ? "the template ends inside an expression or block"
        : `unexpected ${JSON.stringify(offending || error.hash.token)} in a template expression`;
  const looksLikeJinja = /\{\{-?\s*(ref|source|var|config|env_var|this)\s*\(|\{%/.test(source.text);
  const help = looksLikeJinja
    ? 'this looks like Jinja; Handlebars calls helpers with spaces: {{ref "orders"}}'
    : 'expressions look like {{ref "orders"}} or {{#if x}}…{{/if}}; every block must be closed';
  return diagnose("RT0201", { problem }, { span: spanIn(source, start, start + Math.max(1, offending?.length ?? 1)), help });
}

interface Walked {
  readonly source: TemplateSource;
  readonly lines: readonly number[];
}

function readCalls(program: Program, template: Walked, diagnostics: Diagnostic[]): Calls {
  const dependencies: Dependency[] = [];
  const macros: MacroCall[] = [];
  const helpers: HelperCall[] = [];

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
      helpers.push({ name, span: spanOfNode(node.path, template), given: givenArguments(node.hash), positional: node.params.length, isBlock: node.type === "BlockStatement" });
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
          macros.push({ name: partial.name.original, span: spanOfNode(node, template), given: givenArguments(partial.hash), positional: partial.params.length });
        }
        else unsupported(node, "macro names that are computed");
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
  return { dependencies, macros, helpers };
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

function readDependency(kind: "ref" | "source", node: { readonly params: readonly hbs.AST.Expression[] }, span: Span): Dependency | undefined {
  const words = node.params.map((param) => (param.type === "StringLiteral" ? (param as hbs.AST.StringLiteral).value : undefined));
  const [first, second] = words;
  if (words.some((word) => word === undefined) || first === undefined || words.length > 2) return undefined;
  if (kind === "source") return second === undefined ? undefined : { kind, source: first, table: second, span };
  return second === undefined ? { kind, name: first, package: undefined, span } : { kind, name: second, package: first, span };
}

/** `ref('orders')`, `source('shop', 'orders')` and their Handlebars forms, as values in YAML. */
export function readRelationText(text: string, span: Span): Dependency | undefined {
  const match = /^\s*(?:\{\{)?\s*(ref|source)\s*\(?\s*(['"])([^'"]+)\2(?:\s*,?\s*(['"])([^'"]+)\4)?\s*\)?\s*(?:\}\})?\s*$/.exec(text);
  const [, kind, , first, , second] = match ?? [];
  if (first === undefined) return undefined;
  if (kind === "source") return second === undefined ? undefined : { kind, source: first, table: second, span };
  return second === undefined ? { kind: "ref", name: first, package: undefined, span } : { kind: "ref", name: second, package: first, span };
}
