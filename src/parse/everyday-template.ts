/**
 * Parses the templates that people write every day, several times faster than Handlebars' own parser and to the very same
 * tree: text, calls with arguments, macros. Blocks, comments, white-space control and whatever else it is not sure of are
 * left to Handlebars, so it never reports a mistake: a test holds both trees against each other.
 */
import { positionAt } from "../core/span.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Content = Mutable<hbs.AST.ContentStatement> & { leftStripped?: boolean; rightStripped?: boolean };

/** The syntax tree, or `undefined` for a text that Handlebars has to parse. `lines` are the offsets at which its lines begin. */
export function parseEverydayTemplate(text: string, lines: readonly number[]): hbs.AST.Program | undefined {
  try {
    return new Parser(text, lines).program();
  } catch (error) {
    if (error instanceof NotEveryday) return undefined;
    throw error;
  }
}

class NotEveryday extends Error {}

/** Made once: where it was raised is of no interest, and finding that out takes longer than all the rest. */
const notEveryday = new NotEveryday();

/** A word, if one of the characters that end a word follows. */
const word = /[A-Za-z_][\w-]*(?=[=}\s.)])/y;
const quoted = /"[^"\\]*"|'[^'\\]*'/y;
const number = /-?\d+(?:\.\d+)?(?=[}\s)])/y;
const blanks = /\s*/y;
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

class Parser {
  private readonly text: string;
  private readonly lines: readonly number[];
  private at = 0;

  constructor(text: string, lines: readonly number[]) {
    this.text = text;
    this.lines = lines;
  }

  program(): hbs.AST.Program {
    const { text } = this;
    if (text === "" || unusual.some((character) => text.includes(character))) throw notEveryday;
    const body: hbs.AST.Statement[] = [];
    const partials: number[] = [];
    while (this.at < text.length) {
      const open = text.indexOf("{{", this.at);
      const end = open < 0 ? text.length : open;
      if (end > this.at) body.push(this.content(end));
      if (open < 0) break;
      // A backslash before a call makes it text.
      if (open > 0 && text[open - 1] === "\\") throw notEveryday;
      if (text[open + 2] === ">") partials.push(body.length);
      body.push(this.call());
    }
    for (const at of partials) stripAroundMacro(body, at);
    return { type: "Program", body, strip: {}, loc: this.loc(0, text.length) } as unknown as hbs.AST.Program;
  }

  private loc(from: number, to: number): hbs.AST.SourceLocation {
    return new Offsets(from, to, this.lines) as unknown as hbs.AST.SourceLocation;
  }

  private content(end: number): Content {
    const start = this.at;
    this.at = end;
    const value = this.text.slice(start, end);
    return { type: "ContentStatement", original: value as never, value, loc: this.loc(start, end) };
  }

  private call(): hbs.AST.Statement {
    const { text } = this;
    const start = this.at;
    this.at += 2;
    const isMacro = text[this.at] === ">";
    if (isMacro) this.at++;
    this.skipBlanks();
    const path = this.path();
    const given = this.arguments();
    if (!text.startsWith("}}", this.at) || text[this.at + 2] === "}") throw notEveryday;
    this.at += 2;
    const strip = { open: false, close: false };
    const loc = this.loc(start, this.at);
    const statement = isMacro
      ? { type: "PartialStatement", name: path, ...given, indent: "", strip, loc }
      : { type: "MustacheStatement", path, ...given, escaped: true, strip, loc };
    return statement as unknown as hbs.AST.Statement;
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

  /** `name`, `name.name`, `this`. */
  private path(): hbs.AST.PathExpression {
    const start = this.at;
    const parts: string[] = [];
    for (;;) {
      const part = this.take(word);
      if (part === undefined || reserved.has(part)) throw notEveryday;
      parts.push(part);
      if (this.text[this.at] !== ".") break;
      this.at++;
    }
    if (parts.includes("this")) {
      if (parts.length > 1) throw notEveryday;
      parts.pop();
    }
    return { type: "PathExpression", data: false, depth: 0, parts, original: this.text.slice(start, this.at), loc: this.loc(start, this.at) };
  }

  /** Values one after another, then `name=value` pairs, up to the bracket that closes the call. */
  private arguments(): { readonly params: hbs.AST.Expression[]; readonly hash: hbs.AST.Hash | undefined } {
    const { text } = this;
    const params: hbs.AST.Expression[] = [];
    const pairs: hbs.AST.HashPair[] = [];
    let end = this.at;
    for (;;) {
      const hasBlank = this.skipBlanks();
      const next = text[this.at];
      if (next === "}" || next === ")") break;
      if (!hasBlank) throw notEveryday;
      const start = this.at;
      const name = this.take(word);
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
      const given = this.arguments();
      if (text[this.at] !== ")") throw notEveryday;
      this.at++;
      return { type: "SubExpression", path, ...given, loc: this.loc(start, this.at) } as unknown as hbs.AST.SubExpression;
    }
    const string = this.take(quoted);
    if (string !== undefined) {
      const value = string.slice(1, -1);
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

/** A macro that is alone on its line takes the line with it: the blanks before and the line end after it. */
function stripAroundMacro(body: hbs.AST.Statement[], at: number): void {
  const before = body[at - 1];
  const after = body[at + 1];
  if ((before && !endsInLineEnd(before, at === 1)) || (after && !beginsWithLineEnd(after, at + 2 === body.length))) return;
  if (after) strip(after as Content, "rightStripped", /^[ \t]*\r?\n?/);
  if (!before) return;
  const blank = strip(before as Content, "leftStripped", /[ \t]+$/);
  if (blank !== "") (body[at] as unknown as { indent: string }).indent = /[ \t]+$/.exec((before as Content).original as unknown as string)?.[0] ?? "";
}

function strip(content: Content, mark: "leftStripped" | "rightStripped", pattern: RegExp): string {
  const found = pattern.exec(content.value)?.[0] ?? "";
  content.value = mark === "leftStripped" ? content.value.slice(0, content.value.length - found.length) : content.value.slice(found.length);
  content[mark] = found !== "";
  return found;
}

function endsInLineEnd(node: hbs.AST.Statement, isFirst: boolean): boolean {
  if (node.type !== "ContentStatement") return false;
  const text = (node as Content).original as unknown as string;
  const blank = text.slice(text.trimEnd().length);
  return blank.includes("\n") || (isFirst && blank === text);
}

function beginsWithLineEnd(node: hbs.AST.Statement, isLast: boolean): boolean {
  if (node.type !== "ContentStatement") return false;
  const text = (node as Content).original as unknown as string;
  const blank = text.slice(0, text.length - text.trimStart().length);
  return blank.includes("\n") || (isLast && blank === text);
}
