/** The formulas against numerical integration over the people they describe, and the fits against people made to order. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BgNbdParameters, expectedPurchasesBgNbd, fitBgNbd, logLikelihoodBgNbd, probabilityAliveBgNbd } from "../../src/analytics/bg-nbd.ts";
import { expectedValue, fitGammaGamma, logLikelihoodGammaGamma, populationMeanValue } from "../../src/analytics/gamma-gamma.ts";
import { discountedLifetimeValue } from "../../src/analytics/lifetime-value.ts";
import { logBeta, logGamma } from "../../src/analytics/log-gamma.ts";
import { expectedPurchasesParetoNbd, fitParetoNbd, logLikelihoodParetoNbd, probabilityAliveParetoNbd } from "../../src/analytics/pareto-nbd.ts";
import type { PurchaseHistory, SpendHistory } from "../../src/analytics/purchase-history.ts";
import { integratePositive, integrateUnit } from "./integrate.ts";
import { makeRandom } from "./random.ts";

const close = (actual: number, expected: number, relative: number) =>
  expect(Math.abs(actual / expected - 1), `${actual} is not ${expected}`).toBeLessThan(relative);
const gammaDensity = (x: number, shape: number, rate: number) => Math.exp(shape * Math.log(rate) - logGamma(shape) + (shape - 1) * Math.log(x) - rate * x);
const betaDensity = (x: number, rest: number, a: number, b: number) => Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log(rest) - logBeta(a, b));

const shape = fc.double({ min: 0.4, max: 3, noNaN: true });
const rate = fc.double({ min: 2, max: 20, noNaN: true });
const history: fc.Arbitrary<PurchaseHistory> = fc
  .record({ x: fc.integer({ min: 0, max: 8 }), part: fc.double({ min: 0.05, max: 0.98, noNaN: true }), age: fc.double({ min: 3, max: 40, noNaN: true }) })
  .map(({ x, part, age }) => ({ repeatPurchases: x, recency: x === 0 ? 0 : part * age, age }));

describe("BG/NBD", () => {
  /** Chance of the history and of being alive, by averaging over purchase rates and leaving probabilities. */
  const byIntegration = ({ r, alpha, a, b }: BgNbdParameters, { repeatPurchases: x, recency, age }: PurchaseHistory) => {
    const rates = (time: number) =>
      integratePositive((lambda) => lambda ** x * Math.exp(-lambda * time) * gammaDensity(lambda, r, alpha), (r + x) / (alpha + time));
    const stays = integrateUnit((p, rest) => rest ** x * betaDensity(p, rest, a, b));
    const leaves = x === 0 ? 0 : integrateUnit((p, rest) => p * rest ** (x - 1) * betaDensity(p, rest, a, b));
    const alive = stays * rates(age);
    const gone = x === 0 ? 0 : leaves * rates(recency);
    return { likelihood: alive + gone, alive: alive / (alive + gone) };
  };

  test("likelihood and P(alive) are the averages over all people", () => {
    fc.assert(
      fc.property(fc.record({ r: shape, alpha: rate, a: shape, b: shape }), history, (parameters, one) => {
        const { likelihood, alive } = byIntegration(parameters, one);
        close(Math.exp(logLikelihoodBgNbd(parameters, [one])), likelihood, 1e-6);
        close(probabilityAliveBgNbd(parameters, one), alive, 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  test("expected purchases are the average over people of (1 - e^(-lambda p t)) / p, for those still alive", () => {
    fc.assert(
      fc.property(fc.record({ r: shape, alpha: rate, a: shape, b: shape }), history, fc.double({ min: 1, max: 60, noNaN: true }), (parameters, one, time) => {
        const { r, alpha, a, b } = parameters;
        const { repeatPurchases: x, age } = one;
        const within = integrateUnit((p, rest) => {
          // E over lambda ~ Gamma(r + x, alpha + age) of the expected count of somebody with p who is alive now.
          const count = -Math.expm1(-(r + x) * Math.log1p((p * time) / (alpha + age))) / p;
          return count * betaDensity(p, rest, a, b + x);
        }, 240);
        close(expectedPurchasesBgNbd(parameters, one, time), within * probabilityAliveBgNbd(parameters, one), 1e-5);
      }),
      { numRuns: 60 },
    );
  });

  test("a = 1 is no hole", () => {
    const at = (a: number) => expectedPurchasesBgNbd({ r: 0.5, alpha: 10, a, b: 2 }, { repeatPurchases: 2, recency: 10, age: 20 }, 10);
    close(at(1), (at(0.999) + at(1.001)) / 2, 1e-5);
  });

  test("recovers the parameters of people made to order, within their standard errors", () => {
    const truth = { r: 0.8, alpha: 8, a: 0.9, b: 2.5 };
    const fit = fitBgNbd(makeRandom(11).bgNbdHistories(truth, 2500));
    expect(fit.converged).toBe(true);
    for (const name of ["r", "alpha", "a", "b"] as const) {
      expect(Math.abs(fit.parameters[name] - truth[name]) / fit.standardErrors[name], name).toBeLessThan(2.5);
    }
  });

  test("the unit of time does not matter, nor whether equal people are grouped", () => {
    const weeks = makeRandom(5).bgNbdHistories({ r: 0.8, alpha: 8, a: 0.9, b: 2.5 }, 300);
    const days = weeks.map((one) => ({ ...one, recency: one.recency * 7, age: one.age * 7 }));
    const [inWeeks, inDays] = [fitBgNbd(weeks), fitBgNbd(days)];
    close(inDays.parameters.alpha, inWeeks.parameters.alpha * 7, 1e-3);
    close(inDays.parameters.r, inWeeks.parameters.r, 1e-3);
    const twice = fitBgNbd(weeks.map((one) => ({ ...one, customers: 2 })));
    close(twice.logLikelihood, 2 * inWeeks.logLikelihood, 1e-9);
    expect(twice.customers).toBe(600);
  });
});

describe("Pareto/NBD", () => {
  test("likelihood and P(alive) are the averages over all people", () => {
    fc.assert(
      fc.property(fc.record({ r: shape, alpha: rate, s: shape, beta: rate }), history, (parameters, one) => {
        const { r, alpha, s, beta } = parameters;
        const { repeatPurchases: x, recency, age } = one;
        const rates = (time: number) =>
          integratePositive((lambda) => lambda ** x * Math.exp(-lambda * time) * gammaDensity(lambda, r, alpha), (r + x) / (alpha + time));
        const alive = rates(age) * integratePositive((mu) => Math.exp(-mu * age) * gammaDensity(mu, s, beta), s / (beta + age));
        // Those who left did so at some time between the last purchase and now.
        const length = age - recency;
        const gone =
          length *
          integrateUnit((part) => {
            const left = recency + part * length;
            const leaving = (s / (beta + left)) * (beta / (beta + left)) ** s;
            const buying = Math.exp(r * Math.log(alpha / (alpha + left)) + logGamma(r + x) - logGamma(r) - x * Math.log(alpha + left));
            return leaving * buying;
          });
        close(Math.exp(logLikelihoodParetoNbd(parameters, [one])), alive + gone, 1e-6);
        close(probabilityAliveParetoNbd(parameters, one), alive / (alive + gone), 1e-6);
      }),
      { numRuns: 40 },
    );
  });

  test("expected purchases are those of a life whose rate has Gamma(s, beta + age)", () => {
    fc.assert(
      fc.property(fc.record({ r: shape, alpha: rate, s: shape, beta: rate }), history, fc.double({ min: 1, max: 60, noNaN: true }), (parameters, one, time) => {
        const { r, alpha, s, beta } = parameters;
        const { repeatPurchases: x, age } = one;
        const lived = integratePositive((mu) => (-Math.expm1(-mu * time) / mu) * gammaDensity(mu, s, beta + age), s / (beta + age), 240);
        close(expectedPurchasesParetoNbd(parameters, one, time), ((r + x) / (alpha + age)) * lived * probabilityAliveParetoNbd(parameters, one), 1e-5);
      }),
      { numRuns: 60 },
    );
  });

  test("recovers the parameters of people made to order, within their standard errors", () => {
    const truth = { r: 0.9, alpha: 9, s: 0.8, beta: 12 };
    const fit = fitParetoNbd(makeRandom(3).paretoNbdHistories(truth, 700));
    expect(fit.converged).toBe(true);
    for (const name of ["r", "alpha", "s", "beta"] as const) {
      expect(Math.abs(fit.parameters[name] - truth[name]) / fit.standardErrors[name], name).toBeLessThan(2.5);
    }
  });
});

describe("Gamma-Gamma", () => {
  test("likelihood and expected value are the averages over all people", () => {
    const parameter = fc.double({ min: 1.5, max: 8, noNaN: true });
    const spend: fc.Arbitrary<SpendHistory> = fc.record({
      repeatPurchases: fc.integer({ min: 1, max: 9 }),
      meanValue: fc.double({ min: 3, max: 90, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.record({ p: parameter, q: parameter, v: fc.double({ min: 5, max: 30, noNaN: true }) }), spend, (parameters, one) => {
        const { p, q, v } = parameters;
        const { repeatPurchases: x, meanValue: m } = one;
        const scale = (p * x + q) / (v + x * m);
        // The mean of x values of Gamma(p, nu) has Gamma(p x, nu x).
        const likelihood = integratePositive((nu) => gammaDensity(m, p * x, nu * x) * gammaDensity(nu, q, v), scale, 360);
        const weighted = integratePositive((nu) => (p / nu) * gammaDensity(m, p * x, nu * x) * gammaDensity(nu, q, v), scale, 360);
        close(Math.exp(logLikelihoodGammaGamma(parameters, [one])), likelihood, 1e-6);
        close(expectedValue(parameters, one), weighted / likelihood, 1e-6);
      }),
      { numRuns: 60 },
    );
  });
  test("recovers the parameters of people made to order, within their standard errors", () => {
    const truth = { p: 6, q: 4, v: 15 };
    const fit = fitGammaGamma(makeRandom(8).spendHistories(truth, 3000));
    for (const name of ["p", "q", "v"] as const) expect(Math.abs(fit.parameters[name] - truth[name]) / fit.standardErrors[name], name).toBeLessThan(2.5);
    close(populationMeanValue(fit.parameters), 30, 0.05);
  });
  test("has no mean unless q > 1, and takes the population's for one-time buyers", () => {
    expect(populationMeanValue({ p: 2, q: 1, v: 3 })).toBeNaN();
    expect(expectedValue({ p: 2, q: 0.9, v: 3 }, { repeatPurchases: 2, meanValue: 5 })).toBeNaN();
    expect(expectedValue({ p: 2, q: 3, v: 10 }, undefined)).toBe(10);
  });
});

test("lifetime value by pencil: one purchase of 100 a month for two months at 10 %", () => {
  const request = { expectedPurchases: (time: number) => time / 30, expectedValue: 100, months: 2, monthlyDiscountRate: 0.1 };
  expect(discountedLifetimeValue(request)).toBeCloseTo(100 / 1.1 + 100 / 1.21, 10);
});

describe("histories that cannot be", () => {
  test.each<[string, PurchaseHistory]>([
    ["whole number", { repeatPurchases: 1.5, recency: 1, age: 2 }],
    ["after the end of observation", { repeatPurchases: 1, recency: 3, age: 2 }],
    ["it must be 0", { repeatPurchases: 0, recency: 1, age: 2 }],
    ["squash purchases", { repeatPurchases: 2, recency: 0, age: 2 }],
    ["numbers from 0", { repeatPurchases: 0, recency: 0, age: Number.NaN }],
    ["must be positive", { repeatPurchases: 0, recency: 0, age: 1, customers: 0 }],
  ])("%s", (words, one) => expect(() => fitBgNbd([one])).toThrow(words));
  test("no customer, and values that are not positive", () => {
    expect(() => fitParetoNbd([])).toThrow("no customer");
    expect(() => fitGammaGamma([{ repeatPurchases: 1, meanValue: 0 }])).toThrow("positive number");
    expect(() => fitGammaGamma([{ repeatPurchases: 0, meanValue: 5 }])).toThrow("at least one repeat purchase");
  });
});
