/**
 * What an upload format is: it turns the keys of a delivery into a layout, and the layout turns people into text. The
 * helper makes the layout of a plain table, which most platforms take. Opens no file and knows no platform.
 */
import { csvField, csvRecord } from "./csv.ts";

export interface UploadLayout {
  /** The first line, with its line end. */
  readonly header: string;
  /** One person's line. Throws when the cells are not what the layout was made for; the error holds no cell's text. */
  readonly record: (cells: readonly string[]) => string;
}

type LayoutResult = { readonly ok: true; readonly layout: UploadLayout } | { readonly ok: false; readonly problems: readonly string[] };

/** Header texts that replace a format's own, by key: platforms rename theirs, and documents disagree. */
export type HeaderNames = Readonly<Record<string, string>>;

export interface UploadFormat {
  readonly name: string;
  readonly extension: string;
  /** Lays out the keys of a delivery, or says all that cannot be written. */
  readonly layOut: (keys: readonly string[], headers: HeaderNames) => LayoutResult;
}

export interface UploadColumn {
  readonly key: string;
  readonly header: string;
  /** Whether every cell must be a SHA-256. */
  readonly hashed: boolean;
  /** How often the column may stand in one file. */
  readonly most: number;
}

/** The layout of a table whose columns stand in the platform's order, whatever the order of the delivery. */
export function layOutTable(table: readonly UploadColumn[], keys: readonly string[], headers: HeaderNames): LayoutResult {
  const problems = [...new Set(keys)].flatMap((key) => problemOf(table, key, keys));
  const strangers = Object.keys(headers).filter((key) => !table.some((column) => column.key === key));
  problems.push(...strangers.map((key) => `headers renames ${key}, which the upload file does not have`));
  if (keys.length === 0) problems.push("no identifier is mapped");
  if (problems.length > 0) return { ok: false, problems };
  const places = table.flatMap((column) =>
    keys.flatMap((key, from) => (key === column.key ? [{ ...column, header: headers[key] ?? column.header, from }] : [])),
  );
  const record = (cells: readonly string[]): string => {
    if (cells.length !== keys.length) throw new Error(`a row has ${cells.length} cells for ${keys.length} columns`);
    if (cells.every((cell) => cell === "")) throw new Error("a row has no identifier at all");
    // Hashes need no quotes, and most cells are hashes.
    return `${places.map((place) => (place.hashed ? checkedHash(place, cells[place.from] ?? "") : csvField(cells[place.from] ?? ""))).join(",")}\n`;
  };
  return { ok: true, layout: { header: csvRecord(places.map((place) => place.header)), record } };
}

function problemOf(table: readonly UploadColumn[], key: string, keys: readonly string[]): readonly string[] {
  const column = table.find((candidate) => candidate.key === key);
  if (!column) return [`the upload file has no column for ${key}; it takes ${table.map((candidate) => candidate.key).join(", ")}`];
  const times = keys.filter((other) => other === key).length;
  return times > column.most ? [`${key} is mapped ${times} times; the upload file takes it ${column.most === 1 ? "once" : `${column.most} times`}`] : [];
}

const hashOfEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The last line of defence: should a plain value ever come this far, it stops here and not in a file. */
function checkedHash(column: UploadColumn, cell: string): string {
  if (cell !== "" && (!/^[0-9a-f]{64}$/.test(cell) || cell === hashOfEmpty)) {
    throw new Error(`a cell of ${column.key} is not the SHA-256 of a value`);
  }
  return cell;
}
