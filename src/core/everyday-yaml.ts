/**
 * Reads the part of YAML that nearly all files of a project are written in, several times faster than a whole parser:
 * mappings with plain keys, lists, texts, numbers, flow collections. Whatever it is not sure of it leaves to the whole
 * parser, so it never reports a mistake: a test holds both against each other, values and places alike.
 */

/** Where a value stands. A block collection ends where its last item's line ends, as in the `yaml` package. */
export interface YamlPlace {
  readonly start: number;
  /** -1 where only the whole parser can tell. */
  readonly end: number;
  /** A mapping's keys and their places, in their order. */
  readonly names?: readonly string[];
  readonly keys?: readonly YamlPlace[];
  /** The places of the values of a mapping or list. */
  readonly items?: readonly YamlPlace[];
}

export interface EverydayYaml {
  readonly value: unknown;
  readonly place: YamlPlace;
}

/** The value and its places, or `undefined` for a text that the whole parser has to read. */
export function readEverydayYaml(text: string): EverydayYaml | undefined {
  if (unusual.test(text) || hasLongNumber(text)) return undefined;
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotEveryday) return undefined;
    throw error;
  }
}

/** Tabs, lone carriage returns, a byte-order mark, markers of documents, directives. */
const unusual = /\t|\r(?!\n)|^\uFEFF|^(?:---|\.\.\.|%)/m;

/** Whether a whole number may stand in it that JavaScript would round. */
export function hasLongNumber(text: string): boolean {
  return /(?<![\w.])\d{16,}(?![\w.])/.test(text);
}

class NotEveryday extends Error {}

/** Made once: where it was raised is of no interest, and finding that out takes longer than all the rest. */
const notEveryday = new NotEveryday();

interface Read {
  readonly value: unknown;
  readonly place: YamlPlace;
}

const newline = 10;
const carriageReturn = 13;
const space = 32;
const doubleQuote = 34;
const hash = 35;
const singleQuote = 39;
const comma = 44;
const dash = 45;
const colon = 58;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const pipe = 124;
const closeBrace = 125;
const greater = 62;

