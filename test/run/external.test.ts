/** External models on a real disk: files in each format, whole and by partition, and what readers see of them at any moment. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { duckdbDialect } from "../../src/adapters/duckdb/dialect.ts";
import { probed } from "../fixtures/probed-database.ts";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, type RunRequest, run, type Warehouse } from "../fixtures/warehouse.ts";

/** The model reads the table `raw`; the variables change its columns and its new rows. */
const project = (config: string, more = "", sql = `select {{var "columns" "*"}} from raw {{#if (is_incremental)}}where {{var "new" "true"}}{{/if}}`) =>
  temporaryProject({ "models/m.yml": `models:\n  - name: m\n    config: {materialized: external, ${config}}\n${more}    sql: |\n      ${sql}\n` });
type Project = ReturnType<typeof project>;

const everyType = `select * from (values
  (1, 'a', '007', cast(null as varchar), '', 99999999999999999999999999999999999999::hugeint, 1.10::decimal(10, 2), 0.1::double, timestamp '2026-01-01 10:00:00.123456',
   timestamptz '2026-01-01 00:00:00+00', date '2026-01-01', time '10:00:00', true, [1, 2], {'a': 1, 'b': 'x'}, uuid '11111111-2222-4333-8444-555555555555', 'x,"y' || chr(10) || ';z'),
  (2, 'b/c =%', 'q', null, 'null', 0, -2, 'nan'::double, null, null, null, null, null, null, null, null, '2026-01-01'),
  (3, null, null, null, null, null, null, null, null, null, null, null, false, [], null, null, ' ')
) as t (id, p, code, nothing, blank, big, price, ratio, ts, tz, day, clock, flag, list, struct, uuid, tricky)`;

describe.each([
  ["parquet", "files/x.parquet", ""],
  ["parquet", "files/x.parquet", "options: {compression: zstd, row_group_size: 100000}"],
  ["csv", "files/x.csv", ""],
  ["csv", "files/x.csv", "options: {delimiter: ';', header: false, nullstr: NA}"],
  ["csv", "files/x.csv.gz", "options: {compression: gzip}"],
  ["json", "files/x.json", ""],
  ["json", "files/x.json", "options: {array: true}"],
  ["parquet", "files/x", "partition_by: p"],
  ["csv", "files/x", "format: csv, partition_by: [p]"],
  ["json", "files/x", "format: json, partition_by: p"],
  ["parquet", "files/x", "partition_by: [flag, p]"],
  ["json", "files/x", "format: json, partition_by: [p, flag]"],
])("%s at %s, %s", (_, location, config) => {
  test("gives back the rows and types of the query", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(`create table raw as ${everyType}`);
    const files = project(`location: ${location}${config === "" ? "" : `, ${config}`}`);
    expect((await run(files, warehouse)).problems).toEqual([]);
    expect(await warehouse.rows("(from m except all from raw) union all (from raw except all from m)")).toEqual([]);
    const types = "select column_name, column_type from (describe from %) order by 1";
    expect(await warehouse.rows(types.replace("%", "m"))).toEqual(await warehouse.rows(types.replace("%", "raw")));
    expect(existsSync(join(files.directory, location))).toBe(true);
  });

  test("can have no rows", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(`create table raw as ${everyType} where false`);
    const files = project(`location: ${location}${config === "" ? "" : `, ${config}`}`);
    expect((await run(files, warehouse)).problems).toEqual([]);
    expect(await warehouse.rows("select count(*) from m")).toEqual([[0]]);
    await warehouse.execute(`insert into raw ${everyType}`);
    await run(files, warehouse);
    expect(await warehouse.rows("select count(*) from m")).toEqual([[3]]);
  });
});

