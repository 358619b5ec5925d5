/** Names of generic tests follow dbt's rule, so that people who come from there find their tests again. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { nameGenericTest } from "../../src/parse/test-name.ts";
import { openReady, temporaryProject } from "../fixtures/temporary-project.ts";

test.each([
  ["unique", "orders", { column_name: "order_id" }, "unique_orders_order_id"],
  ["accepted_values", "orders", { column_name: "status", values: ["placed", "shipped"] }, "accepted_values_orders_status__placed__shipped"],
  ["accepted_values", "o", { column_name: "n", quote: false, values: [1, 2] }, "accepted_values_o_n__False__1__2"],
  ["relationships", "orders", { column_name: "customer_id", field: "id", to: "ref('customers')" }, "relationships_orders_customer_id__id__ref_customers_"],
  ["not_null", "source_shop_orders", { column_name: "id" }, "not_null_source_shop_orders_id"],
  ["expression_is_true", "t", { expression: "a >= 0 and b" }, "expression_is_true_t_a_0_and_b"],
  ["in_range", "t", { min: null, max: true, options: { z: 1, a: "x" } }, "in_range_t_True__None__1__x"],
  ["empty", "t", {}, "empty_t_"],
  ["unique", "주문", { column_name: "번호" }, "unique_주문__"],
] as const)("%s of %s with %j is %s", (name, owner, keywords, expected) => {
  expect(nameGenericTest(name, owner, keywords)).toEqual({ name: expected, fullName: expected });
});

test("a name of 63 characters stays, one of 64 is cut to 30 and hashed", () => {
  const owner = "o".repeat(63 - "unique__id".length);
  expect(nameGenericTest("unique", owner, { column_name: "id" }).name).toHaveLength(63);
  const { name, fullName } = nameGenericTest("unique", `${owner}o`, { column_name: "id" });
  expect(fullName).toBe(`unique_${owner}o_id`);
  expect(name).toBe(`${fullName.slice(0, 30)}_${createHash("md5").update(fullName).digest("hex")}`);
});

test("arguments name a test the same under `arguments:` and bare; settings do not", async () => {
  const project = (body: string) =>
    temporaryProject({ "models/m.yml": `models: [{name: m, sql: select 1 as s, columns: [{name: s, tests: [{accepted_values: ${body}}]}]}]\n` });
  const names = async (body: string) => {
    const { graph } = await openReady(project(body));
    return [...graph.nodes.values()].filter((node) => node.resourceType === "test").map((node) => `${node.name} ${node.uniqueId}`);
  };
  const bare = await names("{values: [1]}");
  expect(bare).toEqual([expect.stringMatching(/^accepted_values_m_s__1 test\.shop\.accepted_values_m_s__1\.[0-9a-f]{10}$/)]);
  expect(await names("{arguments: {values: [1]}}")).toEqual(bare);
  expect(await names("{values: [1], severity: warn}")).toEqual(bare);
  expect(await names("{values: [1], config: {severity: warn}, description: why}")).toEqual(bare);
  expect(await names("{name: mine, values: [1]}")).toEqual([expect.stringMatching(/^mine test\.shop\.mine\.[0-9a-f]{10}$/)]);
});
