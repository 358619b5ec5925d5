/** Seeds: what a CSV file becomes in the warehouse, and where a bad one is shown to be bad. */
import { describe, expect, test } from "vitest";
import { type Files, takeMark, temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, type Ran, run, type Warehouse } from "../fixtures/warehouse.ts";

interface Loaded extends Ran {
  readonly warehouse: Warehouse;
  readonly rows: readonly (readonly unknown[])[];
  /** `name type` of each column. */
  readonly columns: readonly string[];
}

/** Seeds `seeds/s.csv`; `columns` is the YAML list of its declared columns. */
async function load(csv: string | Uint8Array, columns = "", config = ""): Promise<Loaded> {
  const yaml = `seeds:\n  - name: s\n${config ? `    config: ${config}\n` : ""}${columns ? `    columns: ${columns}\n` : ""}`;
  return loadFiles({ "seeds/s.csv": csv, "seeds/s.yml": yaml });
}

async function loadFiles(files: Files): Promise<Loaded> {
  const warehouse = await emptyWarehouse();
  const ran = await run(temporaryProject(files), warehouse, { command: "seed" });
  const isThere = (await warehouse.relations()).length > 0;
  const rows = isThere ? await warehouse.rows("select * from s") : [];
  const described = isThere
    ? await warehouse.rows("select column_name, lower(data_type) from information_schema.columns where table_name = 's' order by ordinal_position")
    : [];
  return { ...ran, warehouse, rows, columns: described.map(([name, type]) => `${name} ${type}`) };
}

describe("declared columns", () => {
  test("have exactly the declared types", async () => {
    const columns =
      "[{name: a, data_type: varchar}, {name: b, data_type: integer}, {name: c, data_type: 'decimal(10,2)'}, {name: d, data_type: date}, {name: e, data_type: boolean}, {name: f, data_type: timestamptz}]";
    const { rows, columns: types } = await load("a,b,c,d,e,f\n1,2,3.5,2026-06-30,true,2026-06-30T01:02:03+09:00\n", columns);
    expect(types).toEqual(["a varchar", "b integer", "c decimal(10,2)", "d date", "e boolean", "f timestamp with time zone"]);
    expect(rows).toEqual([["1", 2, "3.50", "2026-06-30", true, "2026-06-29 16:02:03+00"]]);
  });

  test("keep leading zeros, words like dates and texts like numbers when they are text", async () => {
    const { rows } = await load("a\n00123\nSAT\n1e5\nNULL\ntrue\nJAN\n 1 \n", "[{name: a, data_type: varchar}]");
    expect(rows.map(([a]) => a)).toEqual(["00123", "SAT", "1e5", "NULL", "true", "JAN", " 1 "]);
  });

  test("take blank numbers, dates and booleans as NULL", async () => {
    const columns = "[{name: id, data_type: integer}, {name: n, data_type: integer}, {name: d, data_type: date}, {name: b, data_type: boolean}]";
    const { rows } = await load('id,n,d,b\n1,,,\n2,"",""," "\n3,  ,  ,\n', columns);
    expect(rows).toEqual([
      [1, null, null, null],
      [2, null, null, null],
      [3, null, null, null],
    ]);
  });

  test("tell an empty text in quotes from no value", async () => {
    const { rows } = await load('id,t\n1,\n2,""\n3," "\n', "[{name: id, data_type: integer}, {name: t, data_type: varchar}]");
    expect(rows).toEqual([
      [1, null],
      [2, ""],
      [3, " "],
    ]);
  });

  test("may take their types from the settings", async () => {
    const { columns } = await load("a,B\n1,2\n", "", "{column_types: {a: varchar, b: smallint}}");
    expect(columns).toEqual(["a varchar", "B smallint"]);
  });

  test("are found whatever the case of their names", async () => {
    const { columns, problems } = await load("Order_ID,b\n1,x\n", "[{name: order_id, data_type: bigint}, {name: B, data_type: varchar}]");
    expect(columns).toEqual(["Order_ID bigint", "b varchar"]);
    expect(problems).toEqual([]);
  });

  test("follow the order of the file", async () => {
    const { rows, columns } = await load("b,a\n1,x\n", "[{name: a, data_type: varchar}, {name: b, data_type: integer}]");
    expect(columns).toEqual(["b integer", "a varchar"]);
    expect(rows).toEqual([[1, "x"]]);
  });
});

