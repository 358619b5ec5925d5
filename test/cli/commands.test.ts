/** What each command answers on stdout, what it says on stderr, and which files it makes or leaves alone. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { codes } from "../../src/core/codes/index.ts";
import { hashTree, minimalProject, type Project, projectIn, queryFile, relationsIn, repository, retain, retainOk, temporaryFolder } from "./program-process.ts";

/** The smallest project, as `init --minimal` wrote it and as `build` left it. */
let fresh: Project;
let built: Project;
/** The shipped project, built. Tests that change it take a copy. */
let shop: Project;
let shopBuild: Awaited<ReturnType<typeof retain>>;

beforeAll(async () => {
  fresh = await minimalProject();
  built = fresh.copy();
  await retainOk(built.directory, ["build"]);
  const folder = temporaryFolder();
  await retainOk(folder, ["init", "shop"]);
  shop = projectIn(join(folder, "shop"));
  shopBuild = await retain(shop.directory, ["build"]);
}, 180_000);

const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");
const filesBelow = (folder: string): readonly string[] => Object.keys(hashTree(folder)).map((file) => file.replaceAll("\\", "/"));

describe("init", () => {
  test("writes the whole shipped warehouse: the same files, and what git should leave alone", () => {
    const made = hashTree(shop.directory);
    for (const name of ["models", "seeds", "macros", "exports", "test/data"]) {
      const shipped = hashTree(join(repository, name));
      expect(Object.keys(shipped).length).toBeGreaterThan(0);
      for (const [file, hash] of Object.entries(shipped)) expect([file, made[join(name, file)]]).toEqual([file, hash]);
    }
    expect(shop.read("retain.yml")).toBe(readFileSync(join(repository, "retain.yml"), "utf8"));
    expect(shop.read(".gitignore").split("\n")).toEqual(expect.arrayContaining(["target/", ".retain/", "*.duckdb", ".env"]));
    expect(existsSync(shop.path("src"))).toBe(false);
    expect(filesBelow(shop.path("test")).every((file) => file.startsWith("data/"))).toBe(true);
  });

  test("says where it is and what to type next", async () => {
    const folder = temporaryFolder();
    const named = await retain(folder, ["init", "shop", "--minimal"]);
    expect(named).toMatchObject({
      code: 0,
      stderr: "",
      stdout: `retain.yml and a project are in ${join(folder, "shop")}\nnext: cd shop && npx retain build\n`,
    });
    expect(filesBelow(join(folder, "shop")).toSorted()).toEqual([
      ".gitignore",
      ".vscode/retain/project.schema.json",
      ".vscode/retain/resources.schema.json",
      ".vscode/retain/selectors.schema.json",
      ".vscode/settings.json",
      "models/customers.sql",
      "models/customers.yml",
      "retain.yml",
      "seeds/raw_orders.csv",
      "seeds/raw_orders.yml",
    ]);
    const asData = await retain(folder, ["init", "data", "--minimal", "--json"]);
    expect(JSON.parse(asData.stdout)).toEqual({ folder: join(folder, "data") });
    mkdirSync(join(folder, "here"));
    expect((await retain(join(folder, "here"), ["init", "--minimal"])).stdout).toMatch(/\nnext: npx retain build\n$/);
  });

  test.each([
    ["the smallest project", ["--minimal"]],
    ["the whole warehouse", []],
  ])("never overwrites anything with %s", async (_, parameters) => {
    const project = fresh.copy();
    project.edit("models/customers.sql", "count(*)", "42");
    const before = hashTree(project.directory);
    const ended = await project.run("init", ...parameters);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(
      /^error\[RT0001\]: .* already has .*retain\.yml.*\n {3}= help: init never overwrites; name an empty folder, as in `retain init my_project`\n$/,
    );
    expect(hashTree(project.directory)).toEqual(before);
  });

  test("leaves a .gitignore that is there", async () => {
    const project = projectIn(temporaryFolder());
    project.write({ ".gitignore": "mine\n", "notes.txt": "mine\n" });
    expect(await project.run("init", "--minimal")).toMatchObject({ code: 0 });
    expect(project.read(".gitignore")).toBe("mine\n");
  });
});

