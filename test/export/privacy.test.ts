/** No plain identifier anywhere: everything that exports write, print and return is searched for every one of the sample, also in disguise. */
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { renderExportPlan, renderExportReport } from "../../src/export/render-plan.ts";
import { ExportProject, peopleTable } from "./export-project.ts";
import { KnownPeople, textsBelow } from "./plain-text-search.ts";
import { failing } from "./recording-destination.ts";

let project: ExportProject;
afterEach(() => project?.dispose());

const yaml = `exports:
  - name: winback
    model: people
    primary_key: customer_id
    destination: files
    audience: {name: Win back}
    identifiers:
      EXTERN_ID: customer_id
      EMAIL: email
      PHONE: {column: phone, default_country: country}
      MADID: advertising_id
      FN: first_name
      LN: last_name
      CT: city
      ZIP: zip
      DOB: born
    consent: {column: ads_consent}
    suppress: [do_not_contact]
    holdout: {percent: 10, salt: winback}
    guards: {max_remove_pct: 60}
`;

const people = Array.from({ length: 40 }, (_, i) => ({
  customer_id: `customer-no-${1000 + i}`,
  email: ` Person.${i}.Qx@Example-Mail.com `,
  phone: `+44 (0)20 7946 0${100 + i}`,
  advertising_id: `AECE52E7-03EE-455A-B3C4-E5728396${6200 + i}`,
  first_name: `Zoë-Given${"abcdefghij"[i % 10]}${"klmn"[Math.floor(i / 10)]}`,
  last_name: `O'Family${"abcdefghij"[i % 10]}${"klmn"[Math.floor(i / 10)]}`,
  city: `São Town${"abcdefghij"[i % 10]}${"klmn"[Math.floor(i / 10)]}`,
  zip: `ZZ${20000 + i}`,
  born: `19${50 + i}-07-19`,
}));

const hashedByMeta = ["email", "phone", "first_name", "last_name", "city", "zip", "born"] as const;
const sentPlain = ["customer_id", "advertising_id"] as const;

/** As it was typed, trimmed, in lower case, without its symbols, as digits without "+": what a leak would look like. */
function disguises(value: string): readonly string[] {
  const bare = value.trim();
  const lower = bare.toLowerCase();
  const letters = lower.replace(/[^\p{L}\p{N}]/gu, "");
  const folded = letters.normalize("NFKD").replace(/\p{M}/gu, "");
  const digits = bare.replace(/\(0\)/, "").replace(/\D/g, "");
  return [value, bare, lower, bare.toUpperCase(), letters, folded, ...(digits.length >= 8 ? [digits] : [])];
}

const table =
  "create or replace table main.people (customer_id varchar, email varchar, phone varchar, country varchar, advertising_id varchar, first_name varchar, last_name varchar, city varchar, zip varchar, born varchar, ads_consent boolean)";
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function build(consents: (i: number) => boolean, from = 0): Promise<void> {
  const rows = people
    .slice(from)
    .map(
      (p, i) =>
        `(${[p.customer_id, p.email, p.phone, "GB", p.advertising_id, p.first_name, p.last_name, p.city, p.zip, p.born].map(quote).join(", ")}, ${consents(i)})`,
    );
  await project.build(`${table}; insert into main.people values ${rows.join(", ")}`);
}