describe("columns without a declared type", () => {
  test.each([
    ["whole numbers", ["1", "-20", "0"], "bigint"],
    ["decimals", ["1.5", "2", "-0.25"], "double"],
    ["a scientific number", ["1e3", "2.5E-2"], "double"],
    ["truth values", ["true", "FALSE", ""], "boolean"],
    ["dates", ["2026-06-30", "", "2026-02-28"], "date"],
    ["timestamps", ["2026-06-30 12:34", "2026-06-30T12:34:56.789"], "timestamp"],
    ["instants", ["2026-06-30T12:34:56Z", "2026-06-30 12:34:56+09:00"], "timestamp with time zone"],
    ["leading zeros", ["007", "1"], "varchar"],
    ["words that some tools take for dates", ["SAT", "MAY"], "varchar"],
    ["dates that do not exist", ["2026-02-30"], "varchar"],
    ["dates of other countries", ["30.06.2026"], "varchar"],
    ["numbers with separators", ["1,000"], "varchar"],
    ["numbers that would lose digits", ["123456789012345678901"], "varchar"],
    ["yes and no", ["yes", "no"], "varchar"],
    ["a mixture", ["1", "x"], "varchar"],
    ["nothing", ["", ""], "varchar"],
    ["not a number", ["NaN", "inf"], "varchar"],
    ["hexadecimal", ["0x10"], "varchar"],
    ["signs of plus", ["+821012345678"], "varchar"],
  ])("%s are read with care", async (_, values, type) => {
    const { columns } = await load(`id,v\n${values.map((value, i) => `${i},"${value}"`).join("\n")}\n`, "[{name: id, data_type: integer}]");
    expect(columns).toEqual(["id integer", `v ${type}`]);
  });

  test("are named in a note, and declared ones are not", async () => {
    const { resultOf } = await load("a,b,c\n1,2,x\n", "[{name: b, data_type: integer}]");
    const { status, diagnostics } = resultOf("s");
    expect(status).toBe("success");
    expect(diagnostics.map((d) => `${d.code} ${d.severity} ${d.message}`)).toEqual([
      'RT0414 info seed "s": types were inferred for a (bigint) and c (varchar)',
    ]);
  });

  test("are inferred for a CSV without YAML too, and said at the file", async () => {
    const { columns, problems } = await loadFiles({ "seeds/s.csv": "a,b\n1,x\n" });
    expect(columns).toEqual(["a bigint", "b varchar"]);
    expect(problems).toEqual(["RT0414 seeds/s.csv:1:1"]);
  });
});

