/**
 * `npm run bench`: what retain costs, each time beside a yardstick that does the least there is to do. It reports and never
 * judges: the exit code says only whether everything could be run. --quick takes fewer runs, --json prints JSON, --only one of
 * start, parse, build, export or warehouse; --customers is the size of the warehouse's sample, 2.8 million for ten million orders.
 */
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeExportProject } from "./export-project.mjs";
import { generateProject } from "./generate-project.mjs";
import { listModules, measurePairs, runOnce } from "./measure.mjs";
import { drawTable } from "./table.mjs";
import { prepareWarehouse } from "./warehouse-project.mjs";

const retain = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const bareFiles = fileURLToPath(new URL("./bare-files.mjs", import.meta.url));
const bareClient = fileURLToPath(new URL("./bare-client.mjs", import.meta.url));
const bareHash = fileURLToPath(new URL("./bare-hash.mjs", import.meta.url));
const connections = 4;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    customers: { type: "string" },
    only: { type: "string" },
  },
});
const runs = options.quick ? { startUp: 7, parse: 3, build: 3 } : { startUp: 25, parse: 9, build: 9 };

const notes = `Medians; every ratio compares two runs right after one another, min..max over all pairs.
cpu is retain's user and system time with its own ratio to the yardstick, memory retain's peak.
parse: 2,000 models, 6,000 tests, depth 16, fan-in up to 15, and the same with 10,000 and 30,000; cold is without .retain and target, warm with
  what the run before left, one edit the same after a line was added to one model.
  Its yardstick reads the same files and writes as many bytes as the manifest has.
build: 1,000 views into a new file; its yardstick sends the same statements through @duckdb/node-api over as many connections.
  "statements alone" is the part of both from the first statement to the last, without start-up, parsing and artifacts.
export: everybody normalised, hashed, compared with a ledger of as many people and written as Meta's file; one in a hundred has another
  address each time. Its yardstick is a loop that normalises and hashes the same people and does nothing else.
warehouse: the models of the shipped project on a larger sample in Parquet files, staged day by day, without tests. Its yardstick sends the same statements; models in JavaScript and
  what builds on them are in neither. One day more is a build, tests included, with as_of a day later, beside the same with --full-refresh.`;

if (!existsSync(retain)) {
  console.error("There is no dist/; run `npm run build` first.");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "retain-bench-"));