/** Rows of the files at a location, read as somebody would who does not know the warehouse. */
async function outside(warehouse: Warehouse, { directory }: Project, location = "files/x", columns = "id, p, v"): Promise<string> {
  const path = join(directory, location, location.includes(".") ? "" : "**/*.parquet").replace(/\/$/, "");
  const from = duckdbDialect.readFiles({ format: "parquet", location: path, options: location.includes(".") ? {} : { hive_partitioning: true }, types: {} });
  return text(await warehouse.rows(`select ${columns} from ${from} order by all`));
}
async function inside(warehouse: Warehouse): Promise<string> {
  return text(await warehouse.rows("select id, p, v from m order by all"));
}
const text = (rows: readonly (readonly unknown[])[]): string => rows.map((row) => row.map((value) => value ?? "-").join(":")).join(" ");
const raw = (rows: string) => `create or replace table raw as from (values ${rows}) as t (id, p, v)`;
const versionsOf = ({ directory }: Project, location = "x"): readonly string[] => readdirSync(join(directory, `files/.${location}.versions/dev`));

describe("by partition", () => {
  const config = "location: files/x, partition_by: p, incremental_strategy: insert_overwrite";
  const prepared = async (more = "", request: RunRequest = {}) => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(raw("(1, 'a', 1), (2, 'b', 1), (3, null, 1), (4, 'x/y', 1)"));
    const files = project(`${config}${more}`);
    await run(files, warehouse, request);
    return { warehouse, files };
  };

  test("only partitions with new rows are replaced, and those as a whole", async () => {
    const { warehouse, files } = await prepared();
    const before = statSync(join(files.directory, "files/x/p=b/data_0.parquet")).ino;
    await warehouse.execute(raw("(5, 'a', 2), (6, null, 2), (7, 'new', 2), (2, 'b', 9)"));
    const { resultOf } = await run(files, warehouse, { open: { vars: { new: "v = 2" } } });
    expect(resultOf("m").message).toBe("3 partitions replaced");
    const expected = "2:b:1 4:x/y:1 5:a:2 6:-:2 7:new:2";
    expect([await inside(warehouse), await outside(warehouse, files)]).toEqual([expected, expected]);
    // What did not change is the same file, not a copy of it.
    expect(statSync(join(files.directory, "files/x/p=b/data_0.parquet")).ino).toBe(before);
  });

  test.each([
    ["--full-refresh", { fullRefresh: true }],
    ["a column more", { open: { vars: { columns: "*, 1 as w", new: "v = 2" } } }],
    ["a column of another type", { open: { vars: { columns: "id, p, cast(v as bigint) as v", new: "v = 2" } } }],
  ])("%s makes all of them anew", async (_, request) => {
    const { warehouse, files } = await prepared();
    await warehouse.execute(raw("(5, 'a', 2), (2, 'b', 9)"));
    expect((await run(files, warehouse, request)).statuses).toEqual({ m: "success" });
    expect([await inside(warehouse), await outside(warehouse, files)]).toEqual(["2:b:9 5:a:2", "2:b:9 5:a:2"]);
  });

  test("another form makes all of them anew", async () => {
    const { warehouse, files } = await prepared();
    await warehouse.execute(raw("(5, 'a', 2)"));
    files.write({ "models/m.yml": `models: [{name: m, config: {materialized: external, ${config}, options: {compression: zstd}}, sql: from raw}]\n` });
    await run(files, warehouse);
    expect(await outside(warehouse, files)).toBe("5:a:2");
  });

  test("on_schema_change: fail refuses other columns and shows them", async () => {
    const { warehouse, files } = await prepared(", on_schema_change: fail");
    const { problems, resultOf } = await run(files, warehouse, { open: { vars: { columns: "id, p, 1 as w" } } });
    expect(problems).toEqual([expect.stringMatching(/^RT0420 models\/m\.yml:3:/)]);
    expect(resultOf("m").message).toBe('"m": the new rows have other columns than the table\n+ w INTEGER\n- v INTEGER');
    expect(await inside(warehouse)).toBe("1:a:1 2:b:1 3:-:1 4:x/y:1");
  });

  test("is_incremental is true only when there is something to add to", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(raw("(1, 'a', 1)"));
    const files = project(config, "", "select id, p, {{#if (is_incremental)}}2{{else}}1{{/if}} as v from raw");
    await run(files, warehouse);
    expect(await inside(warehouse)).toBe("1:a:1");
    await run(files, warehouse);
    expect(await inside(warehouse)).toBe("1:a:2");
    rmSync(join(files.directory, "files"), { recursive: true });
    expect((await run(files, warehouse)).resultOf("m").message).toBe("made anew, because there were no files");
    expect(await inside(warehouse)).toBe("1:a:1");
  });
});