describe("the file", () => {
  const typed = "[{name: a, data_type: integer}, {name: b, data_type: varchar}]";

  test("may begin with a byte-order mark", async () => {
    const { rows, columns } = await load("\uFEFFa,b\n1,x\n", typed);
    expect(columns).toEqual(["a integer", "b varchar"]);
    expect(rows).toEqual([[1, "x"]]);
  });

  test("may begin with a byte-order mark before a quoted name", async () => {
    const { rows, columns } = await load('\uFEFF"a","b"\n1,x\n', typed);
    expect(columns).toEqual(["a integer", "b varchar"]);
    expect(rows).toEqual([[1, "x"]]);
  });

  test("may have CRLF line ends", async () => {
    expect((await load("a,b\r\n1,x\r\n2,y\r\n", typed)).rows).toEqual([
      [1, "x"],
      [2, "y"],
    ]);
  });

  test("may end without a line end", async () => {
    expect((await load("a,b\n1,x\n2,y", typed)).rows).toEqual([
      [1, "x"],
      [2, "y"],
    ]);
  });

  test("may hold line breaks, delimiters and quotes in quotes", async () => {
    const { rows } = await load('a,b\n1,"x\ny"\n2,"a,b"\n3,"say ""hi"""\n4,z\n', typed);
    expect(rows).toEqual([
      [1, "x\ny"],
      [2, "a,b"],
      [3, 'say "hi"'],
      [4, "z"],
    ]);
  });

  test("may hold a quote in the middle of a value", async () => {
    expect((await load('a,b\n1,5" pipe\n2,y\n', typed)).rows).toEqual([
      [1, '5" pipe'],
      [2, "y"],
    ]);
  });

  test("may have another delimiter", async () => {
    expect((await load("a;b\n1;x,y\n", typed, "{delimiter: ';'}")).rows).toEqual([[1, "x,y"]]);
    expect((await load("a\tb\n1\tx\n", typed, '{delimiter: "\\t"}')).rows).toEqual([[1, "x"]]);
  });

  test("may have a header only", async () => {
    const { rows, columns, statuses } = await load("a,b\n", typed);
    expect(statuses).toEqual({ s: "success" });
    expect(columns).toEqual(["a integer", "b varchar"]);
    expect(rows).toEqual([]);
  });

  test("may have a header only and no types", async () => {
    const { columns, statuses } = await load("a,b");
    expect(statuses).toEqual({ s: "success" });
    expect(columns).toEqual(["a varchar", "b varchar"]);
  });

  test("may have names with spaces, Korean names and key words", async () => {
    const { columns, rows } = await load(
      'order id,주문,select,"a ""b"""\n1,2,3,4\n',
      "[{name: order id, data_type: integer}, {name: 주문, data_type: integer}]",
    );
    expect(columns).toEqual(["order id integer", "주문 integer", "select bigint", 'a "b" bigint']);
    expect(rows).toEqual([[1, 2, 3, 4]]);
  });

  test("may hold rows of text that is not in English", async () => {
    expect((await load("a,b\n1,김민지 🛒\n", typed)).rows).toEqual([[1, "김민지 🛒"]]);
  });

  test("may stand in a folder with a quote and a space in its name", async () => {
    const { rows } = await loadFiles({ "seeds/it's here/s.csv": "a\n1\n" });
    expect(rows).toEqual([[1]]);
  });

  test("replaces the rows of the run before", async () => {
    const warehouse = await emptyWarehouse();
    const project = temporaryProject({ "seeds/s.csv": "a\n1\n2\n" });
    await run(project, warehouse, { command: "seed" });
    project.write({ "seeds/s.csv": "b\nx\n" });
    await run(project, warehouse, { command: "seed" });
    expect(await warehouse.rows("select b from s")).toEqual([["x"]]);
  });
});

describe("a row with too many or too few values", () => {
  test.each([
    ["too few", "a,b\n1,x\n§2\n3,z\n"],
    ["too many", "a,b\n1,x\n§2,y,z\n"],
    ["too many behind quoted line breaks", 'a,b\n1,"x\ny\nz"\n§2,y,z\n'],
    ["too few in a file with CRLF line ends", "a,b\r\n1,x\r\n§2\r\n"],
    ["too many in the last line without a line end", "a,b\n1,x\n§2,y,z"],
  ])("%s is shown at its line", async (_, csv) => {
    const { files, place } = takeMark({
      "seeds/s.csv": csv,
      "seeds/s.yml": "seeds: [{name: s, columns: [{name: a, data_type: integer}, {name: b, data_type: varchar}]}]\n",
    });
    const warehouse = await emptyWarehouse();
    const ran = await run(temporaryProject(files), warehouse, { command: "seed" });
    const [diagnostic] = ran.resultOf("s").diagnostics;
    expect(diagnostic?.code).toBe("RT0408");
    expect(placeInCsv(diagnostic?.span, files)).toBe(place);
    expect(await warehouse.relations()).toEqual([]);
  });

  test("says how many values it has", async () => {
    const { resultOf } = await load("a,b,c\n1,x\n", "");
    expect(resultOf("s").diagnostics.map((d) => d.message)).toEqual(['seed "s": this row has 2 values, the header 3']);
  });

  test("leaves the table of the run before", async () => {
    const warehouse = await emptyWarehouse();
    const project = temporaryProject({ "seeds/s.csv": "a,b\n1,x\n" });
    await run(project, warehouse, { command: "seed" });
    project.write({ "seeds/s.csv": "a,b\n1,x\n2\n" });
    expect((await run(project, warehouse, { command: "seed" })).statuses).toEqual({ s: "error" });
    expect(await warehouse.rows("select * from s")).toEqual([[1, "x"]]);
  });
});

