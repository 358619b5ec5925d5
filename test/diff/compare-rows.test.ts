/** Rows of two relations, compared in the database: a table of differences, and random ones against a count by hand. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { duckdbEngine } from "../../src/adapters/duckdb/engine.ts";
import type { Privacy } from "../../src/compile/privacy.ts";
import { compareRows } from "../../src/diff/compare-rows.ts";
import type { Key } from "../../src/diff/find-key.ts";
import type { Connection, Database } from "../../src/ports/engine.ts";

let database: Database;
let connection: Connection;
beforeAll(async () => {
  const opened = await duckdbEngine.open({ path: ":memory:", readOnly: false, settings: {}, extensions: [], attach: [], lockTimeoutSeconds: 0 });
  database = opened.value as Database;
  connection = await database.connect();
});
afterAll(() => {
  connection.close();
  database.close();
});

interface Options {
  readonly key?: readonly (readonly string[])[];
  readonly privacy?: Privacy;
  readonly samples?: number;
}

async function compare(before: string, after: string, { key = [["id"]], privacy = { pii: [], declared: [] }, samples = 5 }: Options = {}) {
  const side = async (name: string, query: string) => {
    await connection.execute(`create or replace table ${name} as ${query}`);
    return { sql: name, columns: (await connection.query(`select * from ${name} limit 0`)).columns };
  };
  const keys: readonly Key[] = key.map((columns) => ({ columns, origin: "test" }));
  return compareRows(connection, { before: await side("was", before), after: await side("now", after), keys, privacy, samples });
}

const rows = (...values: readonly string[]) => `select * from (values ${values.map((value) => `(${value})`).join(", ")}) as t(id, v)`;
const whole = { key: [] };

describe("counts", () => {
  test.each<[string, string, string, readonly number[], Options?]>([
    // before, after, added, removed, changed
    ["nothing", rows("1, 'a'", "2, null"), rows("2, null", "1, 'a'"), [2, 2, 0, 0, 0]],
    ["one of each", rows("1, 'a'", "2, 'b'", "3, 'c'"), rows("1, 'a'", "2, 'x'", "4, 'd'"), [3, 3, 1, 1, 1]],
    ["NULL that became a value, and back", rows("1, null", "2, 'b'"), rows("1, 'a'", "2, null"), [2, 2, 0, 0, 2]],
    ["a key that is NULL is a key", rows("null, 'a'", "1, 'b'"), rows("null, 'x'", "1, 'b'"), [2, 2, 0, 0, 1]],
    ["empty before", "select 1 as id, 'a' as v limit 0", rows("1, 'a'"), [0, 1, 1, 0, 0]],
    ["empty after", rows("1, 'a'"), "select 1 as id, 'a' as v limit 0", [1, 0, 0, 1, 0]],
    ["empty both", "select 1 as id, 'a' as v limit 0", "select 1 as id, 'a' as v limit 0", [0, 0, 0, 0, 0]],
    ["a key of another number type", "select 1 as id, 5 as v", "select 1::bigint as id, 5.0::double as v", [1, 1, 0, 0, 0]],
    ["a key that became text", "select 1 as id, 5 as v", "select '1' as id, 5 as v", [1, 1, 0, 0, 0]],
    ["a value that became text", "select 1 as id, 5 as v", "select 1 as id, 'five' as v", [1, 1, 0, 0, 1]],
    ["columns that only one side has count for nothing", "select 1 as id, 5 as v, 1 as old", "select 1 as id, 5 as v, 2 as new", [1, 1, 0, 0, 0]],
    ["names that differ in case", "select 1 as ID, 5 as V", "select 1 as id, 6 as v", [1, 1, 0, 0, 1]],
    ["lists and structs", "select 1 as id, [1, 2] as v, {'a': 1} as s", "select 1 as id, [1, 3] as v, {'a': 1} as s", [1, 1, 0, 0, 1]],
    ["only a key", "select unnest([1, 2]) as id", "select unnest([2, 3]) as id", [2, 2, 1, 1, 0]],
    [
      "names that the comparison uses itself",
      'select 1 as id, 1 as is_there, 2 as kind, 3 as k0, 4 as v0, 5 as "a ""b"" c"',
      'select 1 as id, 1 as is_there, 2 as kind, 3 as k0, 4 as v0, 6 as "a ""b"" c"',
      [1, 1, 0, 0, 1],
    ],
    ["a key of two columns", rows("1, 'a'", "1, 'b'"), rows("1, 'a'", "1, 'c'"), [2, 2, 1, 1, 0], { key: [["id", "v"]] }],
    ["whole rows", rows("1, 'a'", "2, 'b'"), rows("1, 'a'", "2, 'x'"), [2, 2, 1, 1, 0], whole],
    ["whole rows that stand more than once", rows("1, 'a'", "1, 'a'", "1, 'a'"), rows("1, 'a'", "2, null"), [3, 2, 1, 2, 0], whole],
    ["whole rows with NULL", rows("1, null"), rows("1, null"), [1, 1, 0, 0, 0], whole],
    ["whole rows of other types", "select 1 as id, date '2026-01-01' as v", "select 1::bigint as id, '2026-01-01' as v", [1, 1, 0, 0, 0], whole],
  ])("%s", async (_, before, after, expected, options) => {
    const found = await compare(before, after, options);
    expect([found?.before, found?.after, found?.added, found?.removed, found?.changed]).toEqual(expected);
  });

  test("none where no column is common", async () => {
    expect(await compare("select 1 as a", "select 1 as b")).toBeUndefined();
  });

  test("are those that a count by hand gives, of random rows", async () => {
    const side = fc.uniqueArray(fc.record({ id: fc.integer({ min: 0, max: 12 }), v: fc.option(fc.integer({ min: 0, max: 2 })) }), {
      selector: ({ id }) => id,
      maxLength: 12,
    });
    const sql = (list: readonly { readonly id: number; readonly v: number | null }[]) =>
      `select * from (select 0 as id, 0 as v limit 0) ${list.map(({ id, v }) => ` union all select ${id}, ${v}`).join("")}`;
    await fc.assert(
      fc.asyncProperty(side, side, async (before, after) => {
        const was = new Map(before.map(({ id, v }) => [id, v]));
        const now = new Map(after.map(({ id, v }) => [id, v]));
        const added = after.filter(({ id }) => !was.has(id)).length;
        const removed = before.filter(({ id }) => !now.has(id)).length;
        const changed = after.filter(({ id, v }) => was.has(id) && was.get(id) !== v).length;
        const keyed = await compare(sql(before), sql(after));
        expect([keyed?.before, keyed?.after, keyed?.added, keyed?.removed, keyed?.changed]).toEqual([before.length, after.length, added, removed, changed]);
        const rowwise = await compare(sql(before), sql(after), whole);
        expect([rowwise?.added, rowwise?.removed]).toEqual([added + changed, removed + changed]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("the key", () => {
  test("that repeats is no key, and the next one is taken; without any rows are compared whole, and why is said", async () => {
    const [before, after] = [rows("1, 'a'", "1, 'b'"), rows("1, 'a'", "2, 'c'")];
    expect(await compare(before, after, { key: [["id"], ["v"]] })).toMatchObject({ key: { columns: ["v"], origin: "test" }, noKey: undefined });
    expect(await compare(before, after)).toMatchObject({
      key: undefined,
      noKey: "its key (id, by test) does not tell its rows apart before",
      removed: 1,
      added: 1,
    });
    expect(await compare(after, before)).toMatchObject({ noKey: "its key (id, by test) does not tell its rows apart here" });
    expect(await compare(before, after, { key: [["gone"]] })).toMatchObject({ noKey: "its key (gone, by test) is not there on both sides" });
    expect(await compare(before, after, whole)).toMatchObject({ noKey: "no test or constraint says what tells its rows apart; --key does" });
  });
});

describe("samples", () => {
  test("are the first rows of each kind by their key, with the cells that differ", async () => {
    const found = await compare(
      "select range as id, 'a' as v, 1 as w from range(10)",
      "select range as id, case when range % 2 = 0 then 'b' else 'a' end as v, case when range = 4 then 2 else 1 end as w from range(2, 14)",
      { samples: 2 },
    );
    expect(found?.columns).toEqual([
      { name: "v", changed: 4 },
      { name: "w", changed: 1 },
    ]);
    expect(found?.samples).toEqual([
      { kind: "removed", values: { id: 0 }, cells: [], times: 1 },
      { kind: "removed", values: { id: 1 }, cells: [], times: 1 },
      { kind: "added", values: { id: 10 }, cells: [], times: 1 },
      { kind: "added", values: { id: 11 }, cells: [], times: 1 },
      { kind: "changed", values: { id: 2 }, cells: [{ column: "v", before: "a", after: "b" }], times: 1 },
      {
        kind: "changed",
        values: { id: 4 },
        cells: [
          { column: "v", before: "a", after: "b" },
          { column: "w", before: 1, after: 2 },
        ],
        times: 1,
      },
    ]);
    expect((await compare(rows("1, 'a'"), rows("2, 'b'"), { samples: 0 }))?.samples).toEqual([]);
  });

  test("tell how often whole rows stand more on one side", async () => {
    const found = await compare(rows("1, 'a'", "1, 'a'", "2, 'b'"), rows("2, 'b'"), whole);
    expect(found?.samples).toEqual([{ kind: "removed", values: { id: 1, v: "a" }, cells: [], times: 2 }]);
  });

  test("never show what is personal, neither as a value nor as a key nor under a name that nobody declared", async () => {
    const privacy: Privacy = { pii: ["email"], declared: ["id"] };
    const before = "select 1 as id, 'ann@shop.example' as email, 'Ann' as nickname";
    const after = "select 1 as id, 'bob@shop.example' as email, null as nickname union all select 2, 'cem@shop.example', 'Cem'";
    const found = await compare(before, after, { privacy });
    expect(found).toMatchObject({ isMasked: true, changed: 1, added: 1 });
    expect(found?.samples.at(-1)?.cells).toEqual([
      { column: "email", before: "***", after: "***" },
      { column: "nickname", before: "***", after: null },
    ]);
    for (const key of [[["email"]], []]) {
      const other = await compare(before, after, { privacy, key });
      expect(JSON.stringify(other)).not.toMatch(/shop\.example|Ann|Cem/);
      expect(other?.samples.length).toBeGreaterThan(0);
    }
  });
});
