/**
 * Each rule of models/README.md has a unit test, each SQL model of `marts/` too, and the table there says which. UPDATE_RULES=1
 * writes its second column anew; the third, of tests of other kinds, is written by people.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = `${root}models/README.md`;
const rules = Array.from({ length: 36 }, (_, i) => i + 1);

interface UnitTest {
  readonly name: string;
  readonly model: string;
  readonly description?: string;
}

const unitTests = readdirSync(`${root}models`, { recursive: true, encoding: "utf8" })
  .filter((path) => /unit_tests.*\.yml$/.test(path))
  .flatMap((path) => (parse(readFileSync(`${root}models/${path}`, "utf8")) as { unit_tests: UnitTest[] }).unit_tests);

/** A test names its rule, and at the beginning of its description more than one: "Rules 5, 6 and 8." */
function rulesOf({ name, description = "" }: UnitTest): readonly number[] {
  const named = /^rule_(\d+)_/.exec(name)?.[1];
  const listed = /^Rules ([\d, and]+)\./.exec(description)?.[1] ?? "";
  return [...(named === undefined ? [] : [Number(named)]), ...(listed.match(/\d+/g) ?? []).map(Number)];
}

const modelsOf = (rule: number): string =>
  [...new Set(unitTests.filter((unitTest) => rulesOf(unitTest).includes(rule)).map(({ model }) => `\`${model}\``))].toSorted().join(" ");

const row = /^\| (\d+) \| (.*?) \| (.*?) \|$/gm;

test("the table of rules names the models whose unit tests hold them", () => {
  const text = readFileSync(readme, "utf8");
  const renewed = text.replace(row, (_, rule: string, _models: string, others: string) => `| ${rule} | ${modelsOf(Number(rule))} | ${others} |`);
  if (process.env["UPDATE_RULES"] === "1") writeFileSync(readme, renewed);
  else expect(text).toBe(renewed);
  expect([...renewed.matchAll(row)].map(([, rule]) => Number(rule))).toEqual(rules);
});

test("no rule is without a unit test", () => {
  expect(rules.filter((rule) => modelsOf(rule) === "")).toEqual([]);
});

test("no mart in SQL is without a unit test", () => {
  const tested = new Set(unitTests.map(({ model }) => model));
  const marts = readdirSync(`${root}models/marts`).filter((name) => name.endsWith(".sql"));
  expect(marts.map((name) => name.slice(0, -".sql".length)).filter((name) => !tested.has(name))).toEqual([]);
});

test("the other tests that the table names are there", () => {
  const named = [...readFileSync(readme, "utf8").matchAll(row)].flatMap(([, , , others = ""]) => [...others.matchAll(/`(.+?)`/g)].map(([, name]) => name));
  const gone = named.filter((name) => !existsSync(`${root}test/data/${name}.sql`) && !existsSync(`${root}test/${name}.test.ts`));
  expect(gone).toEqual([]);
});