try {
  const parts = { start: benchStartUp, parse: benchParse, build: benchBuild, export: benchExport, warehouse: benchWarehouse };
  const results = (options.only ? [parts[options.only]] : Object.values(parts)).flatMap((part) => part());
  const help = checkHelp();
  const machine = describeMachine();
  console.log(
    options.json ? JSON.stringify({ machine, results, help }, null, 2) : `${describe(machine)}\n\n${drawTable(results)}\n\n${describeHelp(help)}\n\n${notes}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function benchStartUp() {
  const yardstick = { args: ["-e", "0"] };
  const toolStart = (flag, budget) => report(`start: retain ${flag}`, { args: [retain, flag] }, "node -e 0", yardstick, runs.startUp, budget);
  return [toolStart("--version", { kind: "ratio", most: 1.5 }), toolStart("--help")];
}

function benchParse() {
  return [
    ...benchProject("", { models: 2000, tests: 6000, depth: 16, fanIn: 15 }, runs.parse, { cold: 1, warm: 0.3 }),
    ...benchProject(" 10,000", { models: 10000, tests: 30000, depth: 16, fanIn: 15 }, Math.min(3, runs.parse), { cold: 5, warm: 1 }),
  ];
}

/** Cold, warm, and after one model was edited, which is another edit each time. */
function benchProject(label, options, count, budgets) {
  const project = join(folder, `parse${options.models}`);
  progress(`writing a project of ${options.models} models and ${options.tests} tests`);
  const size = generateProject(project, options);
  const subject = { args: [retain, "parse"], cwd: project, usage: true };
  runOnce(subject);
  const manifest = join(project, "target", "manifest.json");
  const bytes = existsSync(manifest) ? statSync(manifest).size : 0;
  const yardstick = { args: [bareFiles, project, String(bytes), join(folder, "manifest-bytes")], usage: true };
  const forget = () => {
    for (const name of [".retain", "target"]) rmSync(join(project, name), { recursive: true, force: true });
  };
  const [edited] = readdirSync(project, { recursive: true }).filter((path) => path.endsWith(".sql"));
  let edits = 0;
  const edit = () => appendFileSync(join(project, edited), `-- edit ${edits++}\n`);
  const row = (name, before, budget) =>
    report(`parse${label}: ${name}`, { ...subject, ...(before && { before }) }, "read, write", yardstick, count, budget && { kind: "seconds", most: budget });
  const results = [row("cold", forget, budgets.cold), row("warm", undefined, budgets.warm), row("one edit", edit)];
  return results.map((result) => ({ ...result, project: { ...size, manifestBytes: bytes } }));
}

/** Views in few layers: DuckDB binds a view through all that it is made of, and deep ones would measure only that. */
function benchBuild() {
  const project = join(folder, "build");
  const database = join(folder, "bare.duckdb");
  const planFile = join(folder, "plan.json");
  progress("writing a project of 1,000 views");
  const size = generateProject(project, { models: 1000, tests: 0, depth: 4, fanIn: 3, runnable: true });
  writeFileSync(planFile, runOnce({ args: [retain, "build", "--dry-run", "--json"], cwd: project }).stdout);
  const forget = () => {
    for (const name of [".retain", "target", "warehouse.duckdb", "warehouse.duckdb.wal"]) rmSync(join(project, name), { recursive: true, force: true });
  };
  const forgetBare = () => {
    for (const path of [database, `${database}.wal`]) rmSync(path, { force: true });
  };
  const subject = {
    args: [retain, "build", "--threads", String(connections)],
    cwd: project,
    before: forget,
    part: () => executionSeconds(project),
    usage: true,
  };
  const yardstick = { args: [bareClient, planFile, database, String(connections)], before: forgetBare, part: readSeconds, usage: true };
  const built = report("build: 1,000 views", subject, "bare client", yardstick, runs.build, { kind: "ratio", most: 1.1 });
  const { part, ...whole } = built;
  const alone = { what: "build: statements alone", yardstick: "bare client", runs: whole.runs, ...part };
  return [whole, alone].map((result) => ({ ...result, project: size }));
}

function benchExport() {
  const project = join(folder, "export");
  const people = options.quick ? 200_000 : 1_000_000;
  progress(`writing a project with an audience of ${people} people`);
  writeExportProject(project);
  let changed = 0;
  const build = () => runOnce({ args: [retain, "build", "--quiet", "--vars", `{people: ${people}, changed: ${changed++ % 90}}`], cwd: project });
  build();
  runOnce({ args: [retain, "export", "run", "bench", "--quiet"], cwd: project });
  const subject = { args: [retain, "export", "run", "bench", "--quiet"], cwd: project, before: build, usage: true };
  const yardstick = { args: [bareHash, String(people)], usage: true };
  return [report(`export: ${people.toLocaleString("en-US")} people`, subject, "bare loop", yardstick, options.quick ? 1 : 3, { kind: "ratio", most: 2 })];
}

/** The shipped warehouse on a larger sample: its SQL against a bare client, and one day more against everything anew. */
function benchWarehouse() {
  const customers = Number(options.customers ?? (options.quick ? 3000 : 15_000));
  const count = options.quick || customers > 15_000 ? 1 : 3;
  progress(`writing the shipped project with a sample of ${customers} customers`);
  const warehouse = prepareWarehouse({ folder: join(folder, "warehouse"), retain, customers, run: runOnce });
  const orders = `${Math.round(warehouse.orders / 1000)},000 orders`;
  const run = [retain, "run", "--quiet", "--select", ...warehouse.sqlModels.split(" "), "--full-refresh", "--threads", String(connections)];
  const subject = { args: run, cwd: warehouse.project, before: warehouse.restoreSeeds, part: () => executionSeconds(warehouse.project), usage: true };
  const yardstick = {
    args: [bareClient, warehouse.planFile, warehouse.bareDatabase, String(connections)],
    before: warehouse.restoreBare,
    part: readSeconds,
    usage: true,
  };
  const day = {
    args: [retain, "build", "--quiet", "--exclude", "resource_type:unit_test", "--vars", warehouse.nextDay],
    cwd: warehouse.project,
    before: warehouse.restoreDay,
    usage: true,
  };
  const anew = { ...day, args: [...day.args, "--full-refresh"] };
  const { part, ...whole } = report(`warehouse: SQL of ${orders}`, subject, "bare client", yardstick, count, { kind: "ratio", most: 1.1 });
  const alone = { what: "warehouse: statements alone", yardstick: "bare client", runs: whole.runs, ...part };
  const { seconds, cpuSeconds, megabytes } = warehouse.sample;
  progress(`the sample took ${seconds.toFixed(0)} s, ${cpuSeconds.toFixed(0)} s of CPU and ${megabytes.toFixed(0)} MB`);
  return [whole, alone, report("warehouse: one day more", day, "full refresh", anew, count, { kind: "ratio", most: 0.05 })];
}

/** From the first statement to the last one, as the build itself has written down. */
function executionSeconds(project) {
  const { results } = JSON.parse(readFileSync(join(project, "target", "run_results.json"), "utf8"));
  const times = results.flatMap(({ timing }) => timing.flatMap(({ started_at, completed_at }) => [Date.parse(started_at), Date.parse(completed_at)]));
  return (Math.max(...times) - Math.min(...times)) / 1000;
}

function readSeconds(stdout) {
  return JSON.parse(stdout).seconds;
}

function report(what, subject, yardstickName, yardstick, count, budget) {
  progress(`${what}, ${count} runs`);
  const measured = measurePairs(subject, yardstick, count);
  const value = budget?.kind === "ratio" ? measured.ratio.median : measured.seconds.median;
  return { what, yardstick: yardstickName, ...measured, ...(budget && { budget, met: value <= budget.most }) };
}

/** What --help must not load, because it is slow and needs no database and no schemas. */
function checkHelp() {
  const modules = listModules([retain, "--help"]);
  const packages = [...new Set(modules.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []))].toSorted();
  const forbidden = packages.filter((name) => name === "zod" || name.startsWith("@duckdb/"));
  return { modules: modules.length, packages, forbidden, met: forbidden.length === 0 };
}

function describeHelp({ modules, packages, forbidden, met }) {
  const verdict = met ? "met: neither DuckDB nor zod" : `NOT met: ${forbidden.join(", ")}`;
  return `retain --help loads ${modules} modules, of the packages ${packages.join(", ") || "(none)"}; budget ${verdict}`;
}

function describeMachine() {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? "?",
    cores: availableParallelism(),
    gigabytes: Math.round(totalmem() / 2 ** 30),
  };
}

function describe({ node, platform, cpu, cores, gigabytes }) {
  return `node ${node}, ${platform}, ${cpu}, ${cores} cores, ${gigabytes} GB`;
}

function progress(text) {
  process.stderr.write(`${text}\n`);
}
