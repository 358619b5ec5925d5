/** The holdout split: the same answer in SQL and TypeScript, stable, and of the right size. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { duckdbEngine } from "../../src/adapters/duckdb/engine.ts";
import { type Holdout, heldOutSql, holdoutBucket, isHeldOut } from "../../src/export/holdout.ts";
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

test("a published vector, and hundredths of a percent count", () => {
  expect(holdoutBucket("salt", "u1")).toBe(158);
  expect(isHeldOut({ percent: 1.58, salt: "salt" }, "u1")).toBe(false);
  expect(isHeldOut({ percent: 1.59, salt: "salt" }, "u1")).toBe(true);
});

describe("SQL and TypeScript agree", () => {
  test.each<Holdout>([
    { percent: 5, salt: "winback_2026" },
    { percent: 0.07, salt: "it's" },
    { percent: 33.33, salt: "겨울 🎿" },
    { percent: 0, salt: "none" },
    { percent: 100, salt: "all" },
  ])("$percent % of $salt", async (holdout) => {
    const { rows } = await connection.query(`with keys as (
  select case i % 4 when 0 then 'u' || i when 1 then i::varchar when 2 then '정-' || i else 'İ🎿 ' || i end as key
  from range(20000) as r(i)
)
select key, ${heldOutSql(holdout, "key")} as held_out from keys`);
    const different = rows.filter((row) => row["held_out"] !== isHeldOut(holdout, String(row["key"])));
    expect(different).toEqual([]);
    const share = rows.filter((row) => row["held_out"]).length / rows.length;
    expect(Math.abs(share * 100 - holdout.percent)).toBeLessThan(1);
  });
});

test("a larger holdout holds everybody of a smaller one", () => {
  const keys = Array.from({ length: 5000 }, (_, i) => `u${i}`);
  const small = keys.filter((key) => isHeldOut({ percent: 5, salt: "s" }, key));
  const large = new Set(keys.filter((key) => isHeldOut({ percent: 10, salt: "s" }, key)));
  expect(small.length).toBeGreaterThan(0);
  expect(small.every((key) => large.has(key))).toBe(true);
});