describe("build, seed, run and test", () => {
  test("the shipped project builds from nothing; the answer is on stdout, the progress on stderr", async () => {
    expect(shopBuild).toMatchObject({ code: 0 });
    expect(shopBuild.stdout).toMatch(/^Build succeeded in \d+\.\d\ds: [\d,]+ ok\n$/);
    expect(lines(shopBuild.stderr)[0]).toMatch(/^retain build: retention_warehouse, target dev, \d+ models, \d+ seeds, [\d,]+ tests, 4 threads$/);
    expect(shopBuild.stderr).toMatch(/^ {2}ok {4}table {2}rfm_scores .*s {2}\d+ tests$/m);
    expect(shopBuild.stderr).not.toMatch(/^ *(error|warn|fail)|(error|warning)\[/m);
    expect(shopBuild.stderr + shopBuild.stdout).not.toContain("\u001b");
    const { resources } = JSON.parse((await shop.run("parse", "--json")).stdout) as { resources: Record<string, number> };
    expect(await relationsIn(shop)).toHaveLength((resources["model"] ?? 0) + (resources["seed"] ?? 0));
    for (const name of ["manifest.json", "run_results.json", "catalog.json"]) expect(() => JSON.parse(shop.read(join("target", name)))).not.toThrow();
    expect(existsSync(shop.path("target", "compiled", "retention_warehouse", "models", "marts", "rfm_scores.sql"))).toBe(true);
    expect(existsSync(shop.path(".retain", "state.duckdb"))).toBe(true);
  });

  test("step by step: seed, run, test", async () => {
    const project = fresh.copy();
    expect(await project.run("test")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `error[RT0505]: there is no warehouse at ${project.warehouse} yet\n   = help: run \`retain build\` first\n`,
    });
    expect(existsSync(project.warehouse)).toBe(false);
    expect((await project.run("seed")).stdout).toMatch(/^Seed succeeded in .+: 1 ok\n$/);
    expect(await relationsIn(project)).toEqual(["raw_orders"]);
    expect((await project.run("run")).stdout).toMatch(/^Run succeeded in .+: 1 ok\n$/);
    expect((await project.run("test", "--select", "customers")).stdout).toMatch(/^Test succeeded in .+: 3 ok\n$/);
    expect(await project.rows("select customer_id, orders::integer as orders, revenue::varchar as revenue from customers order by 1")).toEqual([
      { customer_id: "a", orders: 2, revenue: "42.50" },
      { customer_id: "b", orders: 1, revenue: "99.00" },
    ]);
  });

  test("--select, --exclude and --threads choose and limit; --quiet says only how it went", async () => {
    const project = fresh.copy();
    const ended = await project.run("build", "--quiet", "--threads", "1", "--select", "+customers", "--exclude", "resource_type:test");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(/^Build succeeded in .+: 2 ok\n$/);
  });

  test("--json answers with one JSON document, ndjson with one a line, and several reporters share the run", async () => {
    const project = fresh.copy();
    const json = await project.run("build", "--json");
    expect(json).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({ command: "build", target_name: "dev", counts: { success: 2, pass: 6, fail: 0 }, interrupted: false });

    const several = await project.run(
      "build",
      "--reporter",
      "pretty",
      "--reporter",
      "ndjson",
      "--reporter",
      "json=target/report.json",
      "--reporter",
      "concise=target/notes/concise.txt",
    );
    expect(several.code).toBe(0);
    const events = lines(several.stdout).map((line) => (JSON.parse(line) as { type: string }).type);
    expect(events.at(0)).toBe("run_started");
    expect(events.at(-1)).toBe("run_finished");
    expect(events.filter((type) => type === "node_finished")).toHaveLength(8);
    expect(several.stderr).toMatch(/^retain build: [\s\S]*\nBuild succeeded in /);
    expect(JSON.parse(project.read("target/report.json"))).toMatchObject({ counts: { success: 2, pass: 6 } });
    expect(project.read("target/notes/concise.txt")).toMatch(/^Build succeeded in .+: 8 ok\n$/);
  });

  test.each(["build", "run", "seed", "test"])("%s --dry-run prints the plan and changes nothing on disk", async (command) => {
    for (const project of [fresh.copy(), built.copy()]) {
      const before = hashTree(project.directory);
      const ended = await project.run(command, "--dry-run");
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(ended.stdout).toMatch(new RegExp(`^\\d stages? for ${command} in target dev; nothing was run\\n {2}\\S`));
      expect(hashTree(project.directory)).toEqual(before);
    }
  });

  test("--dry-run --json gives the stages with the SQL that would be run", async () => {
    const { stdout } = await fresh.run("build", "--dry-run", "--json");
    const plan = JSON.parse(stdout) as { stages: { unique_id: string; depends_on: string[]; sql?: string[]; tests: unknown[] }[] };
    expect(plan.stages.map(({ unique_id, depends_on, tests }) => [unique_id, depends_on, tests.length])).toEqual([
      ["seed.my_project.raw_orders", [], 3],
      ["model.my_project.customers", ["seed.my_project.raw_orders"], 3],
    ]);
    expect(plan.stages[1]?.sql?.join("\n")).toContain("sum(amount) as revenue");
  });
});

