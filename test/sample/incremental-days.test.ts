/**
 * Models that are added to day by day hold what a full refresh would: over runs of several days, with rows that come in
 * days after they happened. Every incremental model of the shipped project takes part, however many there are.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyProject, type ShippedProject } from "./shipped-project.ts";

/** One row in seven of June comes in late. */
const isLate = (line: string, place: number): boolean => place % 7 === 3 && /2026-06-(?:0|1)\d/.test(line);

const latecomers = [
  "raw_messages",
  "raw_message_events",
  "raw_orders",
  "raw_refunds",
  "raw_carts",
  "raw_sessions",
  "raw_store_visits",
  "raw_app_events",
  "raw_consents",
  "raw_loyalty_ledger",
  "raw_tickets",
];

test("runs over several days, with what comes in late, end like a full refresh", { timeout: 400_000 }, async () => {
  using project = copyProject();
  const seed = (name: string) => join(project.folder, "seeds", `${name}.csv`);
  const whole = new Map(latecomers.map((name) => [name, readFileSync(seed(name), "utf8")]));
  for (const [name, text] of whole) {
    const lines = text.split("\n");
    const inTime = lines.filter((line, place) => place === 0 || !isLate(line, place));
    expect(inTime.length, name).toBeLessThan(lines.length);
    writeFileSync(seed(name), inTime.join("\n"));
  }
  expect(project.run("seed")).toBe(0);
  const models = incrementalModels(project);
  expect(models).toEqual(expect.arrayContaining(["int_campaign_days", "int_signals_daily"]));

  const upTo = (day: string, ...more: readonly string[]) => {
    // Late is late by up to 29 days here.
    const vars = JSON.stringify({ as_of: day, signal_late_days: 45, campaign_late_days: 45 });
    return project.run("run", "--select", ...models.map((name) => `+${name}`), "--vars", vars, ...more);
  };
  expect(upTo("2026-06-20")).toBe(0);
  const [[before]] = (await project.rows("select sum(attributed_orders + clicks) from int_campaign_days where sent_on <= '2026-06-18'")) as [[number]];
  for (const [name, text] of whole) writeFileSync(seed(name), text);
  expect(project.run("seed")).toBe(0);
  expect(upTo("2026-06-26")).toBe(0);
  expect(upTo("2026-06-30")).toBe(0);
  const added = await contents(project, models);
  const [[after]] = (await project.rows("select sum(attributed_orders + clicks) from int_campaign_days where sent_on <= '2026-06-18'")) as [[number]];
  expect(after).toBeGreaterThan(before);

  expect(upTo("2026-06-30", "--full-refresh")).toBe(0);
  expect(await contents(project, models)).toEqual(added);

  // Back in time, where nothing that came after may be left.
  expect(upTo("2026-06-15")).toBe(0);
  const back = await contents(project, models);
  expect(upTo("2026-06-15", "--full-refresh")).toBe(0);
  expect(await contents(project, models)).toEqual(back);
});

function incrementalModels(project: ShippedProject): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(project.folder, "target/manifest.json"), "utf8")) as {
    readonly nodes: Readonly<Record<string, { readonly name: string; readonly resource_type: string; readonly config: { readonly materialized?: string } }>>;
  };
  return Object.values(manifest.nodes)
    .filter(({ resource_type, config }) => resource_type === "model" && config.materialized === "incremental")
    .map(({ name }) => name)
    .sort();
}

async function contents(project: ShippedProject, models: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const entries: [string, unknown][] = [];
  for (const model of models) entries.push([model, await project.rows(`select * from ${model} order by all`)]);
  return Object.fromEntries(entries);
}
