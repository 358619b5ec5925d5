/**
 * Parses the templates that people write every day, several times faster than Handlebars' own parser and to the very same
 * tree: text, calls with arguments, macros, blocks with their branches, comments, white-space control. Raw blocks, unescaped
 * output, paths out of a block and whatever else it is not sure of are left to Handlebars, so it never reports a mistake: a
 * test holds both trees against each other.
 */
import { positionAt } from "../core/span.ts";
import {
  controlWhiteSpace,
  type EverydayBlock,
  type EverydayContent,
  type EverydayProgram,
  type EverydayStatement,
  type Strip,
} from "./white-space-control.ts";

/** The syntax tree, or `undefined` for a text that Handlebars has to parse. `lines` are the offsets at which its lines begin. */
export function parseEverydayTemplate(text: string, lines: readonly number[]): hbs.AST.Program | undefined {
  try {
    return new Parser(text, lines).template() as unknown as hbs.AST.Program;
  } catch (error) {
    if (error instanceof NotEveryday) return undefined;
    throw error;
  }
}

class NotEveryday extends Error {}

/** Made once: where it was raised is of no interest, and finding that out takes longer than all the rest. */
const notEveryday = new NotEveryday();

/** A word, if one of the characters that end a word follows. */
const word = /[A-Za-z_][\w-]*(?=[=~}\s.)|])/y;
const quoted = /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'/y;
const number = /-?\d+(?:\.\d+)?(?=[~}\s)])/y;
const blanks = /\s*/y;
/** The words that a block gives its values, as in `as |name i|`. */
const blockParams = /as\s+\|\s*([A-Za-z_][\w-]*(?:\s+[A-Za-z_][\w-]*)*)\s*\|/y;
const elseAlone = /\{\{(~)?\s*else\s*(~)?\}\}/y;
const elseWith = /\{\{(~)?\s*else\b/y;
/** Words that are no names, at least in some places. */
const reserved = new Set(["as", "else", "null", "undefined", "true", "false"]);
/** Characters that Handlebars' lexer treats apart, or counts as line ends in one place only. */
const unusual = ["\u0000", "\u2028", "\u2029"];

/** A place as Handlebars tells it, kept as the two offsets that nearly everybody wants. There is one for each node. */
export class Offsets {
  readonly from: number;
  readonly to: number;
  private readonly lines: readonly number[];

  constructor(from: number, to: number, lines: readonly number[]) {
    this.from = from;
    this.to = to;
    this.lines = lines;
  }

  get start(): hbs.AST.Position {
    return this.position(this.from);
  }

  get end(): hbs.AST.Position {
    return this.position(this.to);
  }

  /** Handlebars counts lines from one and columns from zero. */
  private position(offset: number): hbs.AST.Position {
    const { line, column } = positionAt(this.lines, offset);
    return { line, column: column - 1 };
  }
}

/** The first part of a block, or of a branch: all between its braces. */
interface Opening {
  readonly start: number;
  readonly path: hbs.AST.PathExpression;
  readonly params: hbs.AST.Expression[];
  readonly hash: hbs.AST.Hash | undefined;
  readonly blockParams: string[] | undefined;
  readonly strip: Strip;
}

/** What follows `else`. */
interface Inverse {
  readonly strip: Strip;
  readonly program: EverydayProgram;
  readonly end: number;
}

class Parser {
  private readonly text: string;
  private readonly lines: readonly number[];
  private at = 0;

  constructor(text: string, lines: readonly number[]) {
    this.text = text;
    this.lines = lines;
  }

  template(): EverydayProgram {
    const { text } = this;
    if (text === "" || unusual.some((character) => text.includes(character))) throw notEveryday;
    const program = this.program();
    if (this.at < text.length) throw notEveryday;
    controlWhiteSpace(program, true);
    return program;
  }

  /** Statements up to the end of the text, or to a tag that ends a block or one of its branches. */
  private program(): EverydayProgram {
    const { text } = this;
    const body: EverydayStatement[] = [];
    while (this.at < text.length) {
      const open = text.indexOf("{{", this.at);
      const end = open < 0 ? text.length : open;
      if (end > this.at) body.push(this.content(end));
      if (open < 0) break;
      // A backslash before a call makes it text.
      if (open > 0 && text[open - 1] === "\\") throw notEveryday;
      const statement = this.statement();
      if (!statement) break;
      body.push(statement);
    }
    const first = body[0];
    const loc = first && this.loc(offsets(first).from, offsets(body.at(-1) as EverydayStatement).to);
    return { type: "Program", body, strip: {}, loc };
  }

  /** `undefined` at a tag that is the surrounding block's. */
  private statement(): EverydayStatement | undefined {
    const { text } = this;
    const start = this.at;
    const mark = text[start + 2] === "~" ? start + 3 : start + 2;
    switch (text[mark]) {
      case ">":
        return this.call(mark + 1, true);
      case "#":
        return this.block(mark + 1);
      case "!":
        return this.comment(mark);
      case "/":
        return undefined;
      case "{":
      case "&":
      case "^":
      case "*":
        throw notEveryday;
      default:
        elseWith.lastIndex = start;
        return elseWith.test(text) ? undefined : this.call(mark, false);
    }
  }

  private loc(from: number, to: number): hbs.AST.SourceLocation {
    return new Offsets(from, to, this.lines) as unknown as hbs.AST.SourceLocation;
  }

  private content(end: number): EverydayContent {
    const start = this.at;
    this.at = end;
    const value = this.text.slice(start, end);
    return { type: "ContentStatement", original: value, value, loc: this.loc(start, end) };
  }

  /** A call or a macro whose path begins at `from`. */
  private call(from: number, isMacro: boolean): EverydayStatement {
    const start = this.at;
    this.at = from;
    this.skipBlanks();
    const path = this.path();
    const { params, hash } = this.arguments();
    const strip = { open: this.text[start + 2] === "~", close: this.close() };
    const loc = this.loc(start, this.at);
    return isMacro
      ? { type: "PartialStatement", name: path, params, hash, indent: "", strip, loc }
      : { type: "MustacheStatement", path, params, hash, escaped: true, strip, loc };
  }

  /** The braces that end a tag; whether they strip. */
  private close(): boolean {
    const strips = this.text[this.at] === "~";
    if (strips) this.at++;
    if (!this.text.startsWith("}}", this.at) || this.text[this.at + 2] === "}") throw notEveryday;
    this.at += 2;
    return strips;
  }

  private comment(mark: number): EverydayStatement {
    const { text } = this;
    const start = this.at;
    const isLong = text.startsWith("!--", mark);
    const closing = isLong ? /--~?\}\}/g : /\}\}/g;
    closing.lastIndex = isLong ? mark + 3 : mark + 1;
    if (!closing.test(text)) throw notEveryday;
    this.at = closing.lastIndex;
    const value = text
      .slice(mark + 1, this.at)
      .replace(/^-{0,2}/, "")
      .replace(/-?-?~?\}\}$/, "");
    const strip = { open: mark === start + 3, close: text[this.at - 3] === "~" };
    return { type: "CommentStatement", value, strip, loc: this.loc(start, this.at) };
  }

  private block(from: number): EverydayBlock {
    const opening = this.opening(from);
    const program = this.program();
    const inverse = this.inverse();
    // Only the tag that ends the block is left: it says the block's name once more.
    if (!this.text.startsWith("{{/", this.at) && !this.text.startsWith("{{~/", this.at)) throw notEveryday;
    const open = this.text[this.at + 2] === "~";
    this.at += open ? 4 : 3;
    this.skipBlanks();
    if (this.path().original !== opening.path.original) throw notEveryday;
    this.skipBlanks();
    return this.joinBlock(opening, program, inverse, { open, close: this.close() });
  }

  /** `closing` are the marks of the tag that ends the block; of the branches in between each ends with the next one. */
  private joinBlock(opening: Opening, program: EverydayProgram, inverse: Inverse | undefined, closing: Strip | undefined, end = this.at): EverydayBlock {
    program.blockParams = opening.blockParams;
    const [chained] = inverse?.program.chained ? inverse.program.body : [];
    if (chained) (chained as EverydayBlock).closeStrip = closing;
    return {
      type: "BlockStatement",
      path: opening.path,
      params: opening.params,
      hash: opening.hash,
      program,
      inverse: inverse?.program,
      openStrip: opening.strip,
      inverseStrip: inverse?.strip,
      closeStrip: closing,
      loc: this.loc(opening.start, end),
    };
  }

  /** `{{else}}` and what it leads to, or `{{else if …}}`, which is a block of its own within the other branch. */
  private inverse(): Inverse | undefined {
    const { text } = this;
    const start = this.at;
    elseAlone.lastIndex = start;
    const alone = elseAlone.exec(text);
    if (alone) {
      this.at = elseAlone.lastIndex;
      const strip = { open: alone[1] !== undefined, close: alone[2] !== undefined };
      const tagEnd = this.at;
      const program = this.program();
      return { strip, program, end: endOf(program, tagEnd) };
    }
    elseWith.lastIndex = start;
    if (!elseWith.test(text)) return undefined;
    const opening = this.opening(elseWith.lastIndex);
    const tagEnd = this.at;
    const program = this.program();
    const further = this.inverse();
    const end = further?.end ?? endOf(program, tagEnd);
    const block = this.joinBlock(opening, program, further, further?.strip, end);
    return { strip: opening.strip, program: { type: "Program", body: [block], strip: {}, loc: program.loc ?? block.loc, chained: true }, end };
  }

  private opening(from: number): Opening {
    const { text } = this;
    const start = this.at;
    // Macros with blocks, and decorators.
    if (text[from] === ">" || text[from] === "*") throw notEveryday;
    this.at = from;
    this.skipBlanks();
    const path = this.path();
    const { params, hash } = this.arguments();
    blockParams.lastIndex = this.at;
    const names = blockParams.exec(text)?.[1]?.split(/\s+/);
    if (names) this.at = blockParams.lastIndex;
    if (names?.some((name) => reserved.has(name) || name === "this")) throw notEveryday;
    this.skipBlanks();
    return { start, path, params, hash, blockParams: names, strip: { open: text[start + 2] === "~", close: this.close() } };
  }

  private skipBlanks(): boolean {
    blanks.lastIndex = this.at;
    blanks.test(this.text);
    const hasMoved = blanks.lastIndex > this.at;
    this.at = blanks.lastIndex;
    return hasMoved;
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return undefined;
    const found = this.text.slice(this.at, pattern.lastIndex);
    this.at = pattern.lastIndex;
    return found;
  }

  /** `name`, `name.name`, `this`, `@name`. */
  private path(): hbs.AST.PathExpression {
    const start = this.at;
    const data = this.text[start] === "@";
    if (data) this.at++;
    const parts: string[] = [];
    for (;;) {
      const part = this.take(word);
      if (part === undefined || reserved.has(part)) throw notEveryday;
      parts.push(part);
      if (this.text[this.at] !== ".") break;
      this.at++;
    }
    if (parts[0] === "this") parts.shift();
    if (parts.includes("this")) throw notEveryday;
    return { type: "PathExpression", data, depth: 0, parts, original: this.text.slice(start, this.at), loc: this.loc(start, this.at) };
  }

  /** Values one after another, then `name=value` pairs, up to what closes the call, or to the names that a block gives. */
  private arguments(): { readonly params: hbs.AST.Expression[]; readonly hash: hbs.AST.Hash | undefined } {
    const { text } = this;
    const params: hbs.AST.Expression[] = [];
    const pairs: hbs.AST.HashPair[] = [];
    let end = this.at;
    for (;;) {
      const hasBlank = this.skipBlanks();
      const next = text[this.at];
      if (next === "}" || next === ")" || next === "~") break;
      if (!hasBlank) throw notEveryday;
      const start = this.at;
      const name = this.take(word);
      if (name === "as" && text[this.at] !== "=") {
        this.at = start;
        break;
      }
      if (name !== undefined && text[this.at] === "=") {
        if (reserved.has(name) || name === "this") throw notEveryday;
        this.at++;
        const value = this.value();
        end = this.at;
        pairs.push({ type: "HashPair", key: name, value, loc: this.loc(start, end) });
        continue;
      }
      if (pairs.length > 0) throw notEveryday;
      this.at = start;
      params.push(this.value());
    }
    const [first] = pairs;
    if (!first) return { params, hash: undefined };
    return { params, hash: { type: "Hash", pairs, loc: this.loc((first.loc as unknown as Offsets).from, end) } };
  }

  private value(): hbs.AST.Expression {
    const { text } = this;
    const start = this.at;
    if (text[start] === "(") {
      this.at++;
      this.skipBlanks();
      const path = this.path();
      const { params, hash } = this.arguments();
      if (text[this.at] !== ")") throw notEveryday;
      this.at++;
      return { type: "SubExpression", path, params, hash, loc: this.loc(start, this.at) } as unknown as hbs.AST.SubExpression;
    }
    const string = this.take(quoted);
    if (string !== undefined) {
      const mark = text[start] as string;
      const value = string.slice(1, -1).replaceAll(`\\${mark}`, mark);
      return { type: "StringLiteral", value, original: value, loc: this.loc(start, this.at) } as hbs.AST.StringLiteral;
    }
    const digits = this.take(number);
    if (digits !== undefined) {
      const value = Number(digits);
      return { type: "NumberLiteral", value, original: value, loc: this.loc(start, this.at) } as hbs.AST.NumberLiteral;
    }
    const name = this.take(word);
    if ((name === "true" || name === "false") && text[this.at] !== ".") {
      const value = name === "true";
      return { type: "BooleanLiteral", value, original: value, loc: this.loc(start, this.at) } as hbs.AST.BooleanLiteral;
    }
    this.at = start;
    return this.path();
  }
}

function offsets(node: { readonly loc?: unknown }): Offsets {
  return node.loc as Offsets;
}

function endOf(program: EverydayProgram, otherwise: number): number {
  const last = program.body.at(-1);
  return last ? offsets(last).to : otherwise;
}