describe("a value that is not of its column's type", () => {
  const yaml = (extra: string) => `seeds: [{name: s, columns: [{name: id, data_type: integer}, {name: v, ${extra}}]}]\n`;
  test.each([
    ["a number", "id,v\n1,2\n2,§x\n", "data_type: integer"],
    ["a number in quotes", 'id,v\n1,2\n2,§"x"\n', "data_type: integer"],
    ["a number that is too large", "id,v\n1,2\n2,§99999999999\n", "data_type: integer"],
    ["a date", "id,v\n1,2026-01-01\n2,§SAT\n", "data_type: date"],
    ["a date that does not exist", "id,v\n1,2026-01-01\n2,§2026-02-30\n", "data_type: date"],
    ["the first of several", "id,v\n1,§x\n2,y\n", "data_type: double"],
    ["behind quoted line breaks", 'id,v\n1,"\n2\n"\n2,§x\n', "data_type: integer"],
    ["behind blank lines", "id,v\n1,2\n\n\n2,§x\n", "data_type: integer"],
    ["in a file with CRLF line ends", "id,v\r\n1,2\r\n2,§x\r\n", "data_type: integer"],
    ["behind a byte-order mark", "\uFEFFid,v\n1,2\n2,§x\n", "data_type: integer"],
    ["in a later column of an earlier row", "id,v\n1,§x\n2,3\n", "data_type: integer"],
  ])("%s is shown at its cell", async (_, csv, type) => {
    const { files, place } = takeMark({ "seeds/s.csv": csv, "seeds/s.yml": yaml(type) });
    const ran = await run(temporaryProject(files), await emptyWarehouse(), { command: "seed" });
    const [diagnostic] = ran.resultOf("s").diagnostics;
    expect(`${diagnostic?.code} ${placeInCsv(diagnostic?.span, files)}`).toBe(`RT0409 ${place}`);
  });

  test("is named with its column and type", async () => {
    const { resultOf } = await load("id,v\n1,x\n", "[{name: v, data_type: integer}]");
    expect(resultOf("s").diagnostics.map((d) => d.message)).toEqual(['seed "s": "x" in column "v" is not an integer']);
  });

  test("is not repeated when it is personal", async () => {
    const { result } = await load("id,v\n1,secret@example.com\n", "[{name: id, data_type: integer}, {name: v, data_type: integer, pii: email}]");
    expect(result.results[0]?.diagnostics.map((d) => d.message)).toEqual(['seed "s": a value (masked) in column "v" is not an integer']);
    expect(JSON.stringify(result)).not.toContain("secret");
  });

  test("in a single column behind a blank line is shown at its own line", async () => {
    const { files, place } = takeMark({ "seeds/s.csv": "v\n1\n\n§x\n", "seeds/s.yml": "seeds: [{name: s, columns: [{name: v, data_type: integer}]}]\n" });
    const ran = await run(temporaryProject(files), await emptyWarehouse(), { command: "seed" });
    expect(placeInCsv(ran.resultOf("s").diagnostics[0]?.span, files)).toBe(place);
  });

  test("is found also in a large file that is read by several threads", async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => (i === 150_000 ? "150000,§x" : `${i},${i % 7}`));
    const { files, place } = takeMark({ "seeds/s.csv": `id,v\n${lines.join("\n")}\n`, "seeds/s.yml": yaml("data_type: integer") });
    const ran = await run(temporaryProject(files), await emptyWarehouse(), { command: "seed" });
    expect(placeInCsv(ran.resultOf("s").diagnostics[0]?.span, files)).toBe(place);
  });
});

