/**
 * Pareto/NBD (Schmittlein, Morrison, Colombo 1987; formulas as in Fader and Hardie 2005, "A Note on Deriving the Pareto/NBD
 * Model"): a customer buys at a Poisson rate drawn from Gamma(r, alpha) over a lifetime whose exponential rate is drawn
 * from Gamma(s, beta). Unlike in BG/NBD, one-time buyers may have left, too.
 */
import { countCustomers, type Fit, fitPositive } from "./fit.ts";
import { logGaussHypergeometric } from "./gauss-hypergeometric.ts";
import { logGamma } from "./log-gamma.ts";
import { assertSound, findHistoryProblem, type PurchaseHistory } from "./purchase-history.ts";

export interface ParetoNbdParameters {
  readonly r: number;
  readonly alpha: number;
  readonly s: number;
  readonly beta: number;
}

const names = ["r", "alpha", "s", "beta"] as const;

/** Throws a RangeError for histories that cannot be. */
export function fitParetoNbd(histories: readonly PurchaseHistory[]): Fit<(typeof names)[number]> {
  assertSound(histories, findHistoryProblem);
  const customers = countCustomers(histories);
  const meanAge = Math.max(histories.reduce((sum, { age, customers: n = 1 }) => sum + age * n, 0) / customers, 1e-6);
  return fitPositive({
    names,
    customers,
    start: { alpha: meanAge, beta: meanAge },
    logLikelihood: (parameters) => logLikelihoodParetoNbd(parameters, histories),
  });
}

export function logLikelihoodParetoNbd(parameters: ParetoNbdParameters, histories: readonly PurchaseHistory[]): number {
  const { r, alpha, s, beta } = parameters;
  const constant = r * Math.log(alpha) + s * Math.log(beta) - logGamma(r);
  let sum = 0;
  for (const history of histories) {
    const { repeatPurchases: x, age, customers = 1 } = history;
    const alive = -(r + x) * Math.log(alpha + age) - s * Math.log(beta + age);
    const gone = logOddsPart(parameters, history);
    const time = Math.max(alive, gone) + Math.log1p(Math.exp(-Math.abs(alive - gone)));
    sum += customers * (constant + logGamma(r + x) + time);
  }
  return sum;
}

/** ln of s / (r + s + x) * A0: the weight of having left somewhere between the last purchase and the end of observation. */
function logOddsPart({ r, alpha, s, beta }: ParetoNbdParameters, { repeatPurchases: x, recency, age }: PurchaseHistory): number {
  const exponent = r + s + x;
  const [larger, difference, second] = alpha >= beta ? [alpha, alpha - beta, s + 1] : [beta, beta - alpha, r + x];
  const part = (time: number): number => {
    const { log } = logGaussHypergeometric(exponent, second, exponent + 1, difference / (larger + time));
    return log - exponent * Math.log(larger + time);
  };
  const upper = part(recency);
  const lower = part(age);
  // Someone who bought at the very end of observation had no time to leave.
  return Math.log(s / exponent) + upper + Math.log(-Math.expm1(Math.min(lower - upper, 0)));
}

export function probabilityAliveParetoNbd(parameters: ParetoNbdParameters, history: PurchaseHistory): number {
  const { r, alpha, s, beta } = parameters;
  const { repeatPurchases: x, age } = history;
  return 1 / (1 + Math.exp(logOddsPart(parameters, history) + (r + x) * Math.log(alpha + age) + s * Math.log(beta + age)));
}

/** Purchases to expect within `time` after the end of observation. */
export function expectedPurchasesParetoNbd(parameters: ParetoNbdParameters, history: PurchaseHistory, time: number): number {
  const { r, alpha, s, beta } = parameters;
  const { repeatPurchases: x, age } = history;
  // (1 - u^(s-1)) / (s - 1) goes to -ln u as s goes to 1.
  const logShare = Math.log((beta + age) / (beta + age + time));
  const reach = Math.abs(s - 1) < 1e-9 ? -logShare : -Math.expm1((s - 1) * logShare) / (s - 1);
  return (((r + x) * (beta + age)) / (alpha + age)) * reach * probabilityAliveParetoNbd(parameters, history);
}
