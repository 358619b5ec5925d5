/** Large audiences are normalised in threads: the same people come out, in order, and what fails in a thread fails the run. */
import { expect, test } from "vitest";
import { personMark } from "../../src/export/audience-identifiers.ts";
import { meta } from "../../src/export/identity/meta.ts";
import { toIdentifier } from "../../src/export/identity/to-identifier.ts";
import { normaliseBatches } from "../../src/export/normalise-batches.ts";
import type { NormaliseTask, StagedBatch } from "../../src/export/normalise-people.ts";
import type { ColumnBatch } from "../../src/ports/engine.ts";

const thread = new URL("../../dist/export/normalise-thread.js", import.meta.url);
const task: NormaliseTask = {
  platform: "meta",
  columns: [
    { key: "EXTERN_ID", options: {}, from: 0, countryFrom: undefined },
    { key: "FN", options: {}, from: 1, countryFrom: undefined },
    { key: "ZIP", options: {}, from: 2, countryFrom: 3 },
  ],
  today: "2026-06-30",
  secret: undefined,
};

/** Names and codes that repeat; a code that means another thing in another country; rows that are left out. */
const person = (i: number) => ({
  key: `k${i}`,
  standing: i % 7 === 0 ? "no_consent" : "eligible",
  values: [i % 11 === 0 ? " " : `u${i}`, ["Zoë ", "Ann", "1", null][i % 4], ["94035-1234", "00-950"][i % 2], ["US", "PL", null][i % 3]] as const,
});

async function* batchesOf(people: number, rows: number): AsyncGenerator<ColumnBatch> {
  for (let from = 0; from < people; from += rows) {
    const some = Array.from({ length: Math.min(rows, people - from) }, (_, i) => person(from + i));
    const columns = [0, 1, 2, 3].map((column) => some.map(({ values }) => values[column]));
    yield { rows: some.length, columns: [some.map(({ key }) => key), some.map(({ standing }) => standing), ...columns] };
  }
}

async function collect(batches: AsyncIterable<StagedBatch>) {
  const people: string[][] = [];
  const counts = new Map<string, number>();
  for await (const batch of batches) {
    const [keys = [], standings = [], identifiers = []] = [batch.memberKeys, batch.standings, batch.identifiers].map((text) => text.split(personMark));
    for (const [i, key] of keys.entries()) people.push([key, standings[i] ?? "", identifiers[i] ?? ""]);
    for (const [key, reasons] of batch.counts.rejects) {
      for (const [reason, times] of reasons) counts.set(`${key} ${reason}`, (counts.get(`${key} ${reason}`) ?? 0) + times);
    }
  }
  return { people, counts };
}

/** One value after another, with nothing remembered. */
function expected(people: number) {
  const counts = new Map<string, number>();
  const rows = Array.from({ length: people }, (_, i) => {
    const { key, standing, values } = person(i);
    if (standing !== "eligible") return [key, standing, ""];
    const found = task.columns.map((column) => {
      const country = column.countryFrom === undefined ? undefined : values[column.countryFrom];
      const identifier = toIdentifier(meta.keys.get(column.key) as never, values[column.from], { country, today: "2026-06-30" }, column.options);
      if (!identifier.ok) counts.set(`${column.key} ${identifier.reason}`, (counts.get(`${column.key} ${identifier.reason}`) ?? 0) + 1);
      return identifier.ok ? `${column.key}=${identifier.cell}` : "";
    });
    return found[0] === "" ? [key, "no_identifier", ""] : [key, "eligible", found.filter((line) => line !== "").join("\n")];
  });
  return { people: rows, counts };
}

test("many people are the same people in the same order, whoever normalised them", async () => {
  expect(await collect(normaliseBatches(batchesOf(50_000, 2048), task, thread))).toEqual(expected(50_000));
}, 60_000);

test("few people need no thread", async () => {
  const nowhere = new URL("file:///nowhere/thread.js");
  expect(await collect(normaliseBatches(batchesOf(5000, 2048), task, nowhere))).toEqual(expected(5000));
});

test("a thread that fails fails the run, and a run that fails ends its threads", async () => {
  const broken = new URL('data:text/javascript,throw new Error("broken")');
  await expect(collect(normaliseBatches(batchesOf(50_000, 2048), task, broken))).rejects.toThrow("broken");
  const ending = new URL("data:text/javascript,process.exit(0)");
  await expect(collect(normaliseBatches(batchesOf(50_000, 2048), task, ending))).rejects.toThrow("a thread that normalises has ended");
  const some = normaliseBatches(batchesOf(50_000, 2048), task, thread);
  for await (const batch of some) if (batch.memberKeys.startsWith("k20480")) break;
  expect((await some.next()).done).toBe(true);
});
