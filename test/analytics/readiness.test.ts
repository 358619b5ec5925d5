import { expect, test } from "vitest";
import { checkReadiness } from "../../src/analytics/readiness.ts";

const enough = { buyers: 500, historyDays: 180, daysSinceLastOrder: 30, buyersWithThreeOrders: 1, q: 1.01, correlation: -0.29 };

test("the limits themselves are enough", () => {
  expect(checkReadiness(enough).filter(({ ok }) => !ok)).toEqual([]);
});

test.each([
  ["at_least_buyers", { buyers: 499 }],
  ["at_least_history_days", { historyDays: 179 }],
  ["at_most_days_since_last_order", { daysSinceLastOrder: 31 }],
  ["at_least_buyers_with_three_orders", { buyersWithThreeOrders: 0 }],
  ["gamma_gamma_q_above", { q: 1 }],
  ["correlation_of_count_and_value_below", { correlation: -0.3 }],
] as const)("%s fails alone", (condition, change) => {
  expect(checkReadiness({ ...enough, ...change }).flatMap((row) => (row.ok ? [] : [row.condition]))).toEqual([condition]);
});

test("what is unknown is not met", () => {
  expect(checkReadiness({ ...enough, q: Number.NaN, correlation: Number.NaN }).filter(({ ok }) => !ok)).toHaveLength(2);
});
