/** Survey answers and experiments that must not count as they stand, and orders whose lines repeat. X0601, X0701, X0801 and on. */
import { account, order } from "./builders.ts";
import type { PlantedRows, Row } from "./rows.ts";

const answer = (id: string, customer: string, score: number, at: string): Row => ({
  response_id: `NX${id}`,
  question: "recommend",
  customer_id: customer,
  survey_type: "nps",
  score,
  answered_at: at,
});

const answers = [
  // Rule 29. Only whole numbers from 0 to 10 count: three answers that do not.
  answer("601", "X0601", 11, "2026-04-05T03:00:00Z"),
  answer("602", "X0602", -1, "2026-04-05T03:00:00Z"),
  answer("603", "X0603", 7.5, "2026-04-05T03:00:00Z"),
  // Rule 29. Two answers in one month: the last one, a promoter.
  answer("604a", "X0604", 3, "2026-04-05T03:00:00Z"),
  answer("604b", "X0604", 9, "2026-04-25T03:00:00Z"),
];

const drawn = (customer: string, arm: string, exposedAt: string | null = null): Row => ({
  experiment_id: "planted_tiny",
  customer_id: customer,
  arm,
  assigned_at: "2026-04-01T00:00:00Z",
  exposed_at: exposedAt,
  planned_treatment_share: 0.5,
});

const arms = [
  // Rule 28. In treatment without ever seeing it: counts as treated. Four people: too few for a verdict.
  drawn("X0701", "treatment"),
  drawn("X0702", "treatment", "2026-04-02T03:00:00Z"),
  drawn("X0703", "holdout"),
  drawn("X0704", "holdout"),
];

const line = (orderId: string, lineNo: number | null, amount: number): Row => ({
  order_id: orderId,
  line_no: lineNo,
  product_id: "P001",
  category: "skincare",
  quantity: 1,
  unit_price: amount,
  line_amount: amount,
});

const orders = [
  order("70101", "X0701", "2026-04-05T03:00:00Z"),
  // Rule 9. The till wrote two equal lines: two articles, 50,000 won.
  order("80101", "X0801", "2026-04-05T03:00:00Z", { channel: "store", store_id: "ST01" }),
  // Rule 9. Line 1 stands twice under its number: a copy, 25,000 + 25,000 won with line 2.
  order("80201", "X0802", "2026-04-05T03:00:00Z"),
];

/** Lines of the orders that say something about lines; every other planted order has one. */
export const specialLines: readonly Row[] = [
  line("X80101", null, 25_000),
  line("X80101", null, 25_000),
  line("X80201", 1, 25_000),
  line("X80201", 1, 25_000),
  line("X80201", 2, 25_000),
];

export const oneLine = (row: Row): Row => line(String(row["order_id"]), 1, Number(row["gross"]));

export const plantedAnswers: PlantedRows = {
  raw_customers: ["X0601", "X0602", "X0603", "X0604", "X0701", "X0702", "X0703", "X0704", "X0801", "X0802"].map((id) =>
    account(id, `${id.toLowerCase()}@example.com`),
  ),
  raw_orders: orders,
  raw_survey_responses: answers,
  raw_experiments: arms,
};
