/** The logarithm of the gamma function and of the beta function, to about 15 digits. Nothing else. */

/** Terms B(2k) / (2k (2k - 1)) of Stirling's series, B being the Bernoulli numbers (Abramowitz and Stegun 6.1.40). */
const stirlingTerms = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156] as const;
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** From here on the series above is exact to the last digit. */
const asymptoticFrom = 10;

/** ln Γ(x) for x > 0; NaN otherwise. */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  // Γ(x) = Γ(x + n) / (x (x + 1) ... (x + n - 1)) leads small arguments to where the series holds.
  let factors = 1;
  let at = x;
  for (; at < asymptoticFrom; at++) factors *= at;
  let series = 0;
  for (const [k, term] of stirlingTerms.entries()) series += term / at ** (2 * k + 1);
  return (at - 0.5) * Math.log(at) - at + halfLogTwoPi + series - Math.log(factors);
}

/** ln B(a, b) for a, b > 0. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
