/**
 * Mistakes and mishaps, one after the other: each gets one clear message with its place and a next step, no stack, the
 * right exit code, nothing on stdout that nobody asked for, and a warehouse that is as it was. Signals are in signals.test.ts.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Ended,
  hashOf,
  holdFile,
  minimalProject,
  type Project,
  relationsIn,
  retain,
  retainOk,
  temporaryFolder,
  withoutFolder,
} from "./program-process.ts";

let unbuilt: Project;
let built: Project;
const publishedRows = async (project: Project) => ({
  orders: await project.rows("select * from raw_orders order by order_id"),
  customers: await project.rows("select * from customers order by customer_id"),
});
let before: Awaited<ReturnType<typeof publishedRows>>;

beforeAll(async () => {
  unbuilt = await minimalProject();
  built = unbuilt.copy();
  await retainOk(built.directory, ["build"]);
  before = await publishedRows(built);
});

function expectNoStack({ stdout, stderr }: Ended): void {
  const said = `${stdout}\n${stderr}`;
  expect(said).not.toMatch(/^\s+at /m);
  expect(said).not.toContain("node:internal");
  expect(said).not.toContain("RT0901");
}

const cents = {
  "macros/cents.hbs": "round({{column}} / 100.0, {{scale}})\n",
  "macros/cents.yml": "macros:\n  - name: cents\n    arguments:\n      - {name: column, type: string}\n      - {name: scale, type: number, default: 2}\n",
};

interface Mistake {
  readonly name: string;
  readonly make: (project: Project) => void;
  readonly parameters?: readonly string[];
  /** Without the line break at its end. */
  readonly says: string;
}