describe("list", () => {
  const tests = ["unique_raw_orders_order_id", "not_null_raw_orders_order_id", "not_null_raw_orders_customer_id", "unique_customers_customer_id"];
  test.each<[string, string[], string[]]>([
    ["selectors", [], ["my_project.raw_orders", "my_project.customers", ...tests.map((name) => `my_project.${name}`)]],
    ["names", ["--output", "name"], ["raw_orders", "customers", ...tests]],
    [
      "paths",
      ["--output", "path"],
      ["seeds/raw_orders.csv", "models/customers.sql", ...tests.map((name) => (name.includes("raw") ? "seeds/raw_orders.yml" : "models/customers.yml"))],
    ],
  ])("%s, one a line, and nothing on stderr", async (_, parameters, expected) => {
    const ended = await built.run("list", ...parameters);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(lines(ended.stdout).slice(0, 6)).toEqual(expected);
    expect(lines(ended.stdout)).toHaveLength(8);
  });

  test("what it prints selects exactly that", async () => {
    const { stdout } = await shop.run("list", "--resource-type", "model", "--resource-type", "seed");
    const all = lines(stdout);
    expect(all).toHaveLength((await relationsIn(shop)).length);
    const again = await shop.run(
      "list",
      "--resource-type",
      "model",
      "--resource-type",
      "seed",
      "--select",
      ...all.flatMap((selector, i) => (i === 0 ? [selector] : ["--select", selector])),
    );
    expect(lines(again.stdout)).toEqual(all);
  });

  test("operations are listed when they are asked for", async () => {
    const project = shop.copy();
    project.write({ "models/operations.yml": "operations: [{name: tidy, sql: select 1}]\n" });
    expect(lines((await project.run("list", "--resource-type", "operation")).stdout)).toEqual(["tidy"]);
    expect(JSON.parse((await project.run("list", "--resource-type", "operation", "--json")).stdout)).toMatchObject({
      name: "tidy",
      resource_type: "operation",
    });
  });

  test("--json gives one object a line with parents and settings", async () => {
    const { stdout } = await shop.run("list", "rfm_scores", "--resource-type", "model", "--json");
    expect(lines(stdout)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      unique_id: "model.retention_warehouse.rfm_scores",
      name: "rfm_scores",
      resource_type: "model",
      original_file_path: "models/marts/rfm_scores.sql",
      config: { materialized: "table" },
      depends_on: { nodes: expect.arrayContaining(["model.retention_warehouse.rfm_thresholds"]) },
    });
  });

  test("criteria stand alone or after --select; ls is the same command", async () => {
    const asArguments = await shop.run("ls", "tag:mart,rfm_*", "--output", "name", "--resource-type", "model");
    const asOption = await shop.run("list", "-s", "tag:mart,rfm_*", "--output", "name", "--resource-type", "model");
    const marts = readdirSync(join(repository, "models/marts")).filter((name) => /^rfm_.*\.sql$/.test(name));
    expect(lines(asArguments.stdout).toSorted()).toEqual(marts.map((name) => name.replace(/\.sql$/, "")).toSorted());
    expect(asOption.stdout).toBe(asArguments.stdout);
    const upstream = await shop.run("list", "+exposure:uninstalled_users_file", "--resource-type", "seed", "exposure", "--output", "name");
    expect(lines(upstream.stdout)).toEqual(expect.arrayContaining(["raw_customers", "raw_app_events", "raw_consents", "uninstalled_users_file"]));
  });
});

