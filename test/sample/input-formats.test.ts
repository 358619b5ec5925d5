/**
 * Rule 36: the formats that real files come in. Each is written to disk as its tool writes it, declared as a source with
 * the options that models/README.md names, and read by the shipped staging model of orders. And the way in which it says that own tables come in.
 */
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { copyProject } from "./shipped-project.ts";

interface Format {
  readonly what: string;
  readonly name: string;
  readonly bytes: string | Uint8Array;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Where a column of stg_orders comes from, if not from one of its own name. */
  readonly from?: Readonly<Record<string, string>>;
}

const header = "order_id,customer_id,ordered_at,gross";
const formats: readonly Format[] = [
  {
    what: "line ends of old Macs",
    name: "cr_line_ends",
    bytes: `${header}\rA1,17850,2026-05-01T03:00:00Z,10.50\rA2,Café,2026-05-02T03:00:00Z,0\r`,
    options: { types: { gross: "decimal(18,2)" } },
  },
  {
    what: "a byte-order mark and semicolons, as Excel writes in half of Europe",
    name: "bom_semicolons",
    bytes: "\uFEFForder_id;customer_id;ordered_at;gross\nA1;17850;2026-05-01T03:00:00Z;10,50\nA2;Café;2026-05-02T03:00:00Z;0,00\n",
    options: { delim: ";", decimal_separator: ",", types: { gross: "decimal(18,2)" } },
  },
  {
    what: "Latin-1",
    name: "latin_1",
    bytes: Buffer.from(`${header}\nA1,17850,2026-05-01T03:00:00Z,10.50\nA2,Café,2026-05-02T03:00:00Z,0\n`, "latin1"),
    options: { encoding: "latin-1" },
  },
  {
    what: "line breaks within quotes",
    name: "quoted_line_breaks",
    bytes: `${header},note\nA1,17850,2026-05-01T03:00:00Z,10.50,"first\nsecond, ""third"""\nA2,Café,2026-05-02T03:00:00Z,0,"\n"\n`,
  },
  {
    what: "ids that a tool took for numbers",
    name: "ids_as_numbers",
    bytes: `${header}\nA1,17850.0,2026-05-01T03:00:00Z,10.50\nA2,Café,2026-05-02T03:00:00Z,0\n`,
  },
  {
    what: "blanks for missing numbers, and around names",
    name: "blank_numbers",
    bytes: `${header},discount\n A1 ,17850\u00A0,2026-05-01T03:00:00Z,10.50, \nA2,Café,2026-05-02T03:00:00Z,0, \n`,
    options: { nullstr: ["", " "], types: { discount: "decimal(18,2)", gross: "decimal(18,2)" } },
    from: { discount: "discount" },
  },
  {
    what: "day before month",
    name: "day_month_year",
    bytes: `${header}\nA1,17850,01/05/2026 12:00,10.50\nA2,Café,02/05/2026 12:00,0\n`,
    options: { types: { ordered_at: "timestamp" }, timestampformat: "%d/%m/%Y %H:%M" },
    from: { ordered_at: "ordered_at at time zone 'Asia/Seoul'" },
  },
  {
    what: "month before day",
    name: "month_day_year",
    bytes: `${header}\nA1,17850,5/1/2026 12:00,10.50\nA2,Café,5/2/2026 12:00,0\n`,
    options: { types: { ordered_at: "timestamp" }, timestampformat: "%m/%d/%Y %H:%M" },
    from: { ordered_at: "ordered_at at time zone 'Asia/Seoul'" },
  },
  {
    what: "names with spaces and capitals",
    name: "names_with_spaces",
    bytes: "Order ID,Customer ID,Order Date,Gross Value\nA1,17850,2026-05-01T03:00:00Z,10.50\nA2,Café,2026-05-02T03:00:00Z,0\n",
    from: { order_id: '"Order ID"', customer_id: '"Customer ID"', ordered_at: '"Order Date"', gross: '"Gross Value"' },
  },
];

