/** What stops an export before a row is sent: unfit models, wrong declarations, keys that are none. Each at its place in the YAML. */
import { afterEach, describe, expect, test } from "vitest";
import { defaultExport, ExportProject, messages } from "./export-project.ts";

let project: ExportProject;
afterEach(() => project?.dispose());

const person = "'u1', 'u1@example.com', null, null, null, true";

async function problemsOf(exportYaml: string, sql = ""): Promise<readonly (readonly (string | undefined)[])[]> {
  project = await ExportProject.create(exportYaml);
  await project.people(person);
  if (sql) await project.build(sql);
  const planned = await project.plan();
  const ran = await project.run();
  expect(ran.diagnostics).toEqual(planned.diagnostics);
  expect([planned.value, ran.value]).toEqual([undefined, undefined]);
  expect(await project.files()).toEqual([]);
  return Promise.all(
    ran.diagnostics.map(async (diagnostic) => [`${diagnostic.code} ${diagnostic.message}`, await project.pointedAt(diagnostic), diagnostic.help]),
  );
}

describe("fitness", () => {
  test.each<[string, string, string]>([
    ["error", "untested", 'RT0602 "people" cannot be exported: its last build ended as error'],
    ["success", "fail", 'RT0602 "people" cannot be exported: its tests failed'],
    ["success", "untested", 'RT0602 "people" cannot be exported: it was built without running all of its tests'],
  ])("%s, %s", async (status, tested, message) => {
    project = await ExportProject.create();
    await project.people(person);
    await project.built("people", status, tested);
    const { value, diagnostics } = await project.run();
    expect(value).toBeUndefined();
    expect(messages({ diagnostics })).toEqual([message]);
    expect(await project.pointedAt(diagnostics[0] as never)).toBe("people");
    expect(await project.files()).toEqual([]);
  });

  test("suppressed models must be fit, too", async () => {
    expect(await problemsOf(`${defaultExport}    suppress: [never_built]\n`)).toEqual([
      [
        'RT0602 "never_built" cannot be exported: it was never built in the target "dev"',
        "never_built",
        "run `retain build --select +never_built`, then `retain export plan winback`",
      ],
    ]);
  });

  test("a relation that is gone", async () => {
    expect(await problemsOf(defaultExport, "drop table main.people")).toMatchObject([
      [expect.stringMatching(/^RT0602 "people" cannot be exported: reading it failed \(Table with name people does not exist/), "people", expect.any(String)],
    ]);
  });
});

describe("the declaration", () => {
  test("unknown columns, all of them, each with the nearest", async () => {
    const yaml = defaultExport
      .replace("primary_key: customer_id", "primary_key: customerid")
      .replace("EMAIL: email", "EMAIL: emial")
      .replace("default_country: country", "default_country: land")
      .replace("column: ads_consent", "column: ad_consent");
    expect(await problemsOf(yaml)).toEqual([
      ['RT0603 export "winback": the model "people" has no column "customerid" for the primary key', "customerid", 'did you mean "customer_id"?'],
      ['RT0603 export "winback": the model "people" has no column "emial" for EMAIL', "emial", 'did you mean "email"?'],
      [
        'RT0603 export "winback": the model "people" has no column "land" for the country of PHONE',
        "land",
        "its columns: customer_id, email, phone, country, advertising_id, ads_consent",
      ],
      ['RT0603 export "winback": the model "people" has no column "ad_consent" for consent', "ad_consent", 'did you mean "ads_consent"?'],
    ]);
  });

  test("identifiers that the platform does not have or does not take so", async () => {
    const yaml = defaultExport.replace("EMAIL: email", "EMIAL: email").replace("MADID: advertising_id", "MADID: {column: advertising_id, hashed: true}");
    expect(await problemsOf(yaml)).toEqual([
      ['RT0603 export "winback": meta has no identifier "EMIAL"', "EMIAL", 'did you mean "EMAIL"?'],
      [
        'RT0603 export "winback": meta takes MADID as it is, never hashed',
        "{column: advertising_id, hashed: true}",
        "take `hashed: true` away and name a column with plain values",
      ],
    ]);
  });

  test("identifiers that the upload file cannot hold", async () => {
    const found = await problemsOf(defaultExport.replace("EMAIL: email", "DOBM: email"));
    expect(found).toMatchObject([
      [expect.stringMatching(/^RT0603 export "winback": the upload file has no column for DOBM; it takes EMAIL, /), "identifiers", undefined],
    ]);
  });

  test("identifiers of which none finds a person", async () => {
    const yaml = defaultExport.replace(/identifiers:[\s\S]*advertising_id\n/, "identifiers: {FN: email, COUNTRY: country}\n");
    expect(await problemsOf(yaml)).toMatchObject([
      [
        'RT0603 export "winback": none of its identifiers finds a person by itself',
        "identifiers",
        expect.stringMatching(/^map at least one of EMAIL, PHONE, MADID/),
      ],
    ]);
  });

  test("consent that is not true or false", async () => {
    expect(await problemsOf(defaultExport.replace("column: ads_consent", "column: email"))).toMatchObject([
      ['RT0603 export "winback": the consent column "email" is varchar, not boolean', "email", expect.any(String)],
    ]);
  });

  test("suppressed models without the key, or with one that could not be compared", async () => {
    project = await ExportProject.create(`${defaultExport}    suppress: [no_key, other_key]\n`);
    await project.built("no_key");
    await project.built("other_key");
    await project.people(person);
    await project.build("create table main.no_key as select 1 as customer; create table main.other_key as select 1.0 as customer_id");
    expect(messages(await project.run())).toEqual([
      'RT0603 export "winback": "no_key" has no column "customer_id" to suppress people by',
      'RT0603 export "winback": "customer_id" is decimal(2,1) in "other_key" and varchar in "people"',
    ]);
  });
});

describe("rows", () => {
  test("keys that repeat or are missing", async () => {
    expect(
      await problemsOf(defaultExport, "insert into main.people select * from main.people; insert into main.people (customer_id) values (null), (''), ('u2')"),
    ).toEqual([
      [
        'RT0606 in "people", 3 rows repeated or without the key "customer_id"',
        "customer_id",
        "give the model one row per person and test its key with unique and not_null",
      ],
    ]);
  });

  test("a model that gives other rows each time is read once, so that its numbers fit each other", async () => {
    project = await ExportProject.create();
    await project.build(
      "drop table main.people; create view main.people as select 'u' || i as customer_id, i || '@example.com' as email, null::varchar as phone, null::varchar as country, null::varchar as advertising_id, random() < 0.5 as ads_consent from range(5000) as r(i) where random() < 0.5",
    );
    const { value } = await project.run();
    const { people = 0, eligible = 0, leftOut } = value?.plan.counts ?? {};
    expect(people).toBeLessThan(5000);
    expect(eligible + (leftOut?.no_consent ?? 0)).toBe(people);
    expect(await project.exported("winback.csv")).toHaveLength(eligible);
  });

  test("a value that the warehouse cannot convert is not repeated", async () => {
    const found = await problemsOf(
      defaultExport,
      "alter table main.people rename to raw; create view main.people as select customer_id, (email::integer)::varchar as email, phone, country, advertising_id, ads_consent from main.raw",
    );
    expect(found).toMatchObject([
      [
        'RT0602 "people" cannot be exported: reading it failed (a value cannot be converted; `retain show` of the model says more)',
        "people",
        expect.any(String),
      ],
    ]);
    expect(JSON.stringify(found)).not.toContain("u1@example.com");
  });
});
