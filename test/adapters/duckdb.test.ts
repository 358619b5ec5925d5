/** DuckDB behind the ports: opening files, plain values, structured errors, interruption. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { duckdbDialect } from "../../src/adapters/duckdb/dialect.ts";
import { duckdbEngine } from "../../src/adapters/duckdb/engine.ts";
import { type Connection, EngineError, type OpenOptions } from "../../src/ports/engine.ts";
import { emptyWarehouse } from "../fixtures/warehouse.ts";

const folder = mkdtempSync(join(tmpdir(), "retain-duckdb-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (options: Partial<OpenOptions>) =>
  duckdbEngine.open({ path: ":memory:", readOnly: false, settings: {}, extensions: [], attach: [], lockTimeoutSeconds: 0, ...options });
const codesOf = async (options: Partial<OpenOptions>) => {
  const { value, diagnostics } = await open(options);
  value?.close();
  return diagnostics.map((d) => d.code);
};

async function connected<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await (await emptyWarehouse()).database.connect();
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}

describe("opening", () => {
  test("creates a file, and finds it again read-only", async () => {
    const path = join(folder, "new.duckdb");
    const first = (await open({ path })).value;
    const writer = await first?.connect();
    await writer?.execute("create table t as select 1 as x");
    writer?.close();
    first?.close();
    const second = (await open({ path, readOnly: true })).value;
    const reader = await second?.connect();
    expect((await reader?.query("select x from t"))?.rows).toEqual([{ x: 1 }]);
    await expect(reader?.execute("create table u as select 1")).rejects.toBeInstanceOf(EngineError);
    expect(second?.catalog).toBe("new");
    reader?.close();
    second?.close();
  });

  test("two runs of one process never write to a file at once; readers are beside each other", async () => {
    const path = join(folder, "shared.duckdb");
    const writer = (await open({ path })).value;
    expect(await codesOf({ path })).toEqual(["RT0501"]);
    expect(await codesOf({ path, readOnly: true })).toEqual(["RT0501"]);
    expect(await codesOf({ path: join(folder, ".", "other", "..", "shared.duckdb") })).toEqual(["RT0501"]);
    const told: string[] = [];
    const next = open({ path, lockTimeoutSeconds: 30, onWait: (holder) => told.push(holder), onGranted: () => told.push("granted") });
    writer?.close();
    writer?.close();
    const second = (await next).value;
    expect(told).toEqual(["another run of this process", "granted"]);
    second?.close();
    const readers = await Promise.all([open({ path, readOnly: true }), open({ path, readOnly: true })]);
    expect(readers.map(({ value }) => value?.catalog)).toEqual(["shared", "shared"]);
    readers[0]?.value?.close();
    expect(await codesOf({ path })).toEqual(["RT0501"]);
    readers[1]?.value?.close();
    expect(await codesOf({ path })).toEqual([]);
    // A file that did not open is not held.
    expect(await codesOf({ path: join(folder, "nowhere", "x.duckdb") })).toEqual(["RT0503"]);
    expect(await codesOf({ path: join(folder, "nowhere", "x.duckdb") })).toEqual(["RT0503"]);
  });

  test("never touches a file that is no database", async () => {
    const path = join(folder, "notes.duckdb");
    for (const text of ["x", "a,b\n1,2\n3,4\n5,6\n", "SQLite format 3\u0000 and more of it"]) {
      writeFileSync(path, text);
      expect(await codesOf({ path })).toEqual(["RT0502"]);
      expect(readFileSync(path, "utf8")).toBe(text);
    }
  });

  test("says that a damaged database is one", async () => {
    const path = join(folder, "damaged.duckdb");
    const bytes = Buffer.alloc(16384, 7);
    bytes.write("DUCK", 8, "latin1");
    writeFileSync(path, bytes);
    expect(await codesOf({ path })).toEqual(["RT0502"]);
  });

  test("takes an empty file for no database either", async () => {
    const path = join(folder, "empty.duckdb");
    writeFileSync(path, "");
    expect(await codesOf({ path })).toEqual(["RT0502"]);
  });

  test("says what is in the way of the file", async () => {
    mkdirSync(join(folder, "directory.duckdb"));
    expect(await codesOf({ path: join(folder, "directory.duckdb") })).toEqual(["RT0503"]);
    expect(await codesOf({ path: join(folder, "no/such/folder.duckdb") })).toEqual(["RT0503"]);
    expect(await codesOf({ path: join(folder, "missing.duckdb"), readOnly: true })).toEqual(["RT0505"]);
  });

  test("says which setting, extension or attached file was refused", async () => {
    expect(await codesOf({ settings: { memory_limt: "1GB" } })).toEqual(["RT0504"]);
    expect(await codesOf({ settings: { memory_limit: "much" } })).toEqual(["RT0504"]);
    expect(await codesOf({ attach: [{ path: join(folder, "gone.duckdb"), alias: "gone", readOnly: true }] })).toEqual(["RT0504"]);
  });

  test("attaches other databases under their names", async () => {
    const path = join(folder, "other.duckdb");
    const other = (await open({ path })).value;
    const writer = await other?.connect();
    await writer?.execute("create table t as select 7 as x");
    writer?.close();
    other?.close();
    const { value } = await open({ attach: [{ path, alias: "the other", readOnly: true }] });
    const connection = await value?.connect();
    expect((await connection?.query('select x from "the other".t'))?.rows).toEqual([{ x: 7 }]);
    connection?.close();
    value?.close();
  });
});

describe("values", () => {
  test("are plain: numbers where they are exact, otherwise text", async () => {
    const sql =
      "select 1::integer as i, 9007199254740991::bigint as big, 9007199254740993::bigint as bigger, 1.50::decimal(10,2) as money, 0.5::double as d, true as b, null as n, date '2026-01-02' as day, [1, 2] as list, {'a': 1} as struct";
    const { rows, columns } = await connected((connection) => connection.query(sql));
    expect(rows).toEqual([
      { i: 1, big: 9007199254740991, bigger: "9007199254740993", money: "1.50", d: 0.5, b: true, n: null, day: "2026-01-02", list: [1, 2], struct: { a: 1 } },
    ]);
    expect(columns.map((column) => column.type).slice(0, 5)).toEqual(["INTEGER", "BIGINT", "BIGINT", "DECIMAL(10,2)", "DOUBLE"]);
  });

  test("of instants are in UTC, whatever the machine says", async () => {
    const { rows } = await connected((connection) =>
      connection.query("select '2026-06-30T12:00:00+09:00'::timestamptz as t, current_setting('TimeZone') as zone"),
    );
    expect(rows).toEqual([{ t: "2026-06-30 03:00:00+00", zone: "UTC" }]);
  });

  test("of columns with one name are all there", async () => {
    const { rows, columns } = await connected((connection) => connection.query("select 1 as x, 2 as x"));
    expect(columns.map((column) => rows[0]?.[column.name])).toEqual([1, 2]);
  });

  test.each([
    ["numbers", "select range as x from range(10000)", [[0, 1]]],
    [
      "one text among others",
      "select range as x, if(range = 1, null, 'r' || range) as y from range(10000)",
      [
        [0, 1],
        ["r0", null],
      ],
    ],
    [
      "texts of every kind, names that repeat, other types in between",
      `select 'a"\\' || chr(10) || chr(0) || chr(31) as x, 9007199254740993 + range as n, if(range = 0, null, '\u{1F600}é') as x, range = 0 as b, '{"a": 1}'::json as j, '' as y, 1.50 as d
from range(10000)`,
      [
        ['a"\\\n\0\u001f', 'a"\\\n\0\u001f'],
        ["9007199254740993", "9007199254740994"],
        [null, "\u{1F600}é"],
        [true, false],
        ['{"a": 1}', '{"a": 1}'],
        ["", ""],
        ["1.50", "1.50"],
      ],
    ],
  ])("come column by column and are complete: %s", async (_what, query, first) => {
    let count = 0;
    let batches = 0;
    await connected(async (connection) => {
      for await (const { rows, columns } of connection.columns(query)) {
        expect(columns.map((values) => values.length)).toEqual(Array(columns.length).fill(rows));
        if (count === 0) expect(columns.map((values) => values.slice(0, 2))).toEqual(first);
        count += rows;
        batches++;
      }
    });
    expect(count).toBe(10000);
    expect(batches).toBeGreaterThan(1);
  });

  test("are saved to files, whatever the query ends in", async () => {
    const path = join(folder, "rows it's.csv");
    await connected((connection) => connection.saveRows("select 1 as a, 'x,y' as b -- a comment", path, "csv"));
    expect(readFileSync(path, "utf8")).toBe('a,b\n1,"x,y"\n');
  });
});

describe("errors", () => {
  const errorOf = (sql: string) =>
    connected((connection) =>
      connection.query(sql).then(
        () => undefined,
        (error: unknown) => error,
      ),
    ) as Promise<EngineError>;

  test.each([
    ["select 1 frm x y", "syntax"],
    ["select nope from (select 1 as name)", "column"],
    ["select * from nowhere", "relation"],
    ["select no_such_function(1)", "relation"],
    ["select cast('x' as integer)", "conversion"],
    ["select error('own words')", "other"],
  ])("%s is of kind %s", async (sql, kind) => {
    const error = await errorOf(sql);
    expect(error).toBeInstanceOf(EngineError);
    expect(error.kind).toBe(kind);
    expect(error.message).not.toMatch(/LINE \d|\{"|\n/);
  });

  test("point at the word, also after text of more bytes than letters", async () => {
    const sql = "select '한글 🛒' as a,\n  nope from (select 1 as name)";
    const error = await errorOf(sql);
    expect(error.offset).toBe(sql.indexOf("nope"));
    expect(error.missing).toBe("nope");
    expect(error.candidates.length).toBeGreaterThan(0);
  });

  test("behind a failure in a transaction are told apart", async () => {
    await connected(async (connection) => {
      await connection.execute("begin transaction");
      await connection.query("select cast('x' as integer)").catch(() => undefined);
      const error = await connection.query("select 1").catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: "EngineError", kind: "aborted" });
      await connection.execute("rollback");
      expect((await connection.query("select 1 as x")).rows).toEqual([{ x: 1 }]);
    });
  });

  test("of an interruption are told apart, and the connection lives on", async () => {
    await connected(async (connection) => {
      const slow = connection.query("select sum(a.range * b.range) from range(10000000) as a, range(10000000) as b").catch((thrown: unknown) => thrown);
      setTimeout(() => connection.interrupt(), 50);
      expect(await slow).toMatchObject({ kind: "interrupted" });
      expect((await connection.query("select 1 as x")).rows).toEqual([{ x: 1 }]);
    });
  });

  test("of memory are told apart", async () => {
    const { value } = await open({ settings: { memory_limit: "20MB", temp_directory: "" } });
    const connection = await value?.connect();
    const error = await connection?.query("select list(range) from range(100000000)").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "space" });
    connection?.close();
    value?.close();
  });
});

test("files are read in place with their options, and nothing in a name ends the quotes", () => {
  const read = (options: Record<string, unknown>, types = {}) => duckdbDialect.readFiles({ format: "csv", location: "it's.csv", options, types });
  expect(read({})).toBe("read_csv('it''s.csv')");
  expect(read({ header: false, delim: "'", names: ["a", "b"], nothing: null, columns: { "x'y": "INT" } })).toBe(
    "read_csv('it''s.csv', header = false, delim = '''', names = ['a', 'b'], nothing = null, columns = {'x''y': 'INT'})",
  );
  expect(read({}, { a: "date" })).toBe("read_csv('it''s.csv', types = {'a': 'date'})");
  expect(duckdbDialect.readFiles({ format: "parquet", location: "x/*.parquet", options: {}, types: { a: "date" } })).toBe("read_parquet('x/*.parquet')");
});
