import { test } from "vitest";
import { ExportProject } from "./export-project.ts";
const spent = new Map<string, [number, number]>();
function timed<T extends object>(real: any): any {
  const wrap = (name: string) => async (sql: string, ...rest: unknown[]) => { const t = performance.now(); try { return await real[name](sql, ...rest); } finally { const k = name + " " + sql.replace(/\s+/g, " ").slice(0, 70); const e = spent.get(k) ?? [0, 0]; spent.set(k, [e[0] + performance.now() - t, e[1] + 1]); } };
  return { ...real, execute: wrap("execute"), query: wrap("query"), stream: async function* (sql: string) { let t = performance.now(); for await (const b of real.stream(sql)) { const k = "stream " + sql.slice(0, 40); const e = spent.get(k) ?? [0, 0]; spent.set(k, [e[0] + performance.now() - t, e[1] + 1]); yield b; t = performance.now(); } } };
}
test("scale", async () => {
  const project = await ExportProject.create();
  for (const n of [80000, 300000]) {
    spent.clear();
    await project.build(`create or replace table main.people as select 'u' || i as customer_id, 'person' || i || '@example.com' as email, '+1650555' || lpad((i % 10000)::varchar, 4, '0') as phone, 'US' as country, null::varchar as advertising_id, true as ads_consent from range(${n}) as r(i)`);
    const t = performance.now();
    const first = await project.run({ wrap: (r: any) => ({ ...r, warehouse: timed(r.warehouse), state: { ...r.state, connection: timed(r.state.connection) } }) } as never);
    console.log(n, "ms", Math.round(performance.now() - t), first.value?.status, "\n" + [...spent].sort((a, b) => b[1][0] - a[1][0]).map(([k, [v, c]]) => `${Math.round(v)} ms x${c} ${k}`).join("\n"));
  }
  await project.dispose();
}, 600000);
