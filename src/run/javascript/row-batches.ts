/**
 * Turns whatever a model in JavaScript returns into batches of columns: rows, batches of rows, or something that yields
 * either, at once or one after another. Runs in the worker; says of every row that is none which one it is.
 */

export interface Batch {
  readonly columns: readonly (readonly unknown[])[];
  readonly rows: number;
  /** Number of its first row, counted from 1. */
  readonly firstRow: number;
}

/** The columns of a row that are not those that are declared. */
export interface WrongColumns {
  readonly row: number;
  readonly got: readonly string[];
  /** A column that is not declared, or one that is declared and not there. */
  readonly wrong: string;
  readonly isMissing: boolean;
}

export class BadRows extends Error {
  readonly columns: WrongColumns | undefined;
  constructor(problem: string, columns?: WrongColumns) {
    super(problem);
    this.columns = columns;
  }
}

export class BadValue extends Error {
  readonly row: number;
  readonly column: string;
  constructor(row: number, column: string, kind: string) {
    super(kind);
    this.row = row;
    this.column = column;
  }
}

/** Rows that go to the database at once. */
const batchRows = 2048;

export async function* rowBatches(returned: unknown, columns: readonly string[]): AsyncGenerator<Batch> {
  if (returned === undefined || returned === null) throw new BadRows("nothing; it must return rows, an array of objects");
  if (!isIterable(returned)) throw new BadRows(`${describe(returned)}; it must return an array of rows, or a generator of batches`);
  const indexes = new Map(columns.map((name, i) => [name.toLowerCase(), i]));
  let firstRow = 1;
  let pending: unknown[][] = columns.map(() => []);
  let rows = 0;
  /** For each column the last row that had it: `undefined` in a row is a missing value, a row without it a mistake. */
  const seenIn = columns.map(() => 0);
  const add = (row: unknown): void => {
    if (row === null || typeof row !== "object" || Array.isArray(row) || row instanceof Date) {
      throw new BadRows(`${describe(row)} as row ${firstRow + rows}; a row is an object with a value for each column`);
    }
    const number = firstRow + rows;
    const wrong = (name: string, isMissing: boolean, problem: string): BadRows =>
      new BadRows(`row ${number} ${problem}`, { row: number, got: Object.keys(row), wrong: name, isMissing });
    for (const column of pending) column.push(null);
    for (const [name, value] of Object.entries(row)) {
      const index = indexes.get(name) ?? indexes.get(name.toLowerCase());
      if (index === undefined) throw wrong(name, false, `with a column "${name}", which is not declared`);
      if (seenIn[index] === number) throw wrong(name, false, `with the column "${columns[index]}" twice, in different case`);
      seenIn[index] = number;
      if (typeof value === "function" || typeof value === "symbol") throw new BadValue(number, columns[index] ?? name, `a ${typeof value}`);
      (pending[index] as unknown[])[rows] = value;
    }
    const missing = seenIn.findIndex((seen) => seen !== number);
    if (missing >= 0) throw wrong(columns[missing] ?? "", true, `without the column "${columns[missing]}"`);
    rows++;
  };
  const take = (): Batch => {
    const batch = { columns: pending, rows, firstRow };
    firstRow += rows;
    rows = 0;
    pending = columns.map(() => []);
    return batch;
  };
  for await (const item of returned) {
    for (const row of Array.isArray(item) ? (item as readonly unknown[]) : [item]) {
      add(row);
      if (rows === batchRows) yield take();
    }
  }
  if (rows > 0) yield take();
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object that is no list" : `a ${typeof value}`;
}