/** Nothing is run: the message is all that is said, and not a byte of the warehouse is touched. */
const notRun: readonly Mistake[] = [
  {
    name: "malformed YAML",
    make: (project) => project.write({ "models/customers.yml": "models:\n  - name: customers\n   x: 1\n" }),
    says: `error[RT0102]: sequence item without - indicator
  --> models/customers.yml:3:1
   |
 3 |    x: 1
   | ^`,
  },
  {
    name: "a tab in retain.yml",
    make: (project) => project.write({ "retain.yml": "name: shop\n\ttargets: {}\n" }),
    says: `error[RT0102]: tabs are not allowed as indentation
  --> retain.yml:2:1
   |
 2 |     targets: {}
   | ^^^^`,
  },
  {
    name: "an unknown key of retain.yml",
    make: (project) => project.edit("retain.yml", "default_target", "default_taget"),
    says: `error[RT0103]: unknown key "default_taget" in retain.yml
  --> retain.yml:3:1
   |
 3 | default_taget: dev
   | ^^^^^^^^^^^^^
   = help: did you mean "default_target"?`,
  },
  {
    name: "an unknown key of a model",
    make: (project) => project.edit("models/customers.yml", "description", "descripton"),
    says: `error[RT0103]: unknown key "descripton" in model "customers"
  --> models/customers.yml:3:5
   |
 3 |     descripton: One row per customer with what they bought.
   |     ^^^^^^^^^^
   = help: did you mean "description"?`,
  },
  {
    name: "an unknown ref",
    make: (project) => project.edit("models/customers.sql", "raw_orders", "raw_order"),
    says: `error[RT0203]: unknown model "raw_order"
  --> models/customers.sql:6:6
   |
 6 | from {{ref "raw_order"}}
   |      ^^^^^^^^^^^^^^^^^^^
   = help: did you mean "raw_orders"?`,
  },
  {
    name: "an unknown source",
    make: (project) => project.edit("models/customers.sql", 'ref "raw_orders"', 'source "shop" "orders"'),
    says: `error[RT0204]: unknown source "shop.orders"
  --> models/customers.sql:6:6
   |
 6 | from {{source "shop" "orders"}}
   |      ^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: declare it under \`sources:\` in a YAML file`,
  },
  {
    name: "models that depend on each other in a circle",
    make: (project) =>
      project.write({
        "models/circle.yml": `models:
  - name: first
    sql: select * from {{ref "second"}}
  - name: second
    sql: |
      select *
      from {{ref "third"}}
  - {name: third, sql: 'select * from {{ref "first"}}'}
`,
      }),
    says: `error[RT0205]: these models depend on each other in a circle: first -> second -> third -> first
  --> models/circle.yml:3:24
   |
 3 |     sql: select * from {{ref "second"}}
   |                        ^^^^^^^^^^^^^^^^
   = note: "second" reads "third" here
  --> models/circle.yml:7:12
   |
 7 |       from {{ref "third"}}
   |            ^^^^^^^^^^^^^^^
   = note: "third" reads "first" here
  --> models/circle.yml:8:39
   |
 8 |   - {name: third, sql: 'select * from {{ref "first"}}'}
   |                                       ^^^^^^^^^^^^^^^
   = help: remove one of these refs, for example by moving the shared part into a model of its own`,
  },
  {
    name: "a name that is given twice",
    make: (project) => project.write({ "models/more.yml": "models:\n  - {name: customers}\n" }),
    says: `error[RT0206]: model, seed or snapshot "customers" is declared twice
  --> models/more.yml:2:12
   |
 2 |   - {name: customers}
   |            ^^^^^^^^^
   = note: first declared here
  --> models/customers.yml:2:11
   |
 2 |   - name: customers
   |           ^^^^^^^^^
   = help: rename or remove one of them`,
  },
  {
    name: "a model without SQL",
    make: (project) => project.remove("models/customers.sql"),
    says: `error[RT0202]: model "customers" has YAML but no SQL
  --> models/customers.yml:2:11
   |
 2 |   - name: customers
   |           ^^^^^^^^^
   = help: write its query to models/customers.sql, or inline under \`sql:\` in models/customers.yml`,
  },
  {
    name: "a template block that is never closed",
    make: (project) => project.write({ "models/customers.sql": 'select 1 as customer_id,\n  {{#if (eq 1 1)}} 2 as revenue from {{ref "raw_orders"}}\n' }),
    says: `error[RT0201]: the block {{#if}} is never closed
  --> models/customers.sql:2:3
   |
 2 |   {{#if (eq 1 1)}} 2 as revenue from {{ref "raw_orders"}}
   |   ^^^^^^^^^^^^^^^^
   = help: expressions look like {{ref "orders"}} or {{#if x}}…{{/if}}; every block must be closed`,
  },
  {
    name: "a helper that is called as Jinja would",
    make: (project) => project.edit("models/customers.sql", '{{ref "raw_orders"}}', "{{ ref('raw_orders') }}"),
    says: `error[RT0201]: unexpected "ref" in a template expression
  --> models/customers.sql:6:9
   |
 6 | from {{ ref('raw_orders') }}
   |         ^^^
   = help: this looks like Jinja; Handlebars calls helpers with spaces: {{ref "orders"}}`,
  },
  {
    name: "a variable that is not set",
    make: (project) => project.edit("models/customers.sql", "count(*)", '{{var "weight"}}'),
    says: `error[RT0302]: the variable "weight" is not set and has no default
  --> models/customers.sql:3:3
   |
 3 |   {{var "weight"}} as orders,
   |   ^^^^^^^^^^^^^^^^
   = help: set it under \`vars\` in retain.yml, pass --vars, or give a default: {{var "name" "default"}}`,
  },
  {
    name: "an environment variable that is not set",
    make: (project) => project.edit("retain.yml", "path: warehouse.duckdb", 'path: "${RETAIN_TEST_NOT_SET}"'),
    says: `error[RT0105]: the environment variable RETAIN_TEST_NOT_SET is not set
  --> retain.yml:5:29
   |
 5 |   dev: {type: duckdb, path: "\${RETAIN_TEST_NOT_SET}"}
   |                             ^^^^^^^^^^^^^^^^^^^^^^^^
   = help: set it, put it into .env beside retain.yml, or give a default: \${NAME:-default}`,
  },
  {
    name: "a macro's argument that is missing",
    make: (project) => {
      project.write(cents);
      project.edit("models/customers.sql", "sum(amount)", "{{> cents scale=1}}");
    },
    says: `error[RT0209]: macro "cents": the argument "column" is missing
  --> models/customers.sql:4:3
   |
 4 |   {{> cents scale=1}} as revenue,
   |   ^^^^^^^^^^^^^^^^^^^
   = note: declared here
  --> macros/cents.yml:2:11
   |
 2 |   - name: cents
   |           ^^^^^
   = help: it takes column, scale`,
  },
  {
    name: "a macro's argument that is misspelt",
    make: (project) => {
      project.write(cents);
      project.edit("models/customers.sql", "sum(amount)", '{{> cents colum="sum(amount)"}}');
    },
    says: `error[RT0209]: macro "cents": has no argument "colum"
  --> models/customers.sql:4:13
   |
 4 |   {{> cents colum="sum(amount)"}} as revenue,
   |             ^^^^^^^^^^^^^^^^^^^
   = note: declared here
  --> macros/cents.yml:2:11
   |
 2 |   - name: cents
   |           ^^^^^
   = help: did you mean "column"?`,
  },
  {
    name: "a seed without a header",
    make: (project) => project.write({ "seeds/raw_orders.csv": "" }),
    says: `error[RT0216]: seed "raw_orders": the file is empty; it needs at least a header line
  --> seeds/raw_orders.csv:1:1
   |
 1 |
   | ^`,
  },
  {
    name: "a setting that the database does not know",
    make: (project) => project.edit("retain.yml", "path: warehouse.duckdb", "path: warehouse.duckdb, settings: {memory_limt: 1GB}"),
    says: "error[RT0504]: settings of the target: Invalid Input Error: The following options were not recognized: memory_limt",
  },
];

