/** Numerical integration for tests: a way to the same numbers that shares nothing with the formulas under test. */

/** The integral of f over (0, 1) by the tanh-sinh rule, which does not mind poles at the ends. `f` also gets 1 - x, exactly. */
export function integrateUnit(f: (x: number, complement: number) => number, points = 120): number {
  const step = 8 / points;
  let sum = 0;
  for (let k = -points / 2; k <= points / 2; k++) {
    const t = k * step;
    const u = (Math.PI / 2) * Math.sinh(t);
    const x = 1 / (1 + Math.exp(-2 * u));
    const complement = 1 / (1 + Math.exp(2 * u));
    const weight = Math.PI * Math.cosh(t) * x * complement;
    const value = weight === 0 ? 0 : f(x, complement) * weight;
    if (Number.isFinite(value)) sum += value;
  }
  return sum * step;
}

/** The integral of f over (0, infinity); `scale` is where f has about half of its weight. */
export function integratePositive(f: (x: number) => number, scale: number, points = 120): number {
  return integrateUnit((x, complement) => (f((scale * x) / complement) * scale) / (complement * complement), points);
}
