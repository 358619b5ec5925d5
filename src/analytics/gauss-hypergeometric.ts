/**
 * Gauss' hypergeometric function 2F1(a, b; c; z) for real parameters and 0 <= z < 1, as a sign and a logarithm, because the
 * purchase models need it where the value itself would overflow. Abramowitz and Stegun, chapter 15.
 */

export interface SignedLog {
  /** -1, 0 or 1. */
  readonly sign: number;
  /** ln |value|. */
  readonly log: number;
}

/** Terms shrink like z^n: enough for z up to about 0.9999. */
const mostTerms = 1_000_000;
const rescaleAbove = 1e200;

/** NaN for z outside [0, 1), for c at a pole (0, -1, ...), and where the series does not converge within a million terms. */
export function logGaussHypergeometric(a: number, b: number, c: number, z: number): SignedLog {
  if (!(z >= 0 && z < 1) || (c <= 0 && Number.isInteger(c))) return { sign: Number.NaN, log: Number.NaN };
  // Euler's transformation (15.3.3) takes the growth near z = 1 out of the series, which then has small, tame parameters.
  const exponent = c - a - b;
  if (exponent < 0) {
    const { sign, log } = sumSeries(c - a, c - b, c, z);
    return { sign, log: log + exponent * Math.log1p(-z) };
  }
  return sumSeries(a, b, c, z);
}

export function gaussHypergeometric(a: number, b: number, c: number, z: number): number {
  const { sign, log } = logGaussHypergeometric(a, b, c, z);
  return sign * Math.exp(log);
}

/** The power series (15.1.1), scaled down whenever it grows large. */
function sumSeries(a: number, b: number, c: number, z: number): SignedLog {
  let term = 1;
  let sum = 1;
  let scale = 0;
  for (let n = 0; n < mostTerms; n++) {
    const ratio = (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z;
    term *= ratio;
    sum += term;
    if (Math.abs(sum) > rescaleAbove) {
      sum /= rescaleAbove;
      term /= rescaleAbove;
      scale += Math.log(rescaleAbove);
    }
    // Only where terms shrink steadily does a small one mean that all that follow are small together.
    const steady = Math.abs(ratio) < 1 && n > -Math.min(a, b, c);
    if (term === 0 || (steady && Math.abs(term) * (1 / (1 - Math.max(Math.abs(ratio), z))) <= Math.abs(sum) * 1e-16)) {
      return { sign: Math.sign(sum), log: Math.log(Math.abs(sum)) + scale };
    }
  }
  return { sign: Number.NaN, log: Number.NaN };
}