describe("not run: exit 2, one message, not a byte of the warehouse touched", () => {
  test.each(notRun)("$name", async ({ make, parameters = ["build"], says }) => {
    const project = built.copy();
    make(project);
    const hash = hashOf(project.warehouse);
    const ended = await project.run(...parameters);
    expectNoStack(ended);
    const said = withoutFolder(ended.stderr, project.directory);
    // Where the next step is not a part of the expectation there has to be one all the same.
    if (says.includes("= help: ")) expect(said).toBe(`${says}\n`);
    else expect([said.slice(0, says.length), said.slice(says.length)]).toEqual([says, expect.stringMatching(/^\n {3,}= help: .+\n$/)]);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(hashOf(project.warehouse)).toBe(hash);
    expect(existsSync(project.path("warehouse.duckdb.wal"))).toBe(false);
  });

  test("no retain.yml here or above", async () => {
    const folder = temporaryFolder();
    const ended = await retain(folder, ["build"]);
    expect(ended.stderr).toBe(`error[RT0101]: no retain.yml in ${folder} or any folder above it
   = help: run \`retain init\` to start a project here, or name one with --project-dir
`);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(existsSync(join(folder, "warehouse.duckdb"))).toBe(false);
  });

  test("several mistakes are told together, and nothing is created", async () => {
    const project = unbuilt.copy();
    project.edit("models/customers.yml", "description", "descripton");
    project.edit("seeds/raw_orders.yml", "data_type: date", "data_typ: date");
    const ended = await project.run("build");
    expectNoStack(ended);
    expect(ended.stderr).toContain('error[RT0103]: unknown key "descripton" in model "customers"\n  --> models/customers.yml:3:5\n');
    expect(ended.stderr).toContain('error[RT0103]: unknown key "data_typ"');
    expect(ended.stderr).toMatch(/\n2 errors; nothing was run\n$/);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(existsSync(project.warehouse)).toBe(false);
  });
});

