/**
 * A build that dies at any of its statements, before it or while it runs, whatever the graph: the warehouse opens, every
 * relation is whole and of one day, none holds what its tests refused, none is newer than what it is made from, and the next
 * build heals. What a kill leaves before a statement is what the files hold then; in the middle of one, processes are killed.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { duckdbEngine } from "../../src/adapters/duckdb/engine.ts";
import type { Database } from "../../src/ports/engine.ts";
import { plainEnvironment, startProcess } from "../cli/program-process.ts";
import { ancestorsOf, type RandomProject, randomProject } from "../fixtures/random-project.ts";
import { openReady, type ReadyProject, temporaryProject } from "../fixtures/temporary-project.ts";
import { planFor, runReady } from "../fixtures/warehouse.ts";

const projects = 5;
/** Of each project, so many processes are killed while a statement runs; between statements the files say what a kill would leave. */
const killsEach = 6;
const rowsEach = 300;

const folder = mkdtempSync(join(tmpdir(), "retain-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = fileURLToPath(new URL("kill-point.mjs", import.meta.url));

/** On each day every model has the same number of rows, all of them with the day; some models are refused on the second. */
function daysOf(random: RandomProject): (day: number) => Promise<ReadyProject> {
  const models = random.models.map(({ name, reads, materialized, isBroken }) => {
    const all = reads.map((i) => ` and (select count(*) from {{ref "m${i}"}}) = ${rowsEach}`).join("");
    const refused = isBroken ? "day < 2" : "day > 0";
    return `  - name: ${name}
    config: {materialized: ${materialized}}
    sql: 'select {{var "day"}} as day, range as n from range(${rowsEach}) where true${all}'
    tests: [{expression_is_true: {expression: ${refused}}}, {unique_combination: {columns: [day, n]}}]
`;
  });
  const project = temporaryProject({ "models/m.yml": `models:\n${models.join("")}` });
  return (day) => openReady(project, { vars: { day } });
}

/** What may not come to the second day: refused models, and all that is made from them. */
function heldBack(random: RandomProject): ReadonlySet<string> {
  return new Set(
    random.models.flatMap(({ name, isBroken }, i) => (isBroken || [...ancestorsOf(random, i)].some((a) => random.models[a]?.isBroken) ? [name] : [])),
  );
}

async function open<T>(path: string, readOnly: boolean, use: (database: Database) => Promise<T>): Promise<T> {
  const opened = await duckdbEngine.open({ path, readOnly, settings: {}, extensions: [], attach: [], lockTimeoutSeconds: 0 });
  if (!opened.value) throw new Error(JSON.stringify(opened.diagnostics));
  try {
    return await use(opened.value);
  } finally {
    opened.value.close();
  }
}

const build = (ready: ReadyProject, database: Database, threads = 2) =>
  runReady(ready, { database, rows: async () => [], execute: async () => undefined, relations: async () => [] }, { threads });

/** Calls back before each statement of any connection. */
function watched(database: Database, before: () => void): Database {
  const connect = async () => {
    const connection = await database.connect();
    const watch =
      <A extends readonly unknown[], R>(run: (...parameters: A) => R) =>
      (...parameters: A): R => {
        before();
        return run(...parameters);
      };
    return { ...connection, execute: watch(connection.execute), query: watch(connection.query), saveRows: watch(connection.saveRows) };
  };
  return { ...database, connect };
}

/** The files as they are, with what is not yet moved from the log into the database. */
function copyFiles(from: string): string {
  const path = newPath();
  cpSync(from, path);
  if (existsSync(`${from}.wal`)) cpSync(`${from}.wal`, `${path}.wal`);
  return path;
}

/** The day of every relation; an error where one is not whole. */
function readDays(path: string, random: RandomProject): Promise<Readonly<Record<string, number>>> {
  return open(path, true, async (database) => {
    const connection = await database.connect();
    const days: Record<string, number> = {};
    for (const { name } of random.models) {
      const [row] = (await connection.query(`select min(day) as first, max(day) as last, count(*) as n, count(distinct n) as numbers from ${name}`)).rows;
      expect(row).toEqual({ first: row?.["last"], last: row?.["last"], n: rowsEach, numbers: rowsEach });
      days[name] = Number(row?.["last"]);
    }
    connection.close();
    return days;
  });
}

function expectSound(days: Readonly<Record<string, number>>, random: RandomProject): void {
  const held = heldBack(random);
  random.models.forEach(({ name, materialized }, i) => {
    expect(days[name]).toBeOneOf([1, 2]);
    if (held.has(name)) expect(days[name]).toBe(1);
    if (days[name] === 2) for (const parent of ancestorsOf(random, i)) expect([materialized, days[`m${parent}`]]).toEqual([materialized, 2]);
  });
}

async function inChild(parameters: readonly string[]) {
  return startProcess(process.execPath, [script, ...parameters], { cwd: folder, env: plainEnvironment() as Record<string, string> }).ended;
}

let made = 0;
const newPath = (): string => join(folder, `warehouse-${made++}.duckdb`);

test("at least a hundred moments of dying", async () => {
  let killed = 0;
  let between = 0;
  const graphs = randomProject({ largest: 8, materialized: ["table", "table", "view"], canFail: true });
  const property = fc.asyncProperty(graphs, fc.nat(1000), async (random, shift) => {
    const readyOn = daysOf(random);
    const yesterday = newPath();
    const first = await readyOn(1);
    await open(yesterday, false, async (database) => expect(Object.values((await build(first, database)).statuses)).not.toContain("error"));
    const second = await readyOn(2);
    const planFile = join(folder, `plan-${made}.bin`);
    writeFileSync(planFile, v8.serialize(planFor(second)));
    const held = heldBack(random);
    const final = Object.fromEntries(random.models.map(({ name }) => [name, held.has(name) ? 1 : 2]));
    const checkLeft = async (path: string, heals: boolean): Promise<void> => {
      expectSound(await readDays(path, random), random);
      if (!heals) return;
      await open(path, false, async (database) => build(second, database));
      expect(await readDays(path, random)).toEqual(final);
    };

    // With one thread nothing else is being written while the files are copied.
    const running = copyFiles(yesterday);
    const left: string[] = [];
    await open(running, false, async (database) =>
      build(
        second,
        watched(database, () => left.push(copyFiles(running))),
        1,
      ),
    );
    for (const [i, path] of left.entries()) await checkLeft(path, i % 10 === 0);
    between += left.length;
    expect(await readDays(running, random)).toEqual(final);

    const kill = async (i: number): Promise<void> => {
      const path = copyFiles(yesterday);
      const number = 1 + ((Math.floor((i / killsEach) * left.length) + shift) % left.length);
      const ended = await inChild([planFile, path, String(number)]);
      // A build may have been over before the signal came: then it ended well.
      if (ended.signal !== "SIGKILL") expect(ended.code).toBe(0);
      killed++;
      await checkLeft(path, i === 0);
    };
    // Two at a time, as there are two cores.
    for (let i = 0; i < killsEach; i += 2) await Promise.all([kill(i), kill(i + 1)]);
  });
  await fc.assert(property, { numRuns: projects, endOnFailure: true });
  expect(killed).toBe(projects * killsEach);
  // Small projects have few moments: then more of them are built.
  while (killed + between < 100) await fc.assert(property, { numRuns: 1, endOnFailure: true });
}, 120_000);
