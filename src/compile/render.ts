/**
 * Renders a template's syntax tree to text that remembers where each piece was written, through blocks and macros. It
 * interprets the tree itself instead of compiling it, for the map's sake and because each template is rendered once.
 * Strict: whatever is not defined is a diagnostic, never empty text. Nothing is escaped.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { type MappedText, type Origin, spanIn, TextBuilder } from "../core/mapped-text.ts";
import type { Span } from "../core/span.ts";
import type { Macro } from "../parse/resource.ts";
import { type Node, offsetsOf, type Program, syntaxOf, type Template } from "../parse/template.ts";
import { blockHelpers, type HelperContext, HelperProblem, helpers } from "./helpers.ts";
import { checkValue } from "./macro-arguments.ts";
import { type Bound, type Frame, lookUpData, lookUpName, outerFrame, property } from "./scope.ts";
import { describeValue, isFalsy, isRelation, toSql, type Value } from "./values.ts";

export interface RenderContext extends HelperContext {
  readonly macros: ReadonlyMap<string, Macro>;
  /** The macros that a macro of another package may call, where they are others. */
  readonly macrosFor?: (packageName: string) => ReadonlyMap<string, Macro>;
  /** The relation that the template defines: what `this` is at the top. */
  readonly self: Value;
  readonly globals: Readonly<Record<string, Value>>;
  /** Called before a function of the project's own runs, which may answer differently each time. */
  readonly onForeignCode?: () => void;
}

export interface Rendered {
  readonly text: MappedText;
  readonly diagnostics: readonly Diagnostic[];
}

const noData: Readonly<Record<string, Value>> = {};
const nothingGiven: readonly (readonly [string, Bound | undefined])[] = [];

export function render(template: Template, context: RenderContext, names: ReadonlyMap<string, Bound> = new Map()): Rendered {
  const diagnostics: Diagnostic[] = [];
  const builder = new TextBuilder();
  const { program } = syntaxOf(template);
  if (program) {
    const frame: Frame = { context: context.self, names, data: noData, outer: undefined };
    new Renderer(context, template, builder, diagnostics, [], []).body(program, frame);
  }
  return { text: builder.build(), diagnostics };
}

type Call = hbs.AST.MustacheStatement | hbs.AST.SubExpression | hbs.AST.BlockStatement;

/** Renders one template; a macro's body gets a renderer of its own that appends to the same text. */
class Renderer {
  private readonly context: RenderContext;
  private readonly template: Template;
  private readonly lines: readonly number[];
  private readonly out: TextBuilder;
  private readonly diagnostics: Diagnostic[];
  private readonly calls: readonly Span[];
  private readonly macroPath: readonly string[];

  constructor(context: RenderContext, template: Template, out: TextBuilder, diagnostics: Diagnostic[], calls: readonly Span[], macroPath: readonly string[]) {
    this.context = context;
    this.template = template;
    this.lines = syntaxOf(template).lines;
    this.out = out;
    this.diagnostics = diagnostics;
    this.calls = calls;
    this.macroPath = macroPath;
  }

  body(program: Program, frame: Frame): void {
    for (const statement of program.body) this.statement(statement, frame);
  }

  private statement(node: Node, frame: Frame): void {
    switch (node.type) {
      case "ContentStatement":
        this.content(node as hbs.AST.ContentStatement);
        break;
      case "MustacheStatement":
        this.mustache(node as hbs.AST.MustacheStatement, frame);
        break;
      case "BlockStatement":
        this.block(node as hbs.AST.BlockStatement, frame);
        break;
      case "PartialStatement":
        this.macro(node as hbs.AST.PartialStatement, frame);
        break;
      default:
        break;
    }
  }

  private span(node: Node): Span {
    const { start, end } = offsetsOf(node, this.lines);
    return spanIn(this.template.source, start, end);
  }

  private origin(start: number, end: number, verbatim: boolean): Origin {
    const { source } = this.template;
    return this.calls.length > 0 ? { source, start, end, verbatim, calls: this.calls } : { source, start, end, verbatim };
  }

  private originOf(node: Node): Origin {
    const { start, end } = offsetsOf(node, this.lines);
    return this.origin(start, end, false);
  }