describe("compile", () => {
  test("prints the SQL of what is named, without opening a database", async () => {
    const project = fresh.copy();
    const ended = await project.run("compile", "customers");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toBe(`select
  customer_id,
  count(*) as orders,
  sum(amount) as revenue,
  max(ordered_on) as last_order_on
from "main"."raw_orders"
group by customer_id
`);
    expect(project.read("target/compiled/my_project/models/customers.sql").trim()).toBe(ended.stdout.trim());
    expect(existsSync(project.warehouse)).toBe(false);
  });

  test("without a name it writes all and says how many", async () => {
    const project = fresh.copy();
    const ended = await project.run("compile");
    expect(ended).toMatchObject({ code: 0, stderr: "", stdout: "compiled 7 nodes to target/compiled\n" });
    const written = filesBelow(project.path("target", "compiled"));
    expect(written).toContain("my_project/models/customers.sql");
    expect(written).toHaveLength(7);
  });

  test("--json; several models; a test by its name; nothing with SQL", async () => {
    const both = JSON.parse((await shop.run("compile", "rfm_scores", "rfm_thresholds", "--json")).stdout) as { name: string; compiled_code: string }[];
    expect(both.map(({ name }) => name).toSorted()).toEqual(["rfm_scores", "rfm_thresholds"]);
    expect(both.every(({ compiled_code }) => !compiled_code.includes("{{"))).toBe(true);
    expect((await shop.run("compile", "rfm_scores", "rfm_thresholds")).stdout).toMatch(/^-- rfm_thresholds\n[\s\S]+;\n\n-- rfm_scores\n/);
    expect((await fresh.copy().run("compile", "unique_customers_customer_id")).stdout).toContain("having count(*) > 1");
    expect(await shop.run("compile", "nothing_like_this")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("error[RT0001]: nothing with SQL was selected"),
    });
  });
});

describe("show", () => {
  test("rows as a table on stdout, their number on stderr", async () => {
    expect(await built.run("show", "raw_orders")).toMatchObject({
      code: 0,
      stdout: `order_id  customer_id  ordered_on  amount
--------  -----------  ----------  ------
1         a            2026-01-05   30.00
2         a            2026-02-11   12.50
3         b            2026-02-12   99.00
`,
      stderr: "3 rows\n",
    });
  });

  test("--limit, --json and --quiet", async () => {
    const limited = await built.run("show", "raw_orders", "--limit", "2");
    expect(lines(limited.stdout)).toHaveLength(4);
    expect(limited.stderr).toBe("2 rows (--limit shows more)\n");
    const json = await built.run("show", "customers", "--json");
    expect(json).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(json.stdout)).toHaveLength(2);
    const several = JSON.parse((await built.run("show", "customers", "raw_orders", "--json")).stdout) as { name: string; rows: unknown[] }[];
    expect(several.map(({ name, rows }) => [name, rows.length]).toSorted()).toEqual([
      ["customers", 2],
      ["raw_orders", 3],
    ]);
    expect(await built.run("show", "customers", "--quiet")).toMatchObject({ code: 0, stderr: "" });
  });

  test("shows what the edited SQL would give, and changes nothing", async () => {
    const project = built.copy();
    project.edit("models/customers.sql", "sum(amount)", "sum(amount) * 2");
    const before = hashTree(project.directory);
    const { stdout } = await project.run("show", "customers", "--json");
    expect((JSON.parse(stdout) as { revenue: string }[]).map(({ revenue }) => revenue).toSorted()).toEqual(["198.00", "85.00"]);
    expect(hashTree(project.directory)).toEqual(before);
  });

  test("a test shows its failing rows", async () => {
    const ended = await built.run("show", "unique_customers_customer_id");
    expect(ended).toMatchObject({ code: 0, stderr: "0 rows\n" });
    expect(ended.stdout).toMatch(/^customer_id {2}n_records\n/);
  });

  test("before the first build it says so and creates nothing", async () => {
    const project = fresh.copy();
    expect(await project.run("show", "customers")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^error\[RT0505\]: there is no warehouse at .+ yet\n {3}= help: run `retain build` first\n$/),
    });
    expect(readdirSync(project.directory).toSorted()).toEqual([".gitignore", ".retain", ".vscode", "models", "retain.yml", "seeds"]);
  });

  test("personal data is masked: in the seed, in what is made of it, as a table and as JSON", async () => {
    const secret = await shop.rows("select email, phone, last_name from raw_customers where email is not null and phone is not null and last_name is not null");
    expect(secret.length).toBeGreaterThan(50);
    for (const parameters of [
      ["raw_customers", "--limit", "5000"],
      ["stg_customers", "--limit", "5000", "--json"],
      ["audience_uninstalled_users", "--limit", "5000"],
    ]) {
      const { code, stdout } = await shop.run("show", ...parameters);
      expect(code).toBe(0);
      expect(stdout).toContain("***");
      expect(secret.filter(({ email, phone }) => stdout.includes(String(email)) || stdout.includes(String(phone)))).toEqual([]);
      expect(stdout).not.toMatch(/@[a-z]+\.[a-z]/);
    }
  });
});

