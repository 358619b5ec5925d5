/** Formats that are a table with a line of headers. Knows no platform: which columns there are, and how they are called, is handed in. */
import { hashCell } from "../hash-cell.ts";
import { csvField, csvRecord } from "./csv.ts";
import type { FileLimits, HeaderNames, LayoutResult, UploadFile, UploadFormat } from "./upload-format.ts";

export interface UploadColumn {
  readonly key: string;
  readonly header: string;
  /** Whether every cell must be a SHA-256. */
  readonly hashed: boolean;
  /** How often the header may stand in one file. */
  readonly most: number;
}

export interface TableFormat {
  readonly name: string;
  /** In the platform's order, whatever the order of the delivery. */
  readonly columns: readonly UploadColumn[];
  readonly limits?: FileLimits;
  readonly removals?: "none";
  readonly reviewsNames?: true;
  /**
   * For tools that import people and not lists: a last column that says of everybody whether they are in the audience, so
   * that an upload can also take somebody out.
   */
  readonly membership?: (exportName: string) => string;
}

export function tableFormat({ name, columns, limits, removals, reviewsNames, membership }: TableFormat): UploadFormat {
  return {
    name,
    extension: "csv",
    ...(limits && { limits }),
    ...(removals && { removals }),
    ...(reviewsNames && { reviewsNames }),
    layOut: (keys, headers) => layOutTable(columns, keys, headers, membership),
  };
}

/** One column, once. */
export function column(key: string, header: string, { hashed = false, most = 1 }: Partial<Pick<UploadColumn, "hashed" | "most">> = {}): UploadColumn {
  return { key, header, hashed, most };
}

function layOutTable(table: readonly UploadColumn[], keys: readonly string[], headers: HeaderNames, membership: TableFormat["membership"]): LayoutResult {
  const problems = problemsWith(table, keys, headers);
  if (problems.length > 0) return { ok: false, problems };
  const places = table.flatMap((column) =>
    keys.flatMap((key, from) => (key === column.key ? [{ ...column, header: headers[key] ?? column.header, from }] : [])),
  );
  const layout = ({ audience, operation }: UploadFile) => {
    const last = membership ? [membership(audience.exportName)] : [];
    const isMember = membership ? [String(operation === "add")] : [];
    const record = (cells: readonly string[]): string => {
      checkRow(keys, cells);
      // Hashes need no quotes, and most cells are hashes.
      const own = places.map(({ key, hashed, from }) => (hashed ? hashCell(key, cells[from] ?? "") : csvField(cells[from] ?? "")));
      return `${[...own, ...isMember].join(",")}\n`;
    };
    return { header: csvRecord([...places.map(({ header }) => header), ...last]), record };
  };
  return { ok: true, layout };
}

export function checkRow(keys: readonly string[], cells: readonly string[]): void {
  if (cells.length !== keys.length) throw new Error(`a row has ${cells.length} cells for ${keys.length} columns`);
  if (cells.every((cell) => cell === "")) throw new Error("a row has no identifier at all");
}

/** All at once, for every format whose columns have names. */
export function problemsWith(table: readonly UploadColumn[], keys: readonly string[], headers: HeaderNames): readonly string[] {
  const problems = [...new Set(keys)].flatMap((key) => problemOf(table, key, keys));
  const strangers = Object.keys(headers).filter((key) => !table.some((column) => column.key === key));
  problems.push(...strangers.map((key) => `headers renames ${key}, which the upload file does not have`));
  if (keys.length === 0) problems.push("no identifier is mapped");
  return problems;
}

function problemOf(table: readonly UploadColumn[], key: string, keys: readonly string[]): readonly string[] {
  const column = table.find((candidate) => candidate.key === key);
  if (!column) return [`the upload file has no column for ${key}; it takes ${table.map((candidate) => candidate.key).join(", ")}`];
  const times = keys.filter((other) => table.find((candidate) => candidate.key === other)?.header === column.header).length;
  return times > column.most ? [`${key} is mapped ${times} times; the upload file takes it ${column.most === 1 ? "once" : `${column.most} times`}`] : [];
}