  private report(diagnostic: Diagnostic): void {
    const notes = this.calls.map((span) => ({ message: "called from here", span }));
    this.diagnostics.push(notes.length > 0 ? { ...diagnostic, notes: [...(diagnostic.notes ?? []), ...notes] } : diagnostic);
  }

  /** White-space control may have cut the text at both ends; the rest stands in the file as it is. */
  private content(node: hbs.AST.ContentStatement): void {
    if (node.value === "") return;
    const { text } = this.template.source;
    let { start } = offsetsOf(node, this.lines);
    const original = String(node.original);
    if (!text.startsWith(original, start)) start = Math.max(0, text.indexOf(original, Math.max(0, start - 2)));
    start += Math.max(0, original.indexOf(node.value));
    this.out.append(node.value, this.origin(start, start + node.value.length, true));
  }

  private mustache(node: hbs.AST.MustacheStatement, frame: Frame): void {
    const bound = this.call(node, frame);
    if (bound === undefined) return;
    const text = toSql(bound.value);
    if (text === undefined) this.report(diagnose("RT0306", { what: describeValue(bound.value) }, { span: this.span(node) }));
    // A macro's argument is shown where the analyst wrote it, not where the macro repeats it.
    else this.out.append(text, bound.origin ?? this.originOf(node));
  }

  /** The value of a call or of a plain path; `undefined` after a problem that has been reported. */
  private call(node: Call, frame: Frame): Bound | undefined {
    const path = node.path as hbs.AST.PathExpression | hbs.AST.Literal;
    if (path.type !== "PathExpression") return this.expression(path, frame);
    const { original } = path as hbs.AST.PathExpression;
    const isPlain = node.params.length === 0 && node.hash === undefined && node.type !== "SubExpression";
    if (isPlain) {
      const bound = this.path(path as hbs.AST.PathExpression, frame);
      if (bound) return bound;
    }
    const helper = helpers[original];
    const parameters = node.params.map((param) => this.expression(param, frame));
    const given = node.hash ? node.hash.pairs.map((pair) => [pair.key, this.expression(pair.value, frame)] as const) : nothingGiven;
    if (parameters.includes(undefined) || given.some(([, bound]) => bound === undefined)) return undefined;
    const values = parameters.map((bound) => bound?.value);
    if (helper && Object.hasOwn(helpers, original)) {
      const unknown = given.find(([key]) => !helper.named?.includes(key));
      if (unknown)
        return this.fail(
          node,
          "RT0304",
          { helper: original, problem: helper.named ? `takes no argument "${unknown[0]}"` : "takes no named arguments" },
          `write ${helper.signature}`,
        );
      try {
        const named = given.length > 0 ? Object.fromEntries(given.map(([key, bound]) => [key, bound?.value])) : noData;
        return { value: helper.call(values, this.context, named) };
      } catch (error) {
        if (error instanceof HelperProblem)
          return this.fail(node, error.code, error.params, error.code === "RT0304" ? `it is written ${helper.signature}` : undefined);
        throw error;
      }
    }
    const macro = this.context.macros.get(original);
    if (macro?.body.kind === "function")
      return this.macroFunction(node, macro, macro.body.call, values, new Map(given.map(([key, bound]) => [key, bound?.value])));
    if (isPlain) return this.unknownName(path as hbs.AST.PathExpression, frame);
    return this.fail(node, "RT0208", { kind: "helper", name: original }, suggestion(original, [...Object.keys(helpers), ...this.context.macros.keys()]));
  }

  private fail(node: Node, code: Parameters<typeof diagnose>[0], params: object, help?: string): undefined {
    this.report(diagnose(code, params as never, { span: this.span(node), help }));
    return undefined;
  }

  private unknownName(path: hbs.AST.PathExpression, frame: Frame): undefined {
    const known: string[] = [...Object.keys(this.context.globals), ...Object.keys(helpers), ...this.context.macros.keys()];
    for (let at: Frame | undefined = frame; at; at = at.outer) known.push(...at.names.keys());
    const { original } = path;
    const isVariable = Object.hasOwn(this.context.vars, original);
    return this.fail(path, "RT0301", { name: original }, isVariable ? `write {{var "${original}"}}` : suggestion(original.split(".")[0] ?? original, known));
  }