describe("files that cannot be seeds", () => {
  const problemsOf = async (files: Files) => (await temporaryProject(files).open()).said;

  test.each([
    ["an empty file", "", 'RT0216 error seeds/s.csv:1:1 seed "s": the file is empty; it needs at least a header line'],
    ["a header that names a column twice", "a,b,A\n1,2,3\n", 'RT0216 error seeds/s.csv:1:1 seed "s": the header names "a" twice'],
    ["a header with an empty name", "a,,c\n1,2,3\n", 'RT0216 error seeds/s.csv:1:1 seed "s": column 2 of the header has no name'],
  ])("%s is an error", async (_, csv, said) => {
    expect(await problemsOf({ "seeds/s.csv": csv })).toEqual([said]);
  });

  test.each([
    ["UTF-16, little endian", new Uint8Array([0xff, 0xfe, ...Buffer.from("a,b\n1,2\n", "utf16le")])],
    ["UTF-16, big endian", new Uint8Array([0xfe, 0xff, ...Buffer.from("a,b\n1,2\n", "utf16le").swap16()])],
    ["UTF-16 without a byte-order mark", new Uint8Array(Buffer.from("a,b\n1,2\n", "utf16le"))],
  ])("%s is an error that asks for UTF-8", async (_, bytes) => {
    const { diagnostics, said } = await temporaryProject({ "seeds/s.csv": bytes }).open();
    expect(said).toEqual(['RT0412 error seeds/s.csv:1:1 seed "s": the file is not UTF-8 text']);
    expect(diagnostics[0]?.help).toBe("save it again as UTF-8");
  });

  test("bytes that are no UTF-8 are an error that asks for UTF-8", async () => {
    const { resultOf, warehouse } = await load(new Uint8Array([...Buffer.from("a,b\n1,"), 0xb1, 0xe8, 0x0a]));
    const { status, diagnostics } = resultOf("s");
    expect(status).toBe("error");
    expect(diagnostics.map((d) => d.code)).toEqual(["RT0412"]);
    expect(await warehouse.relations()).toEqual([]);
  });

  test.each([
    ["a quote that is never closed", 'a,b\n1,"x\n2,y\n'],
    ["line ends of two kinds", "a,b\n1,2\r\n3,4\n"],
  ])("%s is told as a file that cannot be read", async (_, csv) => {
    const { resultOf } = await load(csv);
    expect(resultOf("s").diagnostics.map((d) => d.code)).toEqual(["RT0412"]);
  });

  test("a declared column that the header lacks is shown at its declaration", async () => {
    const { files, place } = takeMark({ "seeds/s.csv": "order_id,b\n1,2\n", "seeds/s.yml": "seeds:\n  - name: s\n    columns:\n      - name: §oder_id\n" });
    const { said, diagnostics } = await temporaryProject(files).open();
    expect(said).toEqual([`RT0216 error ${place} seed "s": declares a column "oder_id" that its header lacks`]);
    expect(diagnostics[0]?.help).toBe('did you mean "order_id"?');
  });
});

/** The runner reads a CSV again to point into it; here its text is at hand. */
function placeInCsv(span: { readonly file: string; readonly start: number } | undefined, files: Readonly<Record<string, string>>): string {
  const before = (files[span?.file ?? ""] ?? "").slice(0, span?.start ?? 0).split(/\r\n|\n|\r/);
  return `${span?.file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