describe("parse, debug, clean", () => {
  test("parse counts the resources, writes the manifest and opens no database", async () => {
    const project = fresh.copy();
    expect(await project.run("parse")).toMatchObject({ code: 0, stderr: "", stdout: "the project is sound: 1 seed, 1 model, 6 tests\n" });
    expect(JSON.parse((await project.run("parse", "--json")).stdout)).toEqual({ manifest: "target/manifest.json", resources: { seed: 1, model: 1, test: 6 } });
    const { nodes } = JSON.parse(project.read("target/manifest.json")) as { nodes: Record<string, unknown> };
    expect(Object.keys(nodes)).toEqual(expect.arrayContaining(["seed.my_project.raw_orders", "model.my_project.customers"]));
    expect(readdirSync(project.directory).toSorted()).toEqual([".gitignore", ".retain", ".vscode", "models", "retain.yml", "seeds", "target"]);
  });

  test("debug shows what is seen of machine, project and warehouse", async () => {
    const ended = await built.run("debug");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(lines(ended.stdout).map((line) => line.slice(0, 11).trim())).toEqual([
      "retain",
      "node",
      "project",
      "target",
      "targets",
      "nodes",
      "warehouse",
      "connection",
    ]);
    expect(ended.stdout).toMatch(/^connection {2}ok: duckdb v\S+, 2 relations$/m);
    expect(JSON.parse((await built.run("debug", "--json")).stdout)).toMatchObject({ project: `my_project in ${built.directory}`, warehouse: built.warehouse });
  });

  test("debug before the first build creates nothing; a warehouse that does not open is exit 2", async () => {
    const project = fresh.copy();
    const before = hashTree(project.directory);
    expect(await project.run("debug")).toMatchObject({ code: 0, stdout: expect.stringContaining("connection  not tried: the warehouse does not exist yet") });
    expect(hashTree(project.directory)).toEqual(before);
    project.write({ "warehouse.duckdb": "no database at all" });
    expect(await project.run("debug")).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("connection  failed"),
      stderr: expect.stringContaining("error[RT0502]"),
    });
  });

  test("clean deletes target/ and the parse cache, and nothing else", async () => {
    const project = built.copy();
    const before = hashTree(project.directory);
    expect(await project.run("clean")).toMatchObject({ code: 0, stdout: "", stderr: "deleted target/ and .retain/cache/\n" });
    const rest = Object.fromEntries(Object.entries(before).filter(([file]) => !file.startsWith("target") && !file.startsWith(join(".retain", "cache"))));
    expect(Object.keys(rest)).toEqual(expect.arrayContaining(["warehouse.duckdb", join(".retain", "state.duckdb")]));
    expect(Object.keys(rest).length).toBeLessThan(Object.keys(before).length);
    expect(hashTree(project.directory)).toEqual(rest);
    expect(await project.run("clean", "--quiet")).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await project.run("clean", "--json")).toMatchObject({ code: 0, stdout: '{"deleted":[]}\n', stderr: "" });
  });
});