  private expression(node: Node, frame: Frame): Bound | undefined {
    switch (node.type) {
      case "StringLiteral": {
        const { start, end } = offsetsOf(node, this.lines);
        const { value } = node as hbs.AST.StringLiteral;
        const inner = this.template.source.text.slice(start + 1, end - 1);
        // Without escapes the text stands between the quotes letter by letter, so a column inside it can be shown.
        return { value, origin: inner === value ? this.origin(start + 1, end - 1, true) : this.origin(start, end, false) };
      }
      case "NumberLiteral":
      case "BooleanLiteral":
        return { value: (node as hbs.AST.NumberLiteral).value, origin: this.originOf(node) };
      case "NullLiteral":
        return { value: null, origin: this.originOf(node) };
      case "UndefinedLiteral":
        return { value: undefined, origin: this.originOf(node) };
      case "SubExpression": {
        const bound = this.call(node as hbs.AST.SubExpression, frame);
        return bound && { value: bound.value, origin: bound.origin ?? this.originOf(node) };
      }
      case "PathExpression": {
        const path = node as hbs.AST.PathExpression;
        return this.path(path, frame) ?? this.zeroArgumentHelper(path, frame);
      }
      default:
        return undefined;
    }
  }

  private zeroArgumentHelper(path: hbs.AST.PathExpression, frame: Frame): Bound | undefined {
    if (!Object.hasOwn(helpers, path.original)) return this.unknownName(path, frame);
    return this.call({ type: "SubExpression", path, params: [], loc: path.loc } as unknown as hbs.AST.SubExpression, frame);
  }

  /** What a path stands for, if anything. */
  private path(path: hbs.AST.PathExpression, frame: Frame): Bound | undefined {
    const [head, ...rest] = path.parts.map(String);
    if (path.data) return head === undefined ? undefined : this.follow({ value: lookUpData(frame, head) }, rest);
    const scoped = /^(this\b|\.)/.test(path.original) || path.depth > 0;
    if (scoped) {
      const at = outerFrame(frame, path.depth);
      if (!at) return undefined;
      const own = head === undefined ? { value: at.context } : path.depth > 0 ? lookUpName(at, head) : property(at.context, head);
      return own && this.follow(own, rest);
    }
    if (head === undefined) return undefined;
    const found = lookUpName(frame, head) ?? (Object.hasOwn(this.context.globals, head) ? { value: this.context.globals[head] } : undefined);
    return found && this.follow(found, rest);
  }

  private follow(bound: Bound, keys: readonly string[]): Bound | undefined {
    let { value } = bound;
    for (const key of keys) {
      const next = property(value, key);
      if (!next) return undefined;
      value = next.value;
    }
    if (value === undefined) return undefined;
    return keys.length === 0 ? bound : { value };
  }

  private block(node: hbs.AST.BlockStatement, frame: Frame): void {
    const name = (node.path as hbs.AST.PathExpression).original;
    if (!Object.hasOwn(blockHelpers, name)) {
      const help = suggestion(name, Object.keys(blockHelpers)) ?? "blocks are #if, #unless, #each and #with";
      this.fail(node.path, "RT0208", { kind: "block", name }, help);
      return;
    }
    const [first] = node.params;
    if (node.params.length !== 1 || first === undefined) {
      this.fail(node.path, "RT0304", { helper: `#${name}`, problem: "takes one value" });
      return;
    }
    const bound = this.expression(first, frame);
    if (!bound) return;
    switch (name) {
      case "if":
        this.branch(isFalsy(bound.value) ? node.inverse : node.program, frame);
        break;
      case "unless":
        this.branch(isFalsy(bound.value) ? node.program : node.inverse, frame);
        break;
      case "with":
        if (isFalsy(bound.value)) this.branch(node.inverse, frame);
        else this.body(node.program, this.inner(frame, bound, node.program.blockParams, noData));
        break;
      default:
        this.each(node, bound, frame);
    }
  }

  private branch(program: Program | undefined, frame: Frame): void {
    if (program) this.body(program, frame);
  }

  private inner(frame: Frame, item: Bound, params: readonly string[] | undefined, data: Frame["data"], second?: Value): Frame {
    const names = new Map<string, Bound>();
    if (params?.[0] !== undefined) names.set(params[0], item);
    if (params?.[1] !== undefined) names.set(params[1], { value: second });
    return { context: item.value, names, data, outer: frame };
  }

