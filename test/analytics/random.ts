/** People made to order: draws purchase histories from the models' own assumptions, event by event, from a seed. */
import type { BgNbdParameters } from "../../src/analytics/bg-nbd.ts";
import type { GammaGammaParameters } from "../../src/analytics/gamma-gamma.ts";
import type { ParetoNbdParameters } from "../../src/analytics/pareto-nbd.ts";
import type { PurchaseHistory, SpendHistory } from "../../src/analytics/purchase-history.ts";

export function makeRandom(seed: number) {
  let state = seed >>> 0;
  /** Uniform in (0, 1): a Weyl sequence through a 32-bit mixer. */
  const uniform = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const exponential = (rate: number) => -Math.log(uniform()) / rate;
  /** Marsaglia and Tsang 2000. */
  const gamma = (shape: number, rate: number): number => {
    if (shape < 1) return gamma(shape + 1, rate) * uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / rate;
    }
  };
  const beta = (a: number, b: number): number => {
    const x = gamma(a, 1);
    return x / (x + gamma(b, 1));
  };
  const many = <T>(count: number, make: () => T): readonly T[] => Array.from({ length: count }, make);
  /** Ages between 26 and 52 weeks, as of people who came in the course of half a year. */
  const newAge = () => 26 + 26 * uniform();

  return {
    bgNbdHistories: ({ r, alpha, a, b }: BgNbdParameters, count: number): readonly PurchaseHistory[] =>
      many(count, () => {
        const [rate, leaving, age] = [gamma(r, alpha), beta(a, b), newAge()];
        let [repeatPurchases, recency] = [0, 0];
        for (let at = exponential(rate); at <= age; at += exponential(rate)) {
          repeatPurchases++;
          recency = at;
          if (uniform() < leaving) break;
        }
        return { repeatPurchases, recency, age };
      }),
    paretoNbdHistories: ({ r, alpha, s, beta: b }: ParetoNbdParameters, count: number): readonly PurchaseHistory[] =>
      many(count, () => {
        const [rate, age] = [gamma(r, alpha), newAge()];
        const end = Math.min(age, exponential(gamma(s, b)));
        let [repeatPurchases, recency] = [0, 0];
        for (let at = exponential(rate); at <= end; at += exponential(rate)) {
          repeatPurchases++;
          recency = at;
        }
        return { repeatPurchases, recency, age };
      }),
    spendHistories: ({ p, q, v }: GammaGammaParameters, count: number): readonly SpendHistory[] =>
      many(count, () => {
        const repeatPurchases = 1 + Math.floor(6 * uniform());
        const nu = gamma(q, v);
        const total = many(repeatPurchases, () => gamma(p, nu)).reduce((sum, value) => sum + value, 0);
        return { repeatPurchases, meanValue: total / repeatPurchases };
      }),
  };
}
