/**
 * What the purchase models know of a customer, in the meaning of "buy till you die" models: recency is the time from the
 * first to the last purchase, not the time since the last one as in RFM. Checks the five conditions that a history meets.
 */

export interface PurchaseHistory {
  /** x: periods with a purchase after the first one. A whole number. */
  readonly repeatPurchases: number;
  /** t_x: time from the first to the last purchase. 0 for one-time buyers. */
  readonly recency: number;
  /** T: time from the first purchase to the end of observation, in the same unit. */
  readonly age: number;
  /** How many customers have exactly this history; 1 by default. Lets a caller group equal ones. */
  readonly customers?: number;
}

export interface SpendHistory {
  /** x, as above; only customers with at least one repeat purchase tell something about spending. */
  readonly repeatPurchases: number;
  /** Mean value of the repeat purchases; positive. */
  readonly meanValue: number;
  readonly customers?: number;
}

/** What is wrong with a history, in words; undefined for a sound one. */
export function findHistoryProblem({ repeatPurchases: x, recency, age, customers = 1 }: PurchaseHistory): string | undefined {
  if (!Number.isInteger(x) || x < 0) return `the number of repeat purchases must be a whole number from 0, not ${x}`;
  if (!(recency >= 0 && age >= 0)) return `recency and age must be numbers from 0, not ${recency} and ${age}`;
  if (recency > age) return `recency (${recency}) is longer than age (${age}): the last purchase lies after the end of observation`;
  if (x === 0 && recency !== 0) return `recency is ${recency} without a repeat purchase; it must be 0`;
  if (x > 0 && recency === 0) return `${x} repeat purchases lie in the period of the first one: squash purchases of one period first`;
  if (!(customers > 0)) return `the number of customers must be positive, not ${customers}`;
  return undefined;
}

export function findSpendProblem({ repeatPurchases: x, meanValue, customers = 1 }: SpendHistory): string | undefined {
  if (!Number.isInteger(x) || x < 1) return `spending needs at least one repeat purchase, not ${x}`;
  if (!(meanValue > 0) || !Number.isFinite(meanValue)) return `the mean value must be a positive number, not ${meanValue}`;
  if (!(customers > 0)) return `the number of customers must be positive, not ${customers}`;
  return undefined;
}

/** Throws at the first unsound member: a fit over wrong input would look like any other. */
export function assertSound<T>(items: readonly T[], findProblem: (item: T) => string | undefined): void {
  if (items.length === 0) throw new RangeError("there is no customer to fit");
  for (const [i, item] of items.entries()) {
    const problem = findProblem(item);
    if (problem !== undefined) throw new RangeError(`customer ${i}: ${problem}`);
  }
}