interface Failure extends Mistake {
  /** The line in the list at the end. */
  readonly listed: string;
}

/** It ran and failed: the block stands in what is said, and the published rows are those of the last good build. */
const failed: readonly Failure[] = [
  {
    name: "a syntax error in SQL",
    make: (project) => project.edit("models/customers.sql", "from {{", "fromm {{"),
    says: `error[RT0401]: syntax error at or near "fromm"
  --> models/customers.sql:6:1
   |
 6 | fromm {{ref "raw_orders"}}
   | ^^^^^`,
    listed: "error customers  models/customers.sql:6:1",
  },
  {
    name: "a syntax error below a line in Korean",
    make: (project) => {
      project.edit("models/customers.sql", "count(*)", "/* 고객별 주문 수 */ count(*)");
      project.edit("models/customers.sql", "from {{", "fromm {{");
    },
    says: `error[RT0401]: syntax error at or near "fromm"
  --> models/customers.sql:6:1
   |
 6 | fromm {{ref "raw_orders"}}
   | ^^^^^`,
    listed: "error customers  models/customers.sql:6:1",
  },
  {
    name: "an unknown column",
    make: (project) => project.edit("models/customers.sql", "sum(amount)", "sum(amout)"),
    says: `error[RT0402]: unknown column "amout"
  --> models/customers.sql:4:7
   |
 4 |   sum(amout) as revenue,
   |       ^^^^^
   = help: did you mean "amount"?`,
    listed: "error customers  models/customers.sql:4:7",
  },
  {
    name: "an unknown column inside a macro",
    make: (project) => {
      project.write({ ...cents, "macros/cents.hbs": "round({{column}} / 100.0, {{scale}} + nix)\n" });
      project.edit("models/customers.sql", "sum(amount)", '{{> cents column="sum(amount)"}}');
    },
    says: `error[RT0402]: unknown column "nix"
  --> macros/cents.hbs:1:39
   |
 1 | round({{column}} / 100.0, {{scale}} + nix)
   |                                       ^^^
   = note: called from here
  --> models/customers.sql:4:3
   |
 4 |   {{> cents column="sum(amount)"}} as revenue,
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: `,
    listed: "error customers  macros/cents.hbs:1:39",
  },
  {
    name: "a seed's value that is not of its type",
    make: (project) => project.edit("seeds/raw_orders.csv", "12.50", "twelve"),
    says: `error[RT0409]: seed "raw_orders": "twelve" in column "amount" is not a decimal(18,2)
  --> seeds/raw_orders.csv:3:16
   |
 3 | 2,a,2026-02-11,twelve
   |                ^^^^^^
   = help: mend the value, or declare another data_type`,
    listed: "error raw_orders  seeds/raw_orders.csv:3:16",
  },
  {
    name: "a row of a seed with too many values",
    make: (project) => project.edit("seeds/raw_orders.csv", "12.50", "12,50"),
    says: `error[RT0408]: seed "raw_orders": this row has 5 values, the header 4
  --> seeds/raw_orders.csv:3:1
   |
 3 | 2,a,2026-02-11,12,50
   | ^^^^^^^^^^^^^^^^^^^^
   = help: quote values that hold the delimiter, or add what is missing`,
    listed: "error raw_orders  seeds/raw_orders.csv:3:1",
  },
  {
    name: "a row of a seed with too few values",
    make: (project) => project.edit("seeds/raw_orders.csv", "3,b,2026-02-12,99.00", "3,b"),
    says: `error[RT0408]: seed "raw_orders": this row has 2 values, the header 4
  --> seeds/raw_orders.csv:4:1
   |
 4 | 3,b
   | ^^^
   = help: quote values that hold the delimiter, or add what is missing`,
    listed: "error raw_orders  seeds/raw_orders.csv:4:1",
  },
  {
    name: "a test on a column that is not there",
    make: (project) => project.edit("models/customers.yml", "{name: revenue,", "{name: revenu,"),
    says: `error[RT0402]: unknown column "revenu"
  --> models/customers.yml:7:16
   |
 7 |       - {name: revenu, tests: [{accepted_range: {min_value: 0}}]}
   |                ^^^^^^
   = help: did you mean "revenue"?`,
    listed: "error accepted_range customers.revenu  models/customers.yml:7:16",
  },
  {
    name: "a value that cannot be converted",
    make: (project) => project.edit("models/customers.sql", "count(*)", "max(customer_id::integer)"),
    says: `error[RT0404]: Could not convert string 'a' to INT32 when casting from source column customer_id
  --> models/customers.sql:3:18
   |
 3 |   max(customer_id::integer) as orders,
   |                  ^
   = help: use try_cast where bad values are expected, or mend the data`,
    listed: "error customers  models/customers.sql:3:18",
  },
  {
    name: "a full disk: the query must spill and the folder for that is none",
    make: (project) => {
      project.write({
        blocked: "a file, not a folder\n",
        "models/big.sql": "select md5(range::varchar) as h, random() as r from range(3000000) order by 1, 2\n",
        "models/big.yml": "models: [{name: big, config: {materialized: table}}]\n",
      });
      project.edit("retain.yml", "path: warehouse.duckdb", "path: warehouse.duckdb, settings: {memory_limit: 60MB, temp_directory: blocked}");
    },
    says: `error[RT0410]: Failed to create directory "blocked": path exists but is not a directory
  --> models/big.yml:1:17
   |
 1 | models: [{name: big, config: {materialized: table}}]
   |                 ^^^
   = help: free space on the disk, or lower \`memory_limit\` and \`threads\` in the target's settings`,
    listed: "error big  models/big.yml:1:17",
  },
];