describe("explain and schema", () => {
  test("explain lists every code; every code has a title and more to say", async () => {
    const { stdout } = await retain("/", ["explain"]);
    const listed = lines(stdout).map((line) => line.split("  ", 2));
    expect(listed).toEqual(
      Object.entries(codes)
        .map(([code, { title }]) => [code, title])
        .toSorted(),
    );
    for (const [code, { title, explain }] of Object.entries(codes)) {
      expect([code, title.length >= 5, explain.length > 40, /[.)]$/.test(explain)]).toEqual([code, true, true, true]);
    }
  });

  test("explain says what a code means, in any case of letters, and what to do", async () => {
    const ended = await retain("/", ["explain", "rt0501"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toBe(`RT0501 (error): ${codes.RT0501.title}\n\n${codes.RT0501.explain}\n\nNext step: ${codes.RT0501.help}\n`);
    expect((await retain("/", ["explain", "RT0213"])).stdout).toMatch(/^RT0213 \(warning\): /);
  });

  test("schemas are valid draft-07; they accept every shipped file and refuse a misspelt key", async () => {
    const compileSchema = async (name: string) => {
      const { stdout, code } = await retain("/", ["schema", name]);
      expect(code).toBe(0);
      const schema = JSON.parse(stdout) as { $schema: string };
      expect(schema.$schema).toMatch(/^https?:\/\/json-schema\.org\/draft-07\/schema#?$/);
      const ajv = new Ajv({ allErrors: true, strict: false });
      expect(ajv.validateSchema(schema)).toBe(true);
      return ajv.compile(schema);
    };
    const resources = await compileSchema("resources");
    const project = await compileSchema("project");
    const files = ["models", "seeds", "macros", "exports"]
      .flatMap((folder) => filesBelow(join(repository, folder)).map((file) => `${folder}/${file}`))
      .filter((file) => file.endsWith(".yml"));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      resources(parseYaml(readFileSync(join(repository, file), "utf8")));
      expect([file, resources.errors ?? []]).toEqual([file, []]);
    }
    for (const text of [readFileSync(join(repository, "retain.yml"), "utf8"), fresh.read("retain.yml")]) {
      project(parseYaml(text));
      expect(project.errors ?? []).toEqual([]);
    }
    expect(resources({ models: [{ name: "a", descripton: "b" }] })).toBe(false);
    expect(resources({ modles: [] })).toBe(false);
    expect(project({ ...(parseYaml(fresh.read("retain.yml")) as object), default_taget: "dev" })).toBe(false);
    expect((await retain("/", ["schema"])).stdout).toBe((await retain("/", ["schema", "resources"])).stdout);
  });
});

describe("sample", () => {
  test("writes the shipped seeds again, byte for byte", async () => {
    const folder = temporaryFolder();
    const ended = await retain(folder, ["sample", "--out", "raw"]);
    expect(ended).toMatchObject({ code: 0, stderr: "", stdout: "wrote 26 tables of 1,500 customers to raw\n" });
    for (const [file, hash] of Object.entries(hashTree(join(folder, "raw")))) expect([file, hash]).toEqual([file, hashTree(join(repository, "seeds"))[file]]);
    expect(readdirSync(join(folder, "raw"))).toHaveLength(26);
  });

  test("as Parquet, at another size", async () => {
    const folder = temporaryFolder();
    expect(await retain(folder, ["sample", "--out", "a/b", "--customers", "40", "--format", "parquet", "--quiet"])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "",
    });
    const seeds = readdirSync(join(repository, "seeds")).filter((name) => /^raw_.*\.csv$/.test(name));
    expect(readdirSync(join(folder, "a", "b")).toSorted()).toEqual(seeds.map((name) => name.replace(/csv$/, "parquet")).toSorted());
    const file = join(folder, "a", "b", "raw_customers.parquet").replaceAll("'", "''");
    const [row] = await queryFile(built.warehouse, `select count(*)::integer as n, count(distinct customer_id)::integer as ids from read_parquet('${file}')`);
    expect(Number(row?.["n"])).toBeGreaterThanOrEqual(Number(row?.["ids"]));
    expect(Number(row?.["ids"])).toBeGreaterThan(0);
  });
});

