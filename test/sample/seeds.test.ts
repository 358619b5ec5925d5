/** The seeds in the repository are what the generator makes. RETAIN_WRITE_SEEDS=1 writes them anew instead of comparing. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sampleTables } from "../../src/sample/sample.ts";
import { defaultCustomers } from "../../src/sample/world.ts";
import { openSample } from "./sample-database.ts";

const seedFile = (name: string): URL => new URL(`../../seeds/${name}`, import.meta.url);

describe("the shipped seeds", () => {
  test("are byte for byte what the generator makes", async () => {
    await using sample = await openSample({ customers: defaultCustomers });
    for (const [name, made] of await sample.files()) {
      if (process.env["RETAIN_WRITE_SEEDS"]) writeFileSync(seedFile(name), made);
      const shipped = readFileSync(seedFile(name), "utf8");
      expect(shipped === made, `${name} differs from what src/sample makes`).toBe(true);
    }
  });

  test("stay below 8 MB", async () => {
    const bytes = sampleTables.reduce((sum, { name }) => sum + readFileSync(seedFile(`${name}.csv`)).length, 0);
    expect(bytes).toBeLessThan(8_000_000);
  });
});

describe("the generator", () => {
  test("makes the same rows at any number of threads, and other rows from another seed", async () => {
    await using one = await openSample({ customers: 300 }, 1);
    await using four = await openSample({ customers: 300 }, 4);
    await using other = await openSample({ customers: 300, seed: "other" }, 4);
    const files = await one.files();
    expect(await four.files()).toEqual(files);
    const sameInEveryShop = ["raw_products.csv", "raw_campaigns.csv"];
    for (const [name, text] of await other.files()) expect(text === files.get(name), name).toBe(sameInEveryShop.includes(name));
  });

  test("draws a person from nothing but their own number", async () => {
    await using few = await openSample({ customers: 100 });
    await using many = await openSample({ customers: 200 });
    const first = "select md5(string_agg(t::varchar, '|' order by t::varchar)) from raw_customers as t where customer_id <= '0000100'";
    const read = async (sample: typeof few): Promise<unknown> => (await sample.connection.runAndReadAll(first)).getRowsJson();
    expect(await read(few)).toEqual(await read(many));
  });

  test("makes a shop of planted people only", async () => {
    await using nobody = await openSample({ customers: 0 });
    expect(await nobody.number("select count(*) from raw_customers where customer_id not like 'X%'")).toBe(0);
    expect(await nobody.number("select count(*) from raw_orders")).toBeGreaterThan(20);
  });
});