describe.each([
  ["whole", "location: files/x.parquet", "files/x.parquet"],
  ["by partition", "location: files/x, partition_by: p", "files/x"],
  ["partition after partition", "location: files/x, partition_by: p, incremental_strategy: insert_overwrite", "files/x"],
] as const)("written %s, nothing is published that is not whole and tested", (_, config, location) => {
  const tests = "    tests: [{expression_is_true: {name: small, expression: v < 5}}]\n";
  const old = "1:a:1 2:b:1";

  test("a failing test leaves files and view as they were, and nothing else behind", async () => {
    const warehouse = await emptyWarehouse();
    const files = project(config, tests);
    await warehouse.execute(raw("(1, 'a', 1), (2, 'b', 1)"));
    await run(files, warehouse);
    const versions = versionsOf(files, location.slice("files/".length));
    await warehouse.execute(raw("(1, 'a', 9)"));
    expect((await run(files, warehouse)).statuses).toEqual({ small: "fail", m: "error" });
    expect([await inside(warehouse), await outside(warehouse, files, location)]).toEqual([old, old]);
    expect(versionsOf(files, location.slice("files/".length))).toEqual(versions);
  });

  test("so does a query that fails", async () => {
    const warehouse = await emptyWarehouse();
    const files = project(config);
    await warehouse.execute(raw("(1, 'a', 1), (2, 'b', 1)"));
    await run(files, warehouse);
    const { problems } = await run(files, warehouse, { open: { vars: { columns: "*, error('no') as w" } } });
    expect(problems).toEqual([expect.stringMatching(/^RT0405 /)]);
    expect([await inside(warehouse), await outside(warehouse, files, location)]).toEqual([old, old]);
  });

  test("a reader outside sees the old rows or the new ones at every step of a build", async () => {
    const warehouse = await emptyWarehouse();
    const files = project(config, tests);
    await warehouse.execute(raw("(1, 'a', 1), (2, 'b', 1)"));
    await run(files, warehouse);
    await warehouse.execute(raw("(1, 'a', 2), (2, 'b', 2), (3, 'c', 2)"));
    const seen = new Set<string>();
    const look = async () => void seen.add(await outside(warehouse, files, location));
    await run(files, { ...warehouse, database: probed(warehouse.database, look) });
    await look();
    expect([...seen]).toEqual([old, "1:a:2 2:b:2 3:c:2"]);
  });

  test("a location that was left behind by a kill is brought up by the next build, and what it left is removed", async () => {
    const warehouse = await emptyWarehouse();
    const files = project(config);
    const path = join(files.directory, location);
    await warehouse.execute(raw("(1, 'a', 1), (2, 'b', 1)"));
    await run(files, warehouse);
    const name = location.slice("files/".length);
    const [old] = versionsOf(files, name);
    await warehouse.execute(raw("(1, 'a', 2)"));
    await run(files, warehouse);
    // As if the process had died between the commit and the move, and another one while it wrote.
    if (lstatSync(path).isSymbolicLink()) {
      unlinkSync(path);
      symlinkSync(`.${name}.versions/dev/${old}`, path);
    }
    mkdirSync(join(files.directory, `files/.${name}.versions/dev/killed`));
    writeFileSync(join(files.directory, `files/.${name}.next`), "half");
    await warehouse.execute(raw("(1, 'a', 3)"));
    await run(files, warehouse);
    expect(await outside(warehouse, files, location)).toBe(await inside(warehouse));
    expect(versionsOf(files, name)).toHaveLength(2);
    expect(readdirSync(join(files.directory, "files")).filter((entry) => entry.endsWith(".next"))).toEqual([]);
  });
});