describe("ran and failed: exit 1, the place of the mistake, yesterday's rows still there", () => {
  test.each(failed)("$name", async ({ make, parameters = ["build"], says, listed }) => {
    const project = built.copy();
    make(project);
    const ended = await project.run(...parameters);
    expectNoStack(ended);
    expect(ended.stderr).toContain(`\n${says}`);
    expect(ended.stderr.split("error[")).toHaveLength(2);
    expect(ended.stdout).toMatch(/^Build failed in /);
    expect(ended.stdout).toContain(`\n  ${listed}\n`);
    expect(ended.stdout).toMatch(/\nNext: mend what is marked above \(`retain explain RT\d{4}` says more\), then run it again/);
    expect(ended.code).toBe(1);
    expect(await publishedRows(project)).toEqual(before);
    expect(await relationsIn(project)).toEqual(["customers", "raw_orders"]);
  });

  test("a seed that is not UTF-8", async () => {
    const project = built.copy();
    project.write({ "seeds/raw_orders.csv": Buffer.from("order_id,customer_id,ordered_on,amount\n1,\xff\xfe,2026-01-05,30.00\n", "latin1") });
    const ended = await project.run("seed");
    expectNoStack(ended);
    expect(ended.stderr).toMatch(/error\[RT04(05|12)\]: .*\n(.*\n)*? *--> seeds\/raw_orders\.csv/);
    expect(ended.stderr).toMatch(/utf-8/i);
    expect(ended.code).toBe(1);
    expect(await publishedRows(project)).toEqual(before);
  });
});

describe("a byte-order mark is no mistake", () => {
  test.each(["seeds/raw_orders.csv", "models/customers.yml", "models/customers.sql", "retain.yml"])("in %s", async (file) => {
    const project = built.copy();
    project.write({ [file]: `\uFEFF${project.read(file)}` });
    const ended = await project.run("build");
    expect(ended).toMatchObject({ code: 0 });
    expect(await publishedRows(project)).toEqual(before);
  });

  test("and Windows' line ends are none either", async () => {
    const project = built.copy();
    for (const file of ["seeds/raw_orders.csv", "models/customers.yml", "models/customers.sql", "retain.yml"])
      project.write({ [file]: project.read(file).replaceAll("\n", "\r\n") });
    expect(await project.run("build")).toMatchObject({ code: 0 });
    expect(await publishedRows(project)).toEqual(before);
  });
});

