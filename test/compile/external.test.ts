/** What an external model may say of where it goes. */
import { describe, expect, test } from "vitest";
import { openReady, temporaryProject } from "../fixtures/temporary-project.ts";
import { planFor } from "../fixtures/warehouse.ts";

const files = (config: string) => ({ "models/m.yml": `models: [{name: m, config: {materialized: external, ${config}}, sql: select 1 as id}]\n` });
const said = async (config: string) => (await temporaryProject(files(config)).open()).said;

describe("settings that cannot be", () => {
  test.each([
    ["schema: main", /^RT0324 error models\/m\.yml:1:43 external model "m" needs a location$/],
    ["location: s3://bucket/x.parquet", /^RT0324 .* cannot write to s3:\/\/bucket\/x\.parquet$/],
    ["location: 'files/*.parquet'", /^RT0324 .* location files\/\*\.parquet is a pattern$/],
    ["location: files/x", /^RT0324 .* the ending of files\/x does not tell its format$/],
    ["location: files/, format: csv", /^RT0324 .* location files\/ is a folder$/],
    ['location: \'{{var "none" ""}}\'', /^RT0324 .* has an empty location$/],
    ["location: x.parquet, format: avro", /^RT0104 .*config\.format: must be one of parquet, csv, json$/],
    ["location: x.parquet, incremental_strategy: merge", /^RT0324 .* cannot be written by merge$/],
    ["location: x.parquet, incremental_strategy: insert_overwrite", /^RT0324 .* needs partition_by to be written by partition$/],
    ["location: x, partition_by: d, on_schema_change: ignore", /^RT0324 .* has no ignore$/],
    ["location: '{{nope}}.parquet'", /^RT0301 error models\/m\.yml:1:66 "nope" is not defined here$/],
  ])("%s", async (config, expected) => {
    expect(await said(config)).toEqual([expect.stringMatching(expected)]);
  });

  test("two models of one location", async () => {
    const { said: found } = await temporaryProject({
      "models/m.yml": `models:
  - {name: a, config: {materialized: external, location: files/x.parquet}, sql: select 1 as id}
  - {name: b, config: {materialized: external, location: ./files/X.parquet}, sql: select 1 as id}
`,
    }).open();
    expect(found).toEqual(['RT0324 error models/m.yml:3:58 external model "b" would write ./files/X.parquet, which "a" writes']);
  });
});

test.each([
  ["location: out/x.csv.gz", { format: "csv", partitionBy: [], newRows: undefined }],
  ["location: out/x.ndjson", { format: "json" }],
  ["location: out/x.txt, format: json", { format: "json" }],
  ["location: out/x, partition_by: d", { format: "parquet", partitionBy: ["d"], newRows: undefined }],
  ["location: out/x, partition_by: [d, e], incremental_strategy: insert_overwrite", { partitionBy: ["d", "e"], newRows: { text: "select 1 as id" } }],
  ["location: 'out/{{target.name}}.csv'", { location: "out/dev.csv" }],
])("%s", async (config, expected) => {
  const ready = await openReady(temporaryProject(files(config)));
  const [stage] = planFor(ready).stages;
  expect(stage).toMatchObject({ materialized: "external", relationType: "view", files: expected });
  const path = stage?.kind === "model" ? stage.files?.path : "";
  expect(path?.startsWith(`${ready.config.projectDir.replaceAll("\\", "/")}/out/`)).toBe(true);
});