  private each(node: hbs.AST.BlockStatement, bound: Bound, frame: Frame): void {
    const { value } = bound;
    if (value === null || typeof value !== "object" || isRelation(value)) {
      this.fail(node.params[0] ?? node, "RT0304", { helper: "#each", problem: `needs a list or a mapping, not ${describeValue(value)}` });
      return;
    }
    const entries: readonly (readonly [string | number, Value])[] = Array.isArray(value)
      ? value.map((item: Value, i) => [i, item] as const)
      : Object.entries(value);
    if (entries.length === 0) this.branch(node.inverse, frame);
    entries.forEach(([key, item], i) => {
      const data = { index: i, key, first: i === 0, last: i === entries.length - 1 };
      this.body(node.program, this.inner(frame, { value: item }, node.program.blockParams, data, key));
    });
  }

  private macro(node: hbs.AST.PartialStatement, frame: Frame): void {
    const { original: name } = node.name as hbs.AST.PathExpression;
    const macro = this.context.macros.get(name);
    if (macro?.body.kind !== "template") return;
    if (this.macroPath.includes(name)) {
      this.fail(node, "RT0307", { path: [...this.macroPath, name].join(" -> ") });
      return;
    }
    const given = new Map<string, Bound>();
    for (const pair of node.hash?.pairs ?? []) {
      const bound = this.expression(pair.value, frame);
      if (!bound) return;
      given.set(pair.key, bound);
    }
    const names = new Map<string, Bound>();
    for (const argument of macro.arguments) {
      const bound = given.get(argument.name) ?? (argument.default === undefined ? undefined : { value: argument.default as Value });
      if (!bound) return;
      const problem = checkValue(argument, bound.value);
      if (problem !== undefined) {
        const pair = node.hash?.pairs.find((p) => p.key === argument.name);
        this.fail(pair ?? node, "RT0209", { macro: name, problem });
        return;
      }
      names.set(argument.name, bound);
    }
    const { before, after } = standaloneEdges(offsetsOf(node, this.lines), this.template.source.text);
    if (before !== "") this.out.append(before);
    const calls = [this.span(node), ...this.calls];
    const macros = this.context.macrosFor?.(macro.packageName);
    const inner = new Renderer(macros ? { ...this.context, macros } : this.context, macro.body.template, this.out, this.diagnostics, calls, [
      ...this.macroPath,
      name,
    ]);
    const { program } = syntaxOf(macro.body.template);
    if (program) inner.body(program, { context: this.context.self, names, data: noData, outer: undefined });
    if (after !== "") this.out.append(after);
  }

  private macroFunction(
    node: Call,
    macro: Macro,
    run: (...parameters: unknown[]) => unknown,
    values: readonly Value[],
    given: ReadonlyMap<string, Value>,
  ): Bound | undefined {
    const ordered: Value[] = [];
    for (const [i, argument] of macro.arguments.entries()) {
      const value = i < values.length ? values[i] : given.has(argument.name) ? given.get(argument.name) : (argument.default as Value);
      const problem = checkValue(argument, value);
      if (problem !== undefined) return this.fail(node, "RT0209", { macro: macro.name, problem });
      ordered.push(value);
    }
    try {
      this.context.onForeignCode?.();
      return { value: run(...ordered) as Value };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      const place = error instanceof Error ? /([^/\\]+\.mjs)[^:()]*:(\d+):(\d+)/.exec(error.stack ?? "") : null;
      return this.fail(
        node,
        "RT0305",
        { macro: macro.name, problem },
        `thrown at ${place ? `${macro.originalFilePath}:${place[2]}:${place[3]}` : macro.originalFilePath}`,
      );
    }
  }
}

/**
 * Handlebars takes the indentation and the line end from around a macro call that stands on a line of its own; SQL wants
 * them back, because a macro's text does not end in a line end.
 */
function standaloneEdges({ start, end }: { readonly start: number; readonly end: number }, text: string): { readonly before: string; readonly after: string } {
  let line = start;
  while (isBlank(text[line - 1])) line--;
  let next = end;
  while (isBlank(text[next])) next++;
  const isFirst = line === 0 || text[line - 1] === "\n" || text[line - 1] === "\r";
  const after = next === text.length ? "" : text[next] === "\n" ? "\n" : text.startsWith("\r\n", next) ? "\r\n" : undefined;
  return isFirst && after !== undefined ? { before: text.slice(line, start), after } : notAlone;
}

const notAlone = { before: "", after: "" };

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