/** What a tool that knows only these four columns leaves out. */
const missing = { email: "varchar", channel: "varchar", store_id: "varchar", shipping: "decimal(18,2)", tax: "decimal(18,2)", coupon_code: "varchar" };
const rest = { is_first_party_test: "boolean", session_id: "varchar" };

test("each format says the same two orders, and an order of nothing is one", { timeout: 120_000 }, async () => {
  using project = copyProject();
  const path = (...parts: readonly string[]) => join(project.folder, ...parts);
  const staging = readFileSync(path("models/staging/stg_orders.sql"), "utf8");
  for (const { name, bytes } of formats) writeFileSync(path(`${name}.csv`), bytes);
  const models = formats.map(({ name, from = {} }) => {
    const column = (wanted: string) => `${from[wanted] ?? wanted} as ${wanted}`;
    const absent = Object.entries({ ...missing, ...rest, ...(from["discount"] ? {} : { discount: "decimal(18,2)" }) }).map(
      ([wanted, type]) => `cast(null as ${type}) as ${wanted}`,
    );
    const columns = [...["order_id", "customer_id", "ordered_at", "gross"].map(column), ...(from["discount"] ? [column("discount")] : []), ...absent];
    return {
      // The shipped model as it stands, reading this file instead of its seed.
      staging: {
        name: `stg_${name}`,
        config: { contract: { enforced: false } },
        sql: staging.replace('{{ref "raw_orders"}}', `{{ref "raw_${name}"}}`),
      },
      raw: { name: `raw_${name}`, sql: `select ${columns.join(", ")}, 'paid' as status, 'KRW' as currency from {{source "files" "${name}"}}` },
    };
  });
  writeFileSync(
    path("models/formats.yml"),
    stringify({
      sources: [{ name: "files", tables: formats.map(({ name, options = {} }) => ({ name, location: `${name}.csv`, options })) }],
      models: models.flatMap(({ raw, staging: staged }) => [raw, staged]),
    }),
  );
  expect(await project.build("--select", ...models.flatMap(({ raw, staging: staged }) => [raw.name, staged.name]))).toBe(0);
  for (const { what, name } of formats) {
    const rows = await project.rows(`select order_id, customer_id, ordered_at, ordered_on, gross, discount from stg_${name} order by order_id`);
    expect(rows, what).toEqual([
      ["A1", "17850", "2026-05-01 12:00:00", "2026-05-01", "10.50", "0.00"],
      ["A2", "Café", "2026-05-02 12:00:00", "2026-05-02", "0.00", "0.00"],
    ]);
  }
});

test("a model takes the place of a raw seed, as models/README.md says, and unit tests go on", { timeout: 120_000 }, async () => {
  using project = copyProject();
  const path = (...parts: readonly string[]) => join(project.folder, ...parts);
  expect(await project.build("--select", "raw_carts", "stg_carts")).toBe(0);
  const ofTheSeed = await project.rows("select * from stg_carts order by cart_id");
  expect(ofTheSeed.length).toBeGreaterThan(1000);
  await project.rows(`copy (select cart_id as id, * exclude (cart_id) from raw_carts) to '${path("carts.parquet")}'`);
  unlinkSync(path("seeds/raw_carts.csv"));
  const declared = parse(readFileSync(path("seeds/raw_orders.yml"), "utf8"));
  writeFileSync(path("seeds/raw_orders.yml"), stringify({ seeds: declared.seeds.filter(({ name }: { readonly name: string }) => name !== "raw_carts") }));
  writeFileSync(
    path("models/carts.yml"),
    stringify({
      sources: [{ name: "shop", tables: [{ name: "carts", location: "carts.parquet" }] }],
      models: [{ name: "raw_carts", sql: 'select id as cart_id, * exclude (id) from {{source "shop" "carts"}}' }],
    }),
  );
  expect(await project.build("--select", "raw_carts", "stg_carts")).toBe(0);
  expect(await project.rows("select * from stg_carts order by cart_id")).toEqual(ofTheSeed);
});
