import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gaussHypergeometric, logGaussHypergeometric } from "../../src/analytics/gauss-hypergeometric.ts";
import { logBeta, logGamma } from "../../src/analytics/log-gamma.ts";
import { minimize } from "../../src/analytics/nelder-mead.ts";
import { standardErrors } from "../../src/analytics/standard-errors.ts";
import { integrateUnit } from "./integrate.ts";

const close = (actual: number, expected: number, relative: number) => expect(Math.abs(actual / expected - 1)).toBeLessThan(relative);

describe("ln Γ", () => {
  test("is the logarithm of the factorial", () => {
    let factorial = 1;
    for (let n = 1; n < 20; n++) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 12);
      factorial *= n;
    }
  });
  test("knows Γ(1/2) = √π and stays exact near 0 and far out", () => {
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
    close(logGamma(1e-9), Math.log(1e9), 1e-10);
    close(logGamma(1e6), 12815504.56914788, 1e-13);
  });
  test("has no value for arguments that are not positive", () => {
    for (const x of [0, -1, -0.5, Number.NaN]) expect(logGamma(x)).toBeNaN();
  });
  test("obeys Γ(x + 1) = x Γ(x) and the reflection of Beta", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 500, noNaN: true }), (x) => {
        expect(logGamma(x + 1)).toBeCloseTo(logGamma(x) + Math.log(x), 9);
        if (x < 1) expect(logBeta(x, 1 - x)).toBeCloseTo(Math.log(Math.PI / Math.sin(Math.PI * x)), 9);
      }),
    );
  });
});

describe("2F1", () => {
  test.each([
    [1, 1, 2, 0.5, 2 * Math.LN2, "-ln(1 - z) / z"],
    [0.5, 1, 1.5, 0.81, Math.atanh(0.9) / 0.9, "artanh(√z) / √z"],
    [3, 2, 2, 0.75, 0.25 ** -3, "(1 - z)^-a"],
    [2, -3, 4, 0.5, 1 - 0.75 + 9 / 40 - 1 / 40, "a polynomial"],
    [5, 7, 3, 0, 1, "1 at z = 0"],
  ])("2F1(%d, %d; %d; %d) is %d: %s", (a, b, c, z, expected) => close(gaussHypergeometric(a, b, c, z), expected, 1e-13));

  test("equals Euler's integral", () => {
    const parameter = fc.double({ min: 0.5, max: 6, noNaN: true });
    fc.assert(
      fc.property(parameter, parameter, parameter, fc.double({ min: 0, max: 0.98, noNaN: true }), (a, b, more, z) => {
        const c = b + more;
        const integral = integrateUnit((t, rest) => t ** (b - 1) * rest ** (more - 1) * (1 - z * t) ** -a, 240);
        close(gaussHypergeometric(a, b, c, z), integral / Math.exp(logBeta(b, more)), 1e-7);
      }),
      { numRuns: 60 },
    );
  });
  test("stays a number where the value itself overflows", () => {
    // (1 - z)^-a with b = c
    expect(logGaussHypergeometric(900, 3, 3, 0.99)).toEqual({ sign: 1, log: expect.closeTo(-900 * Math.log(0.01), 6) });
  });
  test("has no value outside [0, 1) and at the poles of c", () => {
    for (const [c, z] of [
      [2, 1],
      [2, -0.1],
      [0, 0.5],
      [-2, 0.5],
    ] as const)
      expect(gaussHypergeometric(1, 1, c, z)).toBeNaN();
  });
});

describe("the search for a minimum", () => {
  test("finds the bottom of Rosenbrock's valley", () => {
    const found = minimize(([x = 0, y = 0]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1]);
    expect(found.converged).toBe(true);
    expect(found.point[0]).toBeCloseTo(1, 5);
    expect(found.point[1]).toBeCloseTo(1, 5);
  });
  test("says when it gave up, and walks around places that have no value", () => {
    expect(minimize(([x = 0]) => x * x, [5], { maxEvaluations: 4 }).converged).toBe(false);
    expect(minimize(([x = 0]) => Math.log(x) ** 2, [0.2]).point[0]).toBeCloseTo(1, 4);
  });
});

test("standard errors of a normal sample are those of the textbook", () => {
  // n = 50, sum of squares about the mean 200: sigma = 2, se(mean) = 2 / √50, se(sigma) = 2 / √100
  const logLikelihood = ([mean = 0, sigma = 1]: readonly number[]) => -50 * Math.log(sigma) - (200 + 50 * (mean - 3) ** 2) / (2 * sigma * sigma);
  const [ofMean = 0, ofSigma = 0] = standardErrors(logLikelihood, [3, 2]);
  close(ofMean, 2 / Math.sqrt(50), 1e-5);
  close(ofSigma, 0.2, 1e-5);
  expect(standardErrors(([x = 0]) => x * x, [1])[0]).toBeNaN();
});