describe("at its location", () => {
  const at = async (config: string, prepare: (directory: string) => void) => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(raw("(1, 'a', 1)"));
    const files = project(config);
    prepare(files.directory);
    const { problems, resultOf } = await run(files, warehouse);
    return { files, problems, message: resultOf("m").message };
  };
  test("a file is replaced", async () => {
    const { problems, files } = await at("location: out.csv", (directory) => writeFileSync(join(directory, "out.csv"), "old"));
    expect(problems).toEqual([]);
    expect(readFileSync(join(files.directory, "out.csv"), "utf8")).toBe("id,p,v\n1,a,1\n");
  });
  test("an empty folder is replaced", async () => {
    const { problems, files } = await at("location: out, partition_by: p", (directory) => mkdirSync(join(directory, "out")));
    expect(problems).toEqual([]);
    expect(readlinkSync(join(files.directory, "out"))).toMatch(/^\.out\.versions\/dev\//);
  });
  test.each([
    [
      "a folder with something in it",
      "location: out, partition_by: p",
      (directory: string) => mkdirSync(join(directory, "out/p=a"), { recursive: true }),
      "out cannot be written: something stands there that was not written by this model",
    ],
    [
      "a file where a folder should be",
      "location: out, partition_by: p",
      (directory: string) => writeFileSync(join(directory, "out"), ""),
      "out cannot be written: something stands there that was not written by this model",
    ],
    [
      "a folder where a file should be",
      "location: out.csv",
      (directory: string) => mkdirSync(join(directory, "out.csv")),
      "out.csv cannot be written: a folder stands there",
    ],
    [
      "a file on the way there",
      "location: a/out.csv",
      (directory: string) => writeFileSync(join(directory, "a"), ""),
      "a/out.csv cannot be written: a file stands where a folder should be",
    ],
  ])("%s is told and left alone", async (_, config, prepare, message) => {
    const found = await at(config, prepare);
    expect(found).toMatchObject({ problems: ["RT0428 models/m.yml:3:48"], message: `"m": ${message}` });
  });
});

describe("wrong partitions", () => {
  test.each([
    ["pp", "RT0421", 'did you mean "p"?'],
    ["[id, p, v]", "RT0428", "make room at the location, or choose another one"],
  ])("%s", async (partitions, code, help) => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(raw("(1, 'a', 1)"));
    const { resultOf } = await run(project(`location: files/x, partition_by: ${partitions}`), warehouse);
    expect(resultOf("m").diagnostics).toMatchObject([{ code, help }]);
  });
});

test("a table of its name gives way to the view, unless a test fails", async () => {
  const warehouse = await emptyWarehouse();
  await warehouse.execute(raw("(1, 'a', 9)"));
  await warehouse.execute("create table m as select 1 as id, 'old' as p, 1 as v");
  const tests = "    tests: [{expression_is_true: {name: small, expression: v < 5}}]\n";
  await run(project("location: x.parquet", tests), warehouse);
  expect(await inside(warehouse)).toBe("1:old:1");
  await run(project("location: x.parquet"), warehouse);
  expect(await inside(warehouse)).toBe("1:a:9");
});

test("targets do not take each other's versions away", async () => {
  const warehouse = await emptyWarehouse();
  const files = project("location: files/x.parquet");
  files.write({
    "retain.yml": 'name: shop\ndefault_target: dev\ntargets: {dev: {type: duckdb, path: ":memory:"}, prod: {type: duckdb, path: ":memory:", schema: prod}}\n',
  });
  for (const target of ["dev", "prod", "prod", "prod"]) {
    await warehouse.execute(raw(`(1, '${target}', 1)`));
    await run(files, warehouse, { open: { target } });
  }
  expect(await inside(warehouse)).toBe("1:dev:1");
  expect(await outside(warehouse, files, "files/x.parquet")).toBe("1:prod:1");
});