describe("which project, which target, which values", () => {
  test("the nearest retain.yml upwards; --project-dir and RETAIN_PROJECT_DIR override it, the option before the variable", async () => {
    const elsewhere = temporaryFolder();
    const expected = "raw_orders\ncustomers\n";
    const parameters = ["list", "--output", "name", "--exclude", "resource_type:test"];
    expect((await retain(fresh.path("models"), parameters)).stdout).toBe(expected);
    expect((await retain(elsewhere, [...parameters, "--project-dir", fresh.directory])).stdout).toBe(expected);
    expect((await retain(elsewhere, parameters, { RETAIN_PROJECT_DIR: fresh.directory })).stdout).toBe(expected);
    expect((await retain(shop.directory, parameters, { RETAIN_PROJECT_DIR: fresh.directory })).stdout).toBe(expected);
    expect((await retain(elsewhere, [...parameters, "--project-dir", fresh.directory], { RETAIN_PROJECT_DIR: shop.directory })).stdout).toBe(expected);
    const wrong = await retain(fresh.directory, ["list", "--project-dir", elsewhere]);
    expect(wrong).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(`error[RT0101]: no retain.yml in ${elsewhere}`) });
  });

  test("from a folder below, everything is written beside retain.yml", async () => {
    const project = fresh.copy();
    expect(await retain(project.path("models"), ["build"])).toMatchObject({ code: 0 });
    expect(readdirSync(project.directory).toSorted()).toEqual([
      ".gitignore",
      ".retain",
      ".vscode",
      "models",
      "retain.yml",
      "seeds",
      "target",
      "warehouse.duckdb",
    ]);
    expect(readdirSync(project.path("models"))).toHaveLength(2);
  });

  test("clean, too, names the folder that it was given", async () => {
    const elsewhere = temporaryFolder();
    const ended = await retain(fresh.directory, ["clean", "--project-dir", elsewhere]);
    expect(ended).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(`no retain.yml in ${elsewhere}`) });
  });

  test("--vars are stronger than retain.yml's, which are stronger than a default", async () => {
    const project = fresh.copy();
    project.write({ "models/valued.yml": `models: [{name: valued, sql: "select {{var 'rate' 1}} as rate"}]\n` });
    const sql = async (...parameters: string[]) => (await project.run("compile", "valued", ...parameters)).stdout.trim();
    expect(await sql()).toBe("select 1 as rate");
    project.write({ "retain.yml": `${project.read("retain.yml")}vars: {rate: 2}\n` });
    expect(await sql()).toBe("select 2 as rate");
    expect(await sql("--vars", "{rate: 3}")).toBe("select 3 as rate");
    expect(await sql("--vars", '{"rate": 4}')).toBe("select 4 as rate");
  });

  test(".env fills ${NAME}; the real environment wins; what it says is told to nobody", async () => {
    const project = fresh.copy();
    project.edit("retain.yml", "path: warehouse.duckdb", 'path: "${RETAIN_TEST_FILE:-plain.duckdb}"');
    const built = async (env?: Record<string, string>) => {
      const ended = await retain(project.directory, ["build"], env);
      expect(ended.code).toBe(0);
      return [...readdirSync(project.directory)].filter((name) => name.endsWith(".duckdb")).toSorted();
    };
    expect(await built()).toEqual(["plain.duckdb"]);
    project.write({ ".env": "# local\nRETAIN_TEST_FILE=from_dotenv.duckdb\n" });
    expect(await built()).toEqual(["from_dotenv.duckdb", "plain.duckdb"]);
    expect(await built({ RETAIN_TEST_FILE: "from_environment.duckdb" })).toEqual(["from_dotenv.duckdb", "from_environment.duckdb", "plain.duckdb"]);
    const artifacts = ["manifest.json", "run_results.json", "catalog.json"].map((name) => project.read(join("target", name))).join("\n");
    expect(artifacts).not.toContain("from_environment.duckdb");
    expect(artifacts).toContain('"RETAIN_WAREHOUSE_PATH":"${RETAIN_TEST_FILE:-plain.duckdb}"');
  });

  test("--target picks a target: in memory nothing is left behind, another schema keeps to itself", async () => {
    const project = fresh.copy();
    project.write({
      "retain.yml": `${project.read("retain.yml")}  memory: {type: duckdb, path: ":memory:"}\n  staging: {type: duckdb, path: warehouse.duckdb, schema: staging}\n`,
    });
    expect((await project.run("build", "--target", "memory")).stdout).toMatch(/^Build succeeded in .+: 8 ok\n$/);
    expect(existsSync(project.warehouse)).toBe(false);
    expect(existsSync(project.path(":memory:"))).toBe(false);
    expect(await project.run("build", "-t", "staging")).toMatchObject({ code: 0 });
    expect(await project.rows("select table_schema, table_name from information_schema.tables order by 2")).toEqual([
      { table_schema: "staging", table_name: "customers" },
      { table_schema: "staging", table_name: "raw_orders" },
    ]);
  });
});

