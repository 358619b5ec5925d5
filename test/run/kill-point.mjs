/**
 * Executes a plan in a process that kills itself: `node kill-point.mjs PLAN WAREHOUSE NUMBER` dies while statement NUMBER runs.
 */
import { readFileSync } from "node:fs";
import v8 from "node:v8";
import { duckdbDialect } from "../../dist/adapters/duckdb/dialect.js";
import { duckdbEngine } from "../../dist/adapters/duckdb/engine.js";
import { executePlan } from "../../dist/run/execute.js";

const [planFile, warehouse, number] = process.argv.slice(2);
const plan = v8.deserialize(readFileSync(planFile));
const opened = await duckdbEngine.open({ path: warehouse, readOnly: false, settings: { threads: 2 }, extensions: [], attach: [], lockTimeoutSeconds: 0 });
let count = 0;
const counted = (run) => {
  count++;
  if (count !== Number(number)) return run();
  const running = run();
  // The statement is under way in a thread of its own by now.
  setImmediate(() => process.kill(process.pid, "SIGKILL"));
  return running;
};
const connect = async () => {
  const connection = await opened.value.connect();
  return {
    ...connection,
    execute: (sql) => counted(() => connection.execute(sql)),
    query: (sql, parameters) => counted(() => connection.query(sql, parameters)),
    saveRows: (query, path, format) => counted(() => connection.saveRows(query, path, format)),
  };
};
await executePlan(plan, {
  database: { ...opened.value, connect },
  dialect: duckdbDialect,
  threads: 2,
  failFast: false,
  invocation: { invocationId: "11111111-2222-4333-8444-555555555555", startedAt: new Date().toISOString() },
  projectName: "shop",
  emit: () => undefined,
  signal: new AbortController().signal,
  failureFile: () => undefined,
});