const key = /[A-Za-z_][\w.-]*(?=:(?: |\r?\n|$))/y;
const flowKey = /[A-Za-z_][\w.-]*(?=:(?: |\r?\n))/y;
/** In a flow collection a plain text ends at a comma or bracket. */
const flowPlain = /[^,[\]{}\r\n]+/y;
/** What a plain text may begin with; a dash only where it begins a word. */
const plainStart = /[^\s,[\]{}#&*!|>'"%@`?:-]|-(?=[^\s,[\]{}])/y;
const reserved = new Set(["true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL", "__proto__"]);
const number = /^[-+]?(?:\d+|(?:\.\d+|\d+\.\d*)|(?:\.\d+|\d+(?:\.\d*)?)[eE][-+]?\d+)$/;
/** Numbers in other notations, infinity and the like. */
const oddNumber = /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Reads line by line. Between nodes `at` is the first character of the next line that says something, and `column` its indentation. */
class Reader {
  private readonly text: string;
  private at = 0;
  private column = 0;
  /** Where the line of the last scalar or flow collection ends. */
  private lineEnd = 0;
  /** Whether comments stand between the last line and this one. */
  private hasComments = false;

  constructor(text: string) {
    this.text = text;
  }

  document(): EverydayYaml {
    this.nextLine();
    if (this.column !== 0) throw notEveryday;
    const read = this.isDash() ? this.sequence(0) : this.mapping(0);
    if (this.at < this.text.length) throw notEveryday;
    return read;
  }

  /** Skips blank lines and comments. At the end of the text the column is -1. */
  private nextLine(): void {
    const { text } = this;
    let { at } = this;
    this.hasComments = false;
    for (;;) {
      const start = at;
      let code = text.charCodeAt(at);
      while (code === space) code = text.charCodeAt(++at);
      if (at >= text.length) {
        this.at = text.length;
        this.column = -1;
        return;
      }
      if (code === hash) this.hasComments = true;
      else if (code !== newline && code !== carriageReturn) {
        this.at = at;
        this.column = at - start;
        return;
      }
      at = this.afterLine(at);
    }
  }

  private afterLine(at: number): number {
    const end = this.text.indexOf("\n", at);
    return end < 0 ? this.text.length : end + 1;
  }

  private isDash(): boolean {
    if (this.text.charCodeAt(this.at) !== dash) return false;
    const next = this.text.charCodeAt(this.at + 1);
    return next === space || next === newline || next === carriageReturn;
  }

  private keyEnd(pattern: RegExp): number {
    pattern.lastIndex = this.at;
    return pattern.test(this.text) ? pattern.lastIndex : -1;
  }

  private mapping(column: number): Read {
    const start = this.at;
    const value: Record<string, unknown> = {};
    const names: string[] = [];
    const keys: YamlPlace[] = [];
    const items: YamlPlace[] = [];
    while (this.column === column) {
      const name = this.takeKey(key, names, keys);
      const read = this.skipSpaces() ? this.inline(column) : this.below(column, true);
      value[name] = read.value;
      items.push(read.place);
    }
    if (this.column > column) throw notEveryday;
    return { value, place: { start, end: this.collectionEnd(), names, keys, items } };
  }

  private takeKey(pattern: RegExp, names: string[], keys: YamlPlace[]): string {
    const start = this.at;
    const end = this.keyEnd(pattern);
    const name = this.text.slice(start, end);
    if (end < 0 || end - start > 1000 || reserved.has(name) || names.includes(name)) throw notEveryday;
    names.push(name);
    keys.push({ start, end });
    this.at = end + 1;
    return name;
  }

  private sequence(column: number): Read {
    const start = this.at;
    const value: unknown[] = [];
    const items: YamlPlace[] = [];
    while (this.column === column && this.isDash()) {
      const dashAt = this.at;
      this.at++;
      const read = this.skipSpaces() ? this.compact(column, this.at - dashAt) : this.below(column, false);
      value.push(read.value);
      items.push(read.place);
    }
    // In a mapping a list may stand at the column of its key, and the next key after it.
    if (this.column > column) throw notEveryday;
    return { value, place: { start, end: this.collectionEnd(), items } };
  }

  /** What stands on the line of a dash: the first key of a mapping, another list, or a value. */
  private compact(column: number, indent: number): Read {
    const inner = column + indent;
    const isNested = this.isDash() || this.keyEnd(key) >= 0;
    if (!isNested) return this.inline(column);
    this.column = inner;
    return this.isDash() ? this.sequence(inner) : this.mapping(inner);
  }

  /** The value of a key or dash that has nothing on its own line. */
  private below(column: number, isKey: boolean): Read {
    this.at = this.afterLine(this.at);
    this.nextLine();
    if (this.isDash() && (this.column > column || (isKey && this.column === column))) return this.sequence(this.column);
    if (this.column <= column) throw notEveryday;
    if (this.keyEnd(key) >= 0) return this.mapping(this.column);
    if (this.hasComments) throw notEveryday;
    return this.inline(column);
  }

  /** -1 where it is not plain: comments after the last item may belong to the collection. */
  private collectionEnd(): number {
    return this.hasComments ? -1 : this.lineEnd;
  }

  /** Whether anything but a comment is left on the line. */
  private skipSpaces(): boolean {
    const { text } = this;
    const start = this.at;
    let code = text.charCodeAt(this.at);
    while (code === space) code = text.charCodeAt(++this.at);
    if (code === hash && this.at > start) return false;
    return !(this.at >= text.length || code === newline || code === carriageReturn);
  }

  private finishLine(): void {
    if (this.skipSpaces()) throw notEveryday;
    this.at = this.afterLine(this.at);
    this.lineEnd = this.at;
    this.nextLine();
  }

  private inline(column: number): Read {
    switch (this.text.charCodeAt(this.at)) {
      case doubleQuote:
      case singleQuote: {
        const read = this.quoted();
        this.finishLine();
        return read;
      }
      case openBracket:
      case openBrace: {
        const read = this.flow(column);
        this.finishLine();
        return read;
      }
      case pipe:
      case greater:
        return this.blockText(column);
      default:
        return this.plain(column);
    }
  }

  private quoted(): Read {
    const { text } = this;
    const start = this.at;
    const mark = text.charCodeAt(start);
    let end = start + 1;
    for (; ; end++) {
      const code = text.charCodeAt(end);
      if (code === mark) {
        if (mark === doubleQuote || text.charCodeAt(end + 1) !== singleQuote) break;
        end++;
      } else if (code === newline || Number.isNaN(code)) throw notEveryday;
      else if (code === 92 && mark === doubleQuote) end++;
    }
    this.at = end + 1;
    const inner = text.slice(start + 1, end);
    const place = { start, end: this.at };
    if (mark === singleQuote) return { value: inner.includes("'") ? inner.replaceAll("''", "'") : inner, place };
    return { value: inner.includes("\\") ? this.unescape(inner) : inner, place };
  }

  /** Escapes that JSON has too mean the same there; it refuses all others. */
  private unescape(inner: string): string {
    try {
      return JSON.parse(`"${inner}"`) as string;
    } catch {
      throw notEveryday;
    }
  }

  private plain(column: number): Read {
    const start = this.at;
    plainStart.lastIndex = start;
    if (!plainStart.test(this.text)) throw notEveryday;
    let [source, end, hasComment] = this.plainLine();
    this.finishLine();
    if (this.column <= column) return { value: scalarValue(source), place: { start, end } };
    // The text goes on in the next lines, which are joined by a blank, or by their blank lines.
    while (this.column > column) {
      const lines = this.text.slice(end, this.at).split("\n").length - 1;
      if (hasComment || this.hasComments) throw notEveryday;
      const [more, moreEnd, isLast] = this.plainLine();
      source += (lines > 1 ? "\n".repeat(lines - 1) : " ") + more;
      end = moreEnd;
      hasComment = isLast;
      this.finishLine();
    }
    return { value: source, place: { start, end } };
  }

  /** One line of a plain text, where it ends, and whether a comment follows it. */
  private plainLine(): [source: string, end: number, hasComment: boolean] {
    const { text, at } = this;
    let end = text.indexOf("\n", at);
    if (end < 0) end = text.length;
    const line = text.slice(at, end);
    const comment = line.indexOf(" #");
    if (comment >= 0) end = at + comment;
    else if (text.charCodeAt(end - 1) === carriageReturn) end--;
    while (text.charCodeAt(end - 1) === space) end--;
    const source = text.slice(at, end);
    if (source.includes(": ") || source.charCodeAt(source.length - 1) === colon) throw notEveryday;
    this.at = end;
    return [source, end, comment >= 0];
  }

  private flow(column: number): Read {
    const start = this.at;
    const isMap = this.text.charCodeAt(start) === openBrace;
    const close = isMap ? closeBrace : closeBracket;
    const object: Record<string, unknown> = {};
    const list: unknown[] = [];
    const names: string[] = [];
    const keys: YamlPlace[] = [];
    const items: YamlPlace[] = [];
    this.at++;
    for (;;) {
      if (this.skipInFlow(column) === close) break;
      const name = isMap ? this.takeKey(flowKey, names, keys) : "";
      if (isMap) this.skipInFlow(column);
      const read = !isMap && this.keyEnd(flowKey) >= 0 ? this.flowPair(column) : this.flowItem(column);
      if (isMap) object[name] = read.value;
      else list.push(read.value);
      items.push(read.place);
      const next = this.skipInFlow(column);
      if (next === close) break;
      if (next !== comma) throw notEveryday;
      this.at++;
    }
    this.at++;
    const place = isMap ? { start, end: this.at, names, keys, items } : { start, end: this.at, items };
    return { value: isMap ? object : list, place };
  }

  /** A mapping of one key in a list, without its braces. */
  private flowPair(column: number): Read {
    const start = this.at;
    const names: string[] = [];
    const keys: YamlPlace[] = [];
    const name = this.takeKey(flowKey, names, keys);
    this.skipInFlow(column);
    const read = this.flowItem(column);
    return { value: { [name]: read.value }, place: { start, end: this.at, names, keys, items: [read.place] } };
  }

  /** Skips blanks and line ends; the next line must be indented more than what the collection stands in. */
  private skipInFlow(column: number): number {
    const { text } = this;
    let code = text.charCodeAt(this.at);
    while (code === space) code = text.charCodeAt(++this.at);
    if (code !== newline && code !== carriageReturn) return code;
    this.at = this.afterLine(this.at);
    this.nextLine();
    if (this.hasComments || this.column <= column) throw notEveryday;
    return text.charCodeAt(this.at);
  }

  private flowItem(column: number): Read {
    const code = this.text.charCodeAt(this.at);
    if (code === openBracket || code === openBrace) return this.flow(column);
    if (code === doubleQuote || code === singleQuote) return this.quoted();
    const start = this.at;
    plainStart.lastIndex = start;
    flowPlain.lastIndex = start;
    if (!plainStart.test(this.text) || !flowPlain.test(this.text)) throw notEveryday;
    let end = flowPlain.lastIndex;
    while (this.text.charCodeAt(end - 1) === space) end--;
    const source = this.text.slice(start, end);
    if (source.includes(": ") || source.includes(" #") || source.charCodeAt(source.length - 1) === colon) throw notEveryday;
    this.at = end;
    return { value: scalarValue(source), place: { start, end } };
  }

  /** A text in the lines below `|` or `>`. */
  private blockText(column: number): Read {
    const { text } = this;
    const start = this.at;
    const header = text.slice(start, this.afterLine(start)).trimEnd();
    const isFolded = header[0] === ">";
    const chomp = header[1];
    if (header.length > 2 || (chomp !== undefined && chomp !== "-")) throw notEveryday;
    this.at = this.afterLine(start);
    const lines: string[] = [];
    let indent = -1;
    // Blank lines at its end are no part of it.
    let textEnd = this.at;
    for (;;) {
      const line = this.at;
      let at = line;
      while (text.charCodeAt(at) === space) at++;
      let end = text.indexOf("\n", at);
      if (end < 0) end = text.length;
      const contentEnd = text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
      if (at >= contentEnd) {
        // Blanks on a blank line may count, and so may a text that ends without a line end.
        if (indent < 0 || at > line) throw notEveryday;
        if (line >= text.length) break;
        lines.push("");
      } else {
        const found = at - line;
        if (indent < 0) indent = found;
        if (found <= column || indent <= column) break;
        if (found < indent || (isFolded && found > indent)) throw notEveryday;
        lines.push(text.slice(line + indent, contentEnd));
      }
      if (end === text.length) throw notEveryday;
      this.at = end + 1;
      if (at < contentEnd) textEnd = this.at;
    }
    while (lines.at(-1) === "") lines.pop();
    if (lines.length === 0) throw notEveryday;
    this.lineEnd = textEnd;
    this.nextLine();
    const body = isFolded ? fold(lines) : lines.join("\n");
    return { value: chomp === "-" ? body : `${body}\n`, place: { start, end: textEnd } };
  }
}

/** Lines are joined by a blank, blank lines between them stay. */
function fold(lines: readonly string[]): string {
  let folded = "";
  let blanks = 0;
  for (const [i, line] of lines.entries()) {
    if (line === "") blanks++;
    else {
      folded += (i === 0 ? "" : blanks > 0 ? "\n".repeat(blanks) : " ") + line;
      blanks = 0;
    }
  }
  return folded;
}

/** A plain text as the core schema of YAML 1.2 reads it. */
function scalarValue(source: string): unknown {
  const code = source.charCodeAt(0);
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  if (isLetter) {
    if (source.length > 5) return source;
    switch (source) {
      case "true":
      case "True":
      case "TRUE":
        return true;
      case "false":
      case "False":
      case "FALSE":
        return false;
      case "null":
      case "Null":
      case "NULL":
        return null;
      default:
        return source;
    }
  }
  if (code > 57) {
    if (source === "~") return null;
    return source;
  }
  if (number.test(source)) return Number(source);
  if (oddNumber.test(source)) throw notEveryday;
  return source;
}
