/** The orders follow the purchase process whose constants are published, so that a fit can be checked against them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bgNbd, gammaGamma } from "../../src/sample/world.ts";
import { openSample, type SampleDatabase } from "./sample-database.ts";

let sample: SampleDatabase;
beforeAll(async () => {
  sample = await openSample({ customers: 8000 }, 2, "sample_orders");
});
afterAll(() => sample[Symbol.asyncDispose]());

/** Distance of a mean from what it should be, in standard errors. */
const standardErrors = (value: string, expected: number, from: string): Promise<number> =>
  sample.number(`select abs(avg(${value}) - ${expected}) / (stddev_samp(${value}) / sqrt(count(*))) from ${from}`);

describe("the purchase process", () => {
  test("draws rates with mean r / alpha", async () => {
    expect(await standardErrors("orders_per_day", bgNbd.r / bgNbd.alpha, "sample_people")).toBeLessThan(4);
  });

  test("draws rates with variance r / alpha²", async () => {
    const square = `(orders_per_day - ${bgNbd.r / bgNbd.alpha})`;
    expect(await standardErrors(`${square} * ${square}`, bgNbd.r / bgNbd.alpha ** 2, "sample_people")).toBeLessThan(4);
  });

  test("draws leaving probabilities with the mean and second moment of Beta(a, b)", async () => {
    const { a, b } = bgNbd;
    expect(await standardErrors("leave_probability", a / (a + b), "sample_people")).toBeLessThan(4);
    expect(await standardErrors("leave_probability * leave_probability", (a * (a + 1)) / ((a + b) * (a + b + 1)), "sample_people")).toBeLessThan(4);
  });

  test("leaves one-time buyers at the share (alpha / (alpha + T))^r", async () => {
    const oneTimers = `(
      select (count(*) = 1)::integer - pow(${bgNbd.alpha} / (${bgNbd.alpha} + any_value(exposure)), ${bgNbd.r}) as surplus
      from sample_purchases
      join (select n, is_legacy, (733 * 86400 - start_seconds) / 86400.0 as exposure from sample_people) using (n)
      where not is_legacy
      group by n
    )`;
    expect(await standardErrors("surplus", 0, oneTimers)).toBeLessThan(4);
  });

  test("draws order values with mean v p / (q - 1) per person", async () => {
    const { p, q, v } = gammaGamma;
    const perPerson = "(select avg(value) as value from sample_orders where kind = 'purchase' group by n)";
    expect(await standardErrors("value", (v * p) / (q - 1), perPerson)).toBeLessThan(4);
  });
});
