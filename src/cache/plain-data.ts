/**
 * Values of the pure stages as lines of text, and back. Plain data is written as JSON; what JSON has not is listed beside it
 * by its path: links to the project's resources, functions of its modules, maps, sets, and SQL that knows where it came from.
 * Anything else cannot be kept, and then nothing is: better slow than wrong. Whether a key is missing or undefined counts alike.
 */
import type { MappedText, Piece } from "../core/mapped-text.ts";

export type Path = readonly (string | number)[];

/** Functions by the module and the name that export them. */
export type FunctionName = readonly [module: string, name: string];

/** What stands for itself wherever it is found. */
export interface Known {
  readonly linkOf: (value: object) => number | undefined;
  readonly nameOf: (value: unknown) => FunctionName | undefined;
}

/** What a kept value is put together from again. */
export interface Restoring {
  readonly resource: (link: number) => unknown;
  readonly function: (name: FunctionName) => unknown;
  /** Where a text came from: found out anew when somebody asks. `item` is the number of the value in its list. */
  readonly origin: (item: number, path: Path) => readonly Piece[];
}

/** Raised for a value that cannot be kept. */
export class NotPlain extends Error {}

interface Line {
  readonly values: unknown[];
  readonly links: (readonly [Path, number])[];
  readonly functions: (readonly [Path, FunctionName])[];
  readonly texts: Path[];
  /** Inner ones first. */
  readonly collections: (readonly [Path, "map" | "set" | "undefined"])[];
}

const lineLength = 250;

/** Values of one list, some hundred in a line. */
export function* writeValues(values: readonly unknown[], known: Known): Generator<string> {
  for (let i = 0; i < values.length; i += lineLength) yield new LineWriter(known).write(values.slice(i, i + lineLength));
}

class LineWriter {
  private readonly known: Known;
  private readonly path: (string | number)[] = [];
  private readonly line: Line = { values: [], links: [], functions: [], texts: [], collections: [] };

  constructor(known: Known) {
    this.known = known;
  }

  write(values: readonly unknown[]): string {
    values.forEach((value, i) => {
      this.path.push(i);
      // A value of the list is written out, even if others are linked to it.
      this.line.values.push(value !== null && typeof value === "object" ? this.object(value) : this.value(value));
      this.path.pop();
    });
    return JSON.stringify(this.line);
  }

  private value(value: unknown): unknown {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        if (!Number.isFinite(value) || Object.is(value, -0)) throw this.refuse(String(value));
        return value;
      case "object":
        if (value === null) return null;
        break;
      case "function": {
        const name = this.known.nameOf(value);
        if (!name) throw this.refuse("a function");
        this.line.functions.push([[...this.path], name]);
        return 0;
      }
      case "undefined":
        this.line.collections.push([[...this.path], "undefined"]);
        return null;
      default:
        throw this.refuse(typeof value);
    }
    const link = this.known.linkOf(value);
    if (link === undefined) return this.object(value);
    this.line.links.push([[...this.path], link]);
    return 0;
  }

  private object(value: object): unknown {
    if (Array.isArray(value)) return this.list(value);
    if ("pieces" in value && "text" in value) {
      this.line.texts.push([...this.path]);
      return value.text;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.mapping(value as Record<string, unknown>);
    if (!(value instanceof Map || value instanceof Set)) throw this.refuse("an object of a class");
    const items = this.list([...value]);
    this.line.collections.push([[...this.path], value instanceof Map ? "map" : "set"]);
    return items;
  }

  /** The list itself if nothing in it has to be written otherwise. */
  private list(list: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const item = list[i];
      if (typeof item === "string") continue;
      this.path.push(i);
      const written = this.value(item);
      this.path.pop();
      if (written === item) continue;
      copy ??= [...list];
      copy[i] = written;
    }
    return copy ?? list;
  }

  private mapping(mapping: Readonly<Record<string, unknown>>): unknown {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(mapping)) {
      const item = mapping[key];
      if (typeof item === "string" || item === undefined) continue;
      this.path.push(key);
      const written = this.value(item);
      this.path.pop();
      if (written === item) continue;
      copy ??= { ...mapping };
      copy[key] = written;
    }
    return copy ?? mapping;
  }

  private refuse(what: string): NotPlain {
    return new NotPlain(`${this.path.join(".")} is ${what}`);
  }
}

/** SQL of an earlier run. */
class KeptText implements MappedText {
  readonly text: string;
  private readonly find: () => readonly Piece[];
  private found: readonly Piece[] | undefined;

  constructor(text: string, find: () => readonly Piece[]) {
    this.text = text;
    this.find = find;
  }

  get pieces(): readonly Piece[] {
    this.found ??= this.find();
    return this.found;
  }
}

/** The values of lines that were written, in order. Links may lead to values of the same list: they are followed at the end. */
export function readValues<T>(lines: readonly string[], restoring: Restoring): readonly T[] {
  const parsed = lines.map((line) => JSON.parse(line) as Line);
  const values = parsed.flatMap((line) => line.values) as T[];
  let first = 0;
  for (const { values: own, links, functions, texts, collections } of parsed) {
    const offset = first;
    first += own.length;
    const put = (path: Path, make: (written: unknown) => unknown): void => {
      let parent: unknown = own;
      for (const step of path.slice(0, -1)) parent = (parent as Record<string | number, unknown>)[step];
      const last = path.at(-1) as string | number;
      const holder = parent as Record<string | number, unknown>;
      holder[last] = make(holder[last]);
      // The list of all values holds the same objects, but its own places for them.
      if (path.length === 1) values[offset + Number(last)] = holder[last] as T;
    };
    for (const path of texts) {
      const [item = 0, ...inner] = path;
      put(path, (text) => new KeptText(String(text), () => restoring.origin(offset + Number(item), inner)));
    }
    for (const [path, name] of functions) put(path, () => restoring.function(name));
    for (const [path, link] of links) put(path, () => restoring.resource(link) ?? values[link]);
    for (const [path, kind] of collections)
      put(path, (items) => (kind === "undefined" ? undefined : kind === "map" ? new Map(items as [unknown, unknown][]) : new Set(items as unknown[])));
  }
  return values;
}
