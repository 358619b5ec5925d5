/**
 * Text that remembers where it came from. Rendering appends pieces; each piece knows the template that wrote it, so that
 * an offset in compiled SQL leads back to the user's own line. Pieces copy literally (`verbatim`) or stand for an
 * expression as a whole. Knows nothing of Handlebars or SQL.
 */
import type { Span } from "./span.ts";
import { offsetInFile, type WrittenText } from "./written-text.ts";

/** Template text and its way back to the file: inline SQL in YAML is indented and escaped there, a `.sql` file is not. */
export interface TemplateSource {
  readonly file: string;
  readonly text: string;
  /** How it stands in the file, unless it is the whole file. */
  readonly written?: WrittenText;
}

export interface Origin {
  readonly source: TemplateSource;
  readonly start: number;
  readonly end: number;
  readonly verbatim: boolean;
  /** The macro calls that led here, innermost first. */
  readonly calls?: readonly Span[];
}

export interface Piece {
  /** Offset in the rendered text at which this piece begins. */
  readonly at: number;
  readonly origin: Origin | undefined;
}

export interface MappedText {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

export interface Located {
  readonly span: Span;
  readonly calls: readonly Span[];
}

export function spanIn(source: TemplateSource, start: number, end: number): Span {
  const { file, text, written } = source;
  if (!written) return { file, start, end };
  const from = offsetInFile(written, text, start);
  return { file, start: from, end: Math.max(from, offsetInFile(written, text, end)) };
}

/** Collects pieces in order. The builder is local to one rendering; what it returns is never changed again. */
export class TextBuilder {
  private readonly parts: string[] = [];
  private readonly starts: number[] = [];
  private readonly sources: (Origin | MappedText | undefined)[] = [];
  private length = 0;

  append(text: string, origin?: Origin): this {
    if (text === "") return this;
    // Text that stands for the same place as the text before it needs no piece of its own.
    const goesOn = this.length > 0 && this.sources[this.sources.length - 1] === origin && !origin?.verbatim;
    return goesOn ? this.extend(text) : this.add(text, origin);
  }

  appendMapped(mapped: MappedText): this {
    return this.add(mapped.text, mapped);
  }

  build(): MappedText {
    return new BuiltText(this.parts.join(""), this.starts, this.sources);
  }

  private add(text: string, source: Origin | MappedText | undefined): this {
    this.starts.push(this.length);
    this.sources.push(source);
    return this.extend(text);
  }

  private extend(text: string): this {
    this.parts.push(text);
    this.length += text.length;
    return this;
  }
}

/** Most text is only ever read or executed: its pieces, and those of what it is made of, are asked for when something is wrong. */
abstract class LazyText implements MappedText {
  abstract readonly text: string;
  private found: readonly Piece[] | undefined = undefined;

  get pieces(): readonly Piece[] {
    this.found ??= this.find();
    return this.found;
  }

  protected abstract find(): readonly Piece[];
}

class BuiltText extends LazyText {
  readonly text: string;
  private readonly starts: readonly number[];
  private readonly sources: readonly (Origin | MappedText | undefined)[];

  constructor(text: string, starts: readonly number[], sources: readonly (Origin | MappedText | undefined)[]) {
    super();
    this.text = text;
    this.starts = starts;
    this.sources = sources;
  }

  protected find(): readonly Piece[] {
    return this.sources.flatMap((source, i): readonly Piece[] => {
      const at = this.starts[i] ?? 0;
      if (source === undefined || !("pieces" in source)) return [{ at, origin: source }];
      return source.pieces.map((piece) => ({ at: piece.at + at, origin: piece.origin }));
    });
  }
}

class SlicedText extends LazyText {
  readonly text: string;
  private readonly whole: MappedText;
  private readonly start: number;

  constructor(whole: MappedText, start: number, end: number) {
    super();
    this.text = whole.text.slice(start, end);
    this.whole = whole;
    this.start = start;
  }

  protected find(): readonly Piece[] {
    const { pieces, text } = this.whole;
    const end = this.start + this.text.length;
    return pieces.flatMap(({ at, origin }, i): readonly Piece[] => {
      const from = Math.max(at, this.start);
      const to = Math.min(pieces[i + 1]?.at ?? text.length, end);
      if (from >= to) return [];
      return [{ at: from - this.start, origin: origin?.verbatim ? { ...origin, start: origin.start + from - at } : origin }];
    });
  }
}

/** An origin that stands for a place as a whole. */
export function originOfSpan(span: Span): Origin {
  return {
    source: { file: span.file, text: "" },
    start: span.start,
    end: span.end,
    verbatim: false,
  };
}

/** A template tag that joins SQL and mapped parts; the SQL between the parts stands for `origin`. */
export function mapSql(origin: Origin | undefined) {
  return (strings: TemplateStringsArray, ...parts: readonly (string | number | MappedText)[]): MappedText => {
    const builder = new TextBuilder();
    strings.forEach((text, i) => {
      builder.append(text, origin);
      const part = parts[i];
      if (part === undefined) return;
      if (typeof part === "object") builder.appendMapped(part);
      else builder.append(String(part), origin);
    });
    return builder.build();
  };
}

export function joinMapped(parts: readonly MappedText[], separator: string): MappedText {
  const builder = new TextBuilder();
  parts.forEach((part, i) => {
    builder.append(i > 0 ? separator : "").appendMapped(part);
  });
  return builder.build();
}

export function plainText(text: string): MappedText {
  return { text, pieces: [{ at: 0, origin: undefined }] };
}

/** The part `[start, end)` of a mapped text, with its origins kept. */
export function sliceMapped(mapped: MappedText, start: number, end: number): MappedText {
  return start <= 0 && end >= mapped.text.length ? mapped : new SlicedText(mapped, start, end);
}

/** Where the text at `offset` was written. Text that no template wrote (such as `create view …`) takes the next piece's place. */
export function locate(mapped: MappedText, offset: number, length = 1): Located | undefined {
  let index = mapped.pieces.findLastIndex((piece) => piece.at <= offset);
  if (index < 0) return undefined;
  const wanted = index;
  while (index < mapped.pieces.length && mapped.pieces[index]?.origin === undefined) index++;
  const piece = mapped.pieces[index] ?? mapped.pieces.findLast((p) => p.origin !== undefined);
  const origin = piece?.origin;
  if (piece === undefined || origin === undefined) return undefined;
  const calls = origin.calls ?? [];
  if (!origin.verbatim || index !== wanted)
    return {
      span: spanIn(origin.source, origin.start, origin.verbatim ? origin.start + 1 : origin.end),
      calls,
    };
  const start = origin.start + (offset - piece.at);
  return {
    span: spanIn(origin.source, start, Math.min(start + length, origin.end)),
    calls,
  };
}

/** The offset after the last word that a template wrote; what follows is only put around it. */
export function writtenEnd({ text, pieces }: MappedText): number {
  const last = pieces.findLastIndex(({ origin }) => origin !== undefined);
  return last < 0 ? 0 : text.slice(0, pieces[last + 1]?.at).trimEnd().length;
}

/** Turns a byte offset in UTF-8, as databases count, into an offset of the string. */
export function fromByteOffset(text: string, bytes: number): number {
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    if (seen >= bytes) return i;
    const code = text.codePointAt(i) as number;
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (code > 0xffff) i++;
  }
  return text.length;
}
