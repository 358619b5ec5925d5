/**
 * Gamma-Gamma (Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value"): a customer's purchases are worth
 * Gamma(p, nu) each, and nu is drawn from Gamma(q, v). Values must not depend on how often somebody buys.
 */
import { countCustomers, type Fit, fitPositive } from "./fit.ts";
import { logGamma } from "./log-gamma.ts";
import { assertSound, findSpendProblem, type SpendHistory } from "./purchase-history.ts";

export interface GammaGammaParameters {
  readonly p: number;
  readonly q: number;
  /** In the unit of the values. */
  readonly v: number;
}

const names = ["p", "q", "v"] as const;

/** Throws a RangeError for histories that cannot be. Only q > 1 gives a finite mean: check it before using the fit. */
export function fitGammaGamma(histories: readonly SpendHistory[]): Fit<(typeof names)[number]> {
  assertSound(histories, findSpendProblem);
  const customers = countCustomers(histories);
  const mean = histories.reduce((sum, { meanValue, customers: n = 1 }) => sum + meanValue * n, 0) / customers;
  return fitPositive({ names, customers, start: { p: 2, q: 2, v: mean }, logLikelihood: (parameters) => logLikelihoodGammaGamma(parameters, histories) });
}

export function logLikelihoodGammaGamma({ p, q, v }: GammaGammaParameters, histories: readonly SpendHistory[]): number {
  const ofCount = new Map<number, number>();
  const constant = q * Math.log(v) - logGamma(q);
  const countPart = (x: number): number => {
    const known = ofCount.get(x);
    if (known !== undefined) return known;
    const value = logGamma(p * x + q) - logGamma(p * x) + constant + p * x * Math.log(x);
    ofCount.set(x, value);
    return value;
  };
  let sum = 0;
  for (const { repeatPurchases: x, meanValue: m, customers = 1 } of histories) {
    sum += customers * (countPart(x) + (p * x - 1) * Math.log(m) - (p * x + q) * Math.log(x * m + v));
  }
  return sum;
}

/** Mean value of a purchase over the whole population; NaN unless q > 1. */
export function populationMeanValue({ p, q, v }: GammaGammaParameters): number {
  return q > 1 ? (v * p) / (q - 1) : Number.NaN;
}

/** What a purchase of this customer is worth on average: own mean and population mean, weighted. NaN unless q > 1. */
export function expectedValue(parameters: GammaGammaParameters, history: Pick<SpendHistory, "repeatPurchases" | "meanValue"> | undefined): number {
  const { p, q, v } = parameters;
  if (!(q > 1)) return Number.NaN;
  if (history === undefined || history.repeatPurchases === 0) return populationMeanValue(parameters);
  const { repeatPurchases: x, meanValue: m } = history;
  return (p * (v + x * m)) / (p * x + q - 1);
}