describe("export", () => {
  test("list, plan and run: a file that can be uploaded; a second run has nothing to send", async () => {
    const project = shop.copy();
    const file = project.path("target", "exports", "uninstalled_users_file.csv");
    expect(await project.run("export", "list")).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/^uninstalled_users_file +audience_uninstalled_users -> files \(mirror\)$/m),
    });
    expect(JSON.parse((await project.run("export", "list", "--json")).stdout)).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: "uninstalled_users_file", model: "audience_uninstalled_users" })]),
    );

    const plan = await project.run("export", "plan", "uninstalled_users_file");
    expect(plan).toMatchObject({ code: 0, stderr: "" });
    expect(plan.stdout).toMatch(/\n {2}to add +(\d+)\n {4}new +\1\n {2}to remove +0\n/);
    expect(plan.stdout).toMatch(/\nNothing was sent: this is a plan\. A run would send 1 batch\.\n$/);
    expect((await project.run("export", "run", "uninstalled_users_file", "--dry-run")).stdout).toBe(plan.stdout);
    expect(existsSync(file)).toBe(false);

    const run = await project.run("export", "run", "uninstalled_users_file");
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(/\nDelivered to files: \d+ added, 0 removed\.\n$/);
    const [header, ...rows] = lines(readFileSync(file, "utf8"));
    expect(header?.split(",")).toEqual(expect.arrayContaining(["email", "phone", "madid", "country"]));
    expect(rows.length).toBe(Number(/(\d+) added/.exec(run.stdout)?.[1]));
    const everything = readFileSync(file, "utf8") + plan.stdout + run.stdout;
    const people = await project.rows("select email, last_name from audience_uninstalled_users where email is not null");
    expect(people.length).toBeGreaterThan(50);
    expect(people.filter(({ email }) => everything.includes(String(email)))).toEqual([]);

    const again = await project.run("export", "run", "uninstalled_users_file");
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toMatch(/\nNothing was sent: the audience is as it was\.\n$/);
  });

  test("every shipped export is written from the sample, as it comes", async () => {
    const project = shop.copy();
    const all = JSON.parse((await project.run("export", "list", "--json")).stdout) as { name: string; needs: string[] }[];
    const exports = all.filter(({ needs }) => needs.length === 0);
    const run = await project.run("export", "run", ...exports.map(({ name }) => name));
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const manifests = exports.map(
      ({ name }) =>
        JSON.parse(project.read(`target/exports/${name}.manifest.json`)) as { format: string; people: number; files: { file: string; rows: number }[] },
    );
    expect(manifests.filter(({ people, files }) => people === 0 || files[0]?.rows !== people)).toEqual([]);
    expect([...new Set(manifests.map(({ format }) => format))].sort()).toEqual(["braze", "google", "meta", "onesignal", "pinterest", "snapchat", "tiktok"]);
  });

  test("nothing that was not tested is exported", async () => {
    const project = shop.copy();
    expect(await project.run("run", "--select", "audience_uninstalled_users", "--quiet")).toMatchObject({ code: 0 });
    const ended = await project.run("export", "run", "uninstalled_users_file");
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain(
      'error[RT0602]: "audience_uninstalled_users" cannot be exported: it was built without running all of its tests\n  --> exports/uninstalled_users.yml:',
    );
    expect(existsSync(project.path("target", "exports"))).toBe(false);
  });

  test("an export that is not there; a run without a name; before the first build", async () => {
    expect(await shop.run("export", "run", "uninstalled_user_file")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^error\[RT0601\]: there is no export "uninstalled_user_file"\n {3}= help: did you mean "uninstalled_users_file"\?\n$/),
    });
    expect(await shop.run("export", "run")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/help: the project has .*uninstalled_users_file/),
    });
    const project = projectIn(temporaryFolder());
    for (const name of ["retain.yml", "models", "seeds", "macros", "exports"]) cpSync(shop.path(name), project.path(name), { recursive: true });
    expect(await project.run("export", "run", "uninstalled_users_file")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("error[RT0505]: there is no warehouse at"),
    });
    expect(existsSync(project.path(".retain", "state.duckdb"))).toBe(false);
  });
});
