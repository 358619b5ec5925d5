/**
 * The shipped project over a larger sample: its raw tables are Parquet files, and it stages as a large shop would. Built once, with
 * ways back to where each measured run begins: seeds alone for the SQL, a warehouse of the day before for one day more.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const parts = ["retain.yml", "models", "seeds", "macros", "exports", "test/data"];

export function prepareWarehouse({ folder, retain, customers, run }) {
  for (const part of parts) cpSync(join(repository, part), join(folder, part), { recursive: true });
  const inProject = (...args) => run({ args: [retain, ...args], cwd: folder }).stdout;
  const sample = run({
    args: [retain, "sample", "--customers", String(customers), "--format", "parquet", "--out", "raw", "--quiet"],
    cwd: folder,
    usage: true,
  });
  readRawTables(folder);
  const asOf = /as_of: "?(\d{4}-\d{2}-\d{2})/.exec(readFileSync(join(folder, "retain.yml"), "utf8"))[1];
  const dayBefore = new Date(Date.parse(asOf) - 86_400_000).toISOString().slice(0, 10);

  inProject("seed", "--quiet");
  const seeds = keep(folder, "seeds.duckdb");
  const sqlModels = listSqlModels(inProject);
  const planFile = join(folder, "plan.json");
  writeFileSync(planFile, planOf(inProject("run", "--dry-run", "--json", "--full-refresh", "--select", ...sqlModels.split(" "))));
  inProject("build", "--quiet", "--exclude", "resource_type:unit_test", "--vars", `{as_of: ${dayBefore}}`);
  const [{ orders }] = JSON.parse(inProject("show", "--inline", 'select count(*)::integer as orders from {{ref "raw_orders"}}', "--json"));
  const day = keep(folder, "day.duckdb");
  const bareDatabase = join(folder, "bare.duckdb");
  return {
    project: folder,
    orders,
    sample,
    sqlModels,
    planFile,
    bareDatabase,
    nextDay: `{as_of: ${asOf}}`,
    restoreSeeds: () => restore(seeds, join(folder, "warehouse.duckdb")),
    restoreDay: () => restore(day, join(folder, "warehouse.duckdb")),
    restoreBare: () => restore(seeds, bareDatabase),
  };
}

/** Views over the files in the place of the seeds; staging is tables. */
function readRawTables(folder) {
  const names = readdirSync(join(folder, "raw")).map((file) => file.replace(".parquet", ""));
  for (const file of readdirSync(join(folder, "seeds"))) if (file.startsWith("raw_")) rmSync(join(folder, "seeds", file));
  const tables = names.map((name) => `      - {name: ${name}, location: raw/${name}.parquet}`);
  const models = names.map((name) => `  - {name: ${name}, config: {materialized: view}, sql: "select * from {{source 'shop' '${name}'}}"}`);
  mkdirSync(join(folder, "models", "raw"));
  writeFileSync(join(folder, "models", "raw", "raw.yml"), ["sources:", "  - name: shop", "    tables:", ...tables, "models:", ...models, ""].join("\n"));
  const settings = join(folder, "retain.yml");
  const text = readFileSync(settings, "utf8");
  writeFileSync(settings, text.replace("staging: { materialized: view", "staging: { materialized: table"));
}

/** A bare client can send no model in JavaScript, and nothing that builds on one. */
function listSqlModels(inProject) {
  const list = (...args) =>
    inProject("list", "--quiet", "--resource-type", "model", ...args)
      .trim()
      .split("\n");
  const beyond = new Set(list("--select", "config.materialized:javascript+"));
  return list()
    .filter((name) => !beyond.has(name))
    .join(" ");
}

/** Seeds and what they rest on are there already; a plan of the selected models alone may name them as parents. */
function planOf(text) {
  const plan = JSON.parse(text);
  const known = new Set(plan.stages.map(({ unique_id }) => unique_id));
  return JSON.stringify({ ...plan, stages: plan.stages.map((stage) => ({ ...stage, depends_on: stage.depends_on.filter((id) => known.has(id)) })) });
}

function keep(folder, name) {
  const kept = join(folder, name);
  cpSync(join(folder, "warehouse.duckdb"), kept);
  return kept;
}

function restore(from, to) {
  for (const path of [to, `${to}.wal`]) rmSync(path, { force: true });
  cpSync(from, to);
}
