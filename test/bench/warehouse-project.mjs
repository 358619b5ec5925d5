/**
 * The shipped project with a larger sample in place of its seeds, built once; and ways back to where each measured run begins:
 * seeds alone for the SQL, a warehouse of the day before for one day more.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const parts = ["retain.yml", "models", "seeds", "macros", "exports", "test/data"];

export function prepareWarehouse({ folder, retain, customers, run }) {
  for (const part of parts) cpSync(join(repository, part), join(folder, part), { recursive: true });
  const inProject = (...args) => run({ args: [retain, ...args], cwd: folder }).stdout;
  inProject("sample", "--customers", String(customers), "--format", "csv", "--out", join(folder, "seeds"), "--quiet");
  const orders = readFileSync(join(folder, "seeds", "raw_orders.csv"), "utf8").split("\n").length - 2;
  const asOf = /as_of: "?(\d{4}-\d{2}-\d{2})/.exec(readFileSync(join(folder, "retain.yml"), "utf8"))[1];
  const dayBefore = new Date(Date.parse(asOf) - 86_400_000).toISOString().slice(0, 10);

  inProject("seed", "--quiet");
  const seeds = keep(folder, "seeds.duckdb");
  const sqlModels = listSqlModels(inProject);
  const planFile = join(folder, "plan.json");
  writeFileSync(planFile, planOf(inProject("run", "--dry-run", "--json", "--full-refresh", "--select", ...sqlModels.split(" "))));
  inProject("run", "--quiet", "--vars", `{as_of: ${dayBefore}}`);
  const day = keep(folder, "day.duckdb");
  const bareDatabase = join(folder, "bare.duckdb");
  return {
    project: folder,
    orders,
    sqlModels,
    planFile,
    bareDatabase,
    nextDay: `{as_of: ${asOf}}`,
    restoreSeeds: () => restore(seeds, join(folder, "warehouse.duckdb")),
    restoreDay: () => restore(day, join(folder, "warehouse.duckdb")),
    restoreBare: () => restore(seeds, bareDatabase),
  };
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
