/** Descriptions that are written into the warehouse as comments. */
import { expect, test } from "vitest";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run, type Warehouse } from "../fixtures/warehouse.ts";

const commentsIn = async (warehouse: Warehouse) => ({
  relations: await warehouse.rows("select table_name, table_comment from information_schema.tables where table_comment is not null order by 1"),
  columns: await warehouse.rows(
    "select table_name || '.' || column_name, column_comment from information_schema.columns where column_comment is not null order by 1",
  ),
});

const settings = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n';
const files = {
  "models/m.yml": `models:
  - {name: t, config: {materialized: table}, description: "It's a table", sql: select 1 as "Id", columns: [{name: id, description: The key}, {name: gone, description: not there}]}
  - {name: v, description: A view, sql: 'select * from {{ref "t"}}', columns: [{name: Id, description: The same key}]}
`,
  "seeds/s.csv": "a\n1\n",
  "seeds/s.yml": "seeds: [{name: s, description: A seed, columns: [{name: a, data_type: integer, description: A number}]}]\n",
};

test("nothing is written unless it is asked for", async () => {
  const warehouse = await emptyWarehouse();
  await run(temporaryProject(files), warehouse);
  expect(await commentsIn(warehouse)).toEqual({ relations: [], columns: [] });
});

test("tables, views, seeds and their columns get their descriptions; the relation and its columns are asked for apart", async () => {
  const warehouse = await emptyWarehouse();
  const project = temporaryProject({
    ...files,
    "retain.yml": `${settings}models: {+persist_docs: {relation: true}}\nseeds: {+persist_docs: {columns: true}}\n`,
  });
  await run(project, warehouse);
  expect(await commentsIn(warehouse)).toEqual({
    relations: [
      ["t", "It's a table"],
      ["v", "A view"],
    ],
    columns: [["s.a", "A number"]],
  });
  const all = "{relation: true, columns: true}";
  project.write({ "retain.yml": `${settings}models: {+persist_docs: ${all}}\nseeds: {+persist_docs: ${all}}\n` });
  const { statuses } = await run(project, warehouse);
  expect(statuses).toEqual({ t: "success", v: "success", s: "success" });
  expect(await commentsIn(warehouse)).toEqual({
    relations: [
      ["s", "A seed"],
      ["t", "It's a table"],
      ["v", "A view"],
    ],
    columns: [
      ["s.a", "A number"],
      ["t.Id", "The key"],
      ["v.Id", "The same key"],
    ],
  });
});
