/**
 * BG/NBD (Fader, Hardie, Lee 2005, "Counting Your Customers" the Easy Way): while alive a customer buys at a Poisson rate
 * drawn from Gamma(r, alpha); after each purchase the customer leaves with a probability drawn from Beta(a, b). Time has the
 * unit of the histories that were fitted; alpha has that unit, too.
 */
import { countCustomers, type Fit, fitPositive } from "./fit.ts";
import { logGaussHypergeometric } from "./gauss-hypergeometric.ts";
import { logBeta, logGamma } from "./log-gamma.ts";
import { assertSound, findHistoryProblem, type PurchaseHistory } from "./purchase-history.ts";

export interface BgNbdParameters {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

const names = ["r", "alpha", "a", "b"] as const;

/** Throws a RangeError for histories that cannot be. */
export function fitBgNbd(histories: readonly PurchaseHistory[]): Fit<(typeof names)[number]> {
  assertSound(histories, findHistoryProblem);
  const customers = countCustomers(histories);
  // A typical age as the first guess of alpha keeps the search short whatever the unit of time.
  const meanAge = histories.reduce((sum, { age, customers: n = 1 }) => sum + age * n, 0) / customers;
  return fitPositive({ names, customers, start: { alpha: Math.max(meanAge, 1e-6) }, logLikelihood: (parameters) => logLikelihoodBgNbd(parameters, histories) });
}

/** Equation 6 of the paper, summed over customers. */
export function logLikelihoodBgNbd({ r, alpha, a, b }: BgNbdParameters, histories: readonly PurchaseHistory[]): number {
  // All that depends on the count alone is the same for everybody with that count.
  const ofCount = new Map<number, number>();
  const constant = r * Math.log(alpha) - logGamma(r) - logBeta(a, b);
  const countPart = (x: number): number => {
    const known = ofCount.get(x);
    if (known !== undefined) return known;
    const value = logGamma(r + x) + constant + logBeta(a, b + x);
    ofCount.set(x, value);
    return value;
  };
  let sum = 0;
  for (const { repeatPurchases: x, recency, age, customers = 1 } of histories) {
    const still = -(r + x) * Math.log(alpha + age);
    let time = still;
    if (x > 0) {
      const left = Math.log(a) - Math.log(b + x - 1) - (r + x) * Math.log(alpha + recency);
      time = Math.max(still, left) + Math.log1p(Math.exp(-Math.abs(still - left)));
    }
    sum += customers * (countPart(x) + time);
  }
  return sum;
}

/** The chance that the customer is still one at the end of observation; 1 for one-time buyers, who by definition cannot have left. */
export function probabilityAliveBgNbd({ r, alpha, a, b }: BgNbdParameters, { repeatPurchases: x, recency, age }: PurchaseHistory): number {
  if (x === 0) return 1;
  return 1 / (1 + (a / (b + x - 1)) * ((alpha + age) / (alpha + recency)) ** (r + x));
}

/** Purchases to expect within `time` after the end of observation (equation 10). */
export function expectedPurchasesBgNbd(parameters: BgNbdParameters, history: PurchaseHistory, time: number): number {
  const { r, alpha, a, b } = parameters;
  // At a = 1 the formula is 0 / 0 and its limit is what both sides come to.
  if (Math.abs(a - 1) < 1e-6) {
    const beside = (shift: number) => expectedPurchasesBgNbd({ ...parameters, a: 1 + shift }, history, time);
    return (beside(-2e-6) + beside(2e-6)) / 2;
  }
  const { repeatPurchases: x, age } = history;
  const { sign, log } = logGaussHypergeometric(r + x, b + x, a + b + x - 1, time / (alpha + age + time));
  const decay = sign * Math.exp((r + x) * Math.log((alpha + age) / (alpha + age + time)) + log);
  return ((a + b + x - 1) / (a - 1)) * (1 - decay) * probabilityAliveBgNbd(parameters, history);
}