test("nothing that is written, printed or returned holds one", async () => {
  project = await ExportProject.create(yaml);
  await project.built("do_not_contact");
  await project.build(`create table main.do_not_contact as select ${quote(people[3]?.customer_id ?? "")} as customer_id`);
  const said: string[] = [];
  const runs = [
    () => build((i) => i % 5 > 0),
    () => project.run({ destination: failing(new Error("no answer")) }),
    () => project.run(),
    () => build((i) => i % 5 > 1),
    () => project.run(),
    () => build((i) => i > 30),
    () => project.run(),
    () => build(() => true, 39),
    () => project.plan(),
    () => project.build(`insert into main.people select * from main.people`),
    () => project.run(),
    () => build(() => true),
    () =>
      project.build(
        "alter table main.people rename to people_raw; create view main.people as select (email::integer)::varchar as email, * exclude (email) from main.people_raw",
      ),
    () => project.run(),
  ];
  for (const run of runs) {
    const outcome = await run();
    if (!outcome) continue;
    said.push(JSON.stringify(outcome));
    if (outcome.value) said.push("plan" in outcome.value ? renderExportReport(outcome.value) : renderExportPlan(outcome.value));
  }
  expect(said.join("\n")).toContain("RT0605");
  expect(said.join("\n")).toContain("RT0604");
  expect(said.join("\n")).toContain("RT0606");
  expect(said.join("\n")).toContain("cannot be converted");

  project.close();
  const inputs = ["warehouse.duckdb", "warehouse.duckdb.wal", "retain.yml", "exports/winback.yml"];
  const files = await textsBelow(project.directory, (path) => inputs.includes(path));
  const published = ["export_assignments", "export_members"].map((table) => `.retain/exports/${table}/dev.winback.parquet`);
  const written = ["winback.csv", "winback.manifest.json", "winback.remove.csv"].map((name) => `target/exports/${name}`);
  expect([...files.keys()].sort()).toEqual([...published, ".retain/state.duckdb", ...written]);
  // The database compresses text, so that its tables are read, too.
  const tables = await project.remembered("select table_name from information_schema.tables where table_schema = 'main'");
  expect(tables.map((row) => row["table_name"])).toEqual(expect.arrayContaining(["export_members", "export_assignments", "export_runs"]));
  const places = new Map<string, string>([["said", said.join("\n")], ...files]);
  for (const { table_name } of tables) places.set(`table ${table_name}`, JSON.stringify(await project.remembered(`select * from ${table_name}`)));
  for (const file of published) places.set(`rows of ${file}`, JSON.stringify(await project.remembered(`select * from '${join(project.directory, file)}'`)));
  expect(places.get("table export_members")).toContain("EMAIL=");

  const found = (values: readonly (keyof (typeof people)[number])[], allowed: readonly string[]) =>
    [...places]
      .filter(([place]) => !allowed.includes(place))
      .flatMap(([place, text]) =>
        values.flatMap((key) =>
          people.flatMap((p) =>
            disguises(p[key])
              .filter((plain) => text.includes(plain))
              .map(() => `${key} in ${place}`),
          ),
        ),
      );
  expect(found(hashedByMeta, [])).toEqual([]);
  // Meta takes these as they are: they stand in the upload files and in what a removal will need, and nowhere else.
  expect(found(sentPlain, ["target/exports/winback.csv", "target/exports/winback.remove.csv", "table export_members", ".retain/state.duckdb"])).toEqual([]);
});

test.each([
  ["an address in other letters", "token for ANNA.Qx@example.COM expired"],
  ["a phone as digits", "row 4: 447946095812"],
  ["a phone without its zero", '{"phone": "7946 095-812"}'],
])("the search that follows every test finds %s", async (_, leak) => {
  const known = new KnownPeople();
  known.gather("insert into people values (' Anna.Qx@Example.com ', '+44 (0)7946 095812', '0794 609 5812')");
  expect(known.foundIn(leak)).toHaveLength(1);
  expect(known.foundIn(`${"0123456789abcdef".repeat(4)} somebody@example.com 2026-07-01T09:00:00.000Z`)).toEqual([]);
  project = await ExportProject.create();
  await project.people("'u1', 'anna.qx@example.com', '+44 7946 095812', 'GB', null, true", "'u2', null, '0794 609 5812', 'GB', null, true");
  expect(await project.searchPlain()).toEqual([]);
  await project.write("target/log.txt", leak);
  expect(await project.searchPlain()).toEqual(["target/log.txt"]);
  await project.write("target/log.txt", "");
});

test.each<[string, string, boolean]>([
  ["a name without its accent and apostrophe", "greeting ozoe", true],
  ["a date of birth as digits", "19970216 was refused", true],
  ["an advertising id where it is hashed", "aece52e7-03ee-455a-b3c4-e57283966239", true],
  ["a key that is not handed on", '{"row": "U17"}', true],
  ["a city without its accent", "in sao paulo", true],
  ["a city as it was typed", "in São Paulo", true],
  ["a country, which is handed on", "KR", false],
])("the search that follows every test finds values of columns: %s", async (_, leak, isFound) => {
  project = await ExportProject.create(
    `exports:
  - name: winback
    model: people
    primary_key: customer_id
    destination: files
    format: tiktok
    audience: {name: Win back}
    identifiers: {EMAIL: email, MADID: advertising_id}
  - name: other
    model: people
    primary_key: customer_id
    destination: files
    format: meta
    audience: {name: Other}
    identifiers: {FN: phone, DOB: born, CT: city, EXTERN_ID: country}
`,
  );
  await project.build(`${peopleTable}; alter table main.people add column born date; alter table main.people add column city varchar`);
  const person = "'u17', 'a.qx@example.com', 'O''Zoë', 'KR', 'AECE52E7-03EE-455A-B3C4-E57283966239', true, '1997-02-16', 'São Paulo'";
  await project.build(`insert into main.people values (${person})`);
  expect(await project.searchPlain()).toEqual([]);
  await project.write("target/log.txt", leak);
  expect(await project.searchPlain()).toEqual(isFound ? ["target/log.txt"] : []);
  await project.write("target/log.txt", "");
});
