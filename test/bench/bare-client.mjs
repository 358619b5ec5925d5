/**
 * The yardstick of `retain build`: sends the statements of a plan to DuckDB and does nothing else. A fair one: the plan is
 * retain's own, so the SQL is the same to the letter; it has as many connections, each of which sends the next statement
 * whose parents are there, as a transaction of its own; and the database file is as new.
 * node bare-client.mjs PLAN_JSON DATABASE CONNECTIONS
 */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { DuckDBInstance } from "@duckdb/node-api";

const [planFile, database, connections] = process.argv.slice(2);
const { stages } = JSON.parse(readFileSync(planFile, "utf8"));
const parentsLeft = new Map(stages.map((stage) => [stage.unique_id, stage.depends_on.length]));
const children = new Map(stages.map((stage) => [stage.unique_id, []]));
for (const stage of stages) for (const parent of stage.depends_on) children.get(parent).push(stage);
const ready = stages.filter((stage) => stage.depends_on.length === 0);
const idle = [];
let sent = 0;

const instance = await DuckDBInstance.create(database);
const began = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, async () => send(await instance.connect())));
const seconds = (performance.now() - began) / 1000;
instance.closeSync();
if (sent !== stages.length) throw new Error(`only ${sent} of ${stages.length} stages could be sent`);
console.log(JSON.stringify({ stages: sent, seconds }));

/** Works until nothing is left; a connection without work sleeps until another one has made some. */
async function send(connection) {
  for (;;) {
    const stage = ready.shift();
    if (stage === undefined) {
      if (sent === stages.length || idle.length === Number(connections) - 1) break;
      await new Promise((wake) => idle.push(wake));
      continue;
    }
    for (const sql of stage.sql) await connection.run(sql);
    sent++;
    for (const child of children.get(stage.unique_id)) {
      const left = parentsLeft.get(child.unique_id) - 1;
      parentsLeft.set(child.unique_id, left);
      if (left === 0) ready.push(child);
    }
    for (const wake of idle.splice(0)) wake();
  }
  for (const wake of idle.splice(0)) wake();
  connection.closeSync();
}