describe("a warehouse that another process holds", () => {
  test("is named with its holder, for writing and for reading; when it is free the next build works", async () => {
    const project = built.copy();
    const holder = await holdFile(project.warehouse);
    const holds = new RegExp(`^error\\[RT0501\\]: <project>/warehouse\\.duckdb is held by another process( \\(.+, PID ${holder.pid}\\))?$`, "m");
    for (const parameters of [
      ["build", "--lock-timeout", "0.3"],
      ["show", "customers", "--lock-timeout", "0"],
      ["test", "--lock-timeout", "0"],
    ]) {
      const ended = await project.run(...parameters);
      expectNoStack(ended);
      const said = withoutFolder(ended.stderr, project.directory);
      expect(said).toMatch(holds);
      expect(said).toContain("   = help: close that program, or wait longer with --lock-timeout SECONDS\n");
      expect(said.startsWith("waiting for <project>/warehouse.duckdb: it is held by another process")).toBe(parameters[0] === "build");
      expect(ended).toMatchObject({ code: 2, stdout: "" });
    }
    // One that waits gets its turn.
    const patient = project.start("build", "--lock-timeout", "50");
    await patient.until("waiting for ");
    await holder.release();
    expect(await patient.ended).toMatchObject({ code: 0 });
    expect(await publishedRows(project)).toEqual(before);
  });
});

describe("a warehouse that is no DuckDB file is left as it is", () => {
  test.each([
    ["text", Buffer.from("customer_id,orders\na,2\n")],
    ["shorter than a header", Buffer.from("x")],
    ["another database", Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(4096)])],
  ])("%s", async (_, content) => {
    const project = unbuilt.copy();
    project.write({ "warehouse.duckdb": content });
    for (const parameters of [["build"], ["show", "customers"]]) {
      const ended = await project.run(...parameters);
      expectNoStack(ended);
      expect(
        withoutFolder(ended.stderr, project.directory),
      ).toBe(`error[RT0502]: <project>/warehouse.duckdb is not a database that can be opened: it does not begin as a DuckDB file does
   = help: move the file away, or name another path in the target
`);
      expect(ended).toMatchObject({ code: 2, stdout: "" });
    }
    expect(readFileSync(project.warehouse)).toEqual(content);
  });

  test("one that was cut off", async () => {
    const project = built.copy();
    const content = readFileSync(project.warehouse).subarray(0, 6000);
    project.write({ "warehouse.duckdb": content });
    const ended = await project.run("build");
    expectNoStack(ended);
    expect(withoutFolder(ended.stderr, project.directory)).toMatch(
      /^error\[RT0502\]: <project>\/warehouse\.duckdb is not a database that can be opened: .+\n {3}= help: .+\n$/,
    );
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(readFileSync(project.warehouse)).toEqual(content);
  });

  test("a folder", async () => {
    const project = unbuilt.copy();
    mkdirSync(project.warehouse);
    const ended = await project.run("build");
    expectNoStack(ended);
    expect(withoutFolder(ended.stderr, project.directory)).toMatch(
      /^error\[RT0503\]: cannot open <project>\/warehouse\.duckdb: EISDIR.*\n {3}= help: check that the folder exists and may be written.*\n$/,
    );
    expect(ended).toMatchObject({ code: 2, stdout: "" });
  });
});

/** Root may write anywhere, so that for root a file stands where a folder is needed. Undone by the returned function. */
function obstruct(project: Project, folder: string): () => void {
  if (process.getuid?.() === 0) {
    project.write({ [folder]: "a file, not a folder\n" });
    return () => project.remove(folder);
  }
  mkdirSync(project.path(folder));
  chmodSync(project.path(folder), 0o555);
  return () => chmodSync(project.path(folder), 0o755);
}

