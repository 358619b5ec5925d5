/**
 * Discounted value of the purchases to come: the expected purchases of each month times their expected value, discounted
 * month by month as the convention of the field has it. A month has `monthLength` units of the model's time (30 days by default).
 */

export interface LifetimeValueRequest {
  /** Expected purchases within a time after the end of observation, cumulative. */
  readonly expectedPurchases: (time: number) => number;
  /** Expected value of one purchase. */
  readonly expectedValue: number;
  readonly months: number;
  /** Interest a month, such as 0.01; 0 for none. */
  readonly monthlyDiscountRate: number;
  readonly monthLength?: number;
}

export function discountedLifetimeValue({ expectedPurchases, expectedValue, months, monthlyDiscountRate, monthLength = 30 }: LifetimeValueRequest): number {
  let value = 0;
  let before = 0;
  for (let month = 1; month <= months; month++) {
    const until = expectedPurchases(month * monthLength);
    value += ((until - before) * expectedValue) / (1 + monthlyDiscountRate) ** month;
    before = until;
  }
  return value;
}