describe("folders that cannot be written", () => {
  test("the warehouse's: nothing is run", async () => {
    const project = unbuilt.copy();
    project.edit("retain.yml", "path: warehouse.duckdb", "path: closed/warehouse.duckdb");
    const undo = obstruct(project, "closed");
    const ended = await project.run("build");
    undo();
    expectNoStack(ended);
    expect(withoutFolder(ended.stderr, project.directory)).toMatch(
      /^error\[RT0503\]: cannot open <project>\/closed\/warehouse\.duckdb: .+\n {3}= help: check that the folder exists and may be written, or name another path in the target\n$/,
    );
    expect(ended).toMatchObject({ code: 2, stdout: "" });
  });

  test("a folder of the warehouse that is not there", async () => {
    const project = unbuilt.copy();
    project.edit("retain.yml", "path: warehouse.duckdb", "path: nowhere/warehouse.duckdb");
    const ended = await project.run("build");
    expect(withoutFolder(ended.stderr, project.directory)).toMatch(
      /^error\[RT0503\]: cannot open <project>\/nowhere\/warehouse\.duckdb: .+\n {3}= help: .+\n$/,
    );
    expect(ended).toMatchObject({ code: 2, stdout: "" });
  });

  test("target/: the warehouse is built all the same, and a warning says what could not be written", async () => {
    const project = unbuilt.copy();
    const undo = obstruct(project, "target");
    const ended = await project.run("build");
    undo();
    expectNoStack(ended);
    for (const name of ["manifest.json", "run_results.json", "catalog.json"])
      expect(ended.stderr).toMatch(new RegExp(`^warning\\[RT0415\\]: cannot write .*target/${name}: `, "m"));
    expect(ended.stdout).toMatch(/^Build succeeded in /);
    expect(ended.code).toBe(0);
    expect(await publishedRows(project)).toEqual(before);
  });

  test(".retain/: what was built stays, but the run is not a good one, as nothing of it can be remembered", async () => {
    const project = unbuilt.copy();
    const undo = obstruct(project, ".retain");
    const ended = await project.run("build");
    undo();
    expectNoStack(ended);
    expect(ended.stderr).toMatch(/^error\[RT0503\]: cannot open .*\.retain\/state\.duckdb: /m);
    expect(ended.code).toBe(1);
    expect(await publishedRows(project)).toEqual(before);
  });

  test("a state file that is no database: not overwritten, and not passed over", async () => {
    const project = unbuilt.copy();
    project.write({ ".retain/state.duckdb": "something else entirely\n" });
    const ended = await project.run("build");
    expectNoStack(ended);
    expect(ended.stderr).toMatch(/^error\[RT0502\]: .*\.retain\/state\.duckdb is not a database that can be opened: /m);
    expect(project.read(".retain/state.duckdb")).toBe("something else entirely\n");
    expect(ended.code).toBe(1);
  });

  test("the one that a new project should go into", async () => {
    const project = unbuilt.copy();
    const undo = obstruct(project, "closed");
    const ended = await project.run("init", "closed/shop");
    undo();
    expectNoStack(ended);
    expect(ended.stderr).toMatch(/^error\[RT0415\]: cannot write .*shop: /);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
  });

  test.each([
    ["a folder", "models"],
    ["below a file", "retain.yml/report.json"],
  ])("a report's path that is %s: said before anything is run", async (_, path) => {
    const project = built.copy();
    const hash = hashOf(project.warehouse);
    const ended = await project.run("build", "--reporter", `json=${path}`);
    expectNoStack(ended);
    expect(ended.stderr).toMatch(/^error\[RT0415\]: cannot write /m);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(hashOf(project.warehouse)).toBe(hash);
  });
});
