/**
 * Standard errors of maximum-likelihood estimates: square roots of the diagonal of the inverse observed information, the
 * negative Hessian of the log-likelihood taken by central differences.
 */

/** One standard error a parameter, in its own unit; NaN for all where the information matrix is not positive definite. */
export function standardErrors(logLikelihood: (point: readonly number[]) => number, estimate: readonly number[]): readonly number[] {
  const information = negativeHessian(logLikelihood, estimate);
  const covariance = invertSymmetric(information);
  return estimate.map((_, i) => Math.sqrt(covariance?.[i]?.[i] ?? Number.NaN));
}

function negativeHessian(f: (point: readonly number[]) => number, at: readonly number[]): readonly (readonly number[])[] {
  // The fourth root of the machine's precision balances rounding against curvature in second differences.
  const steps = at.map((x) => 1e-4 * Math.max(Math.abs(x), 1e-3));
  const shifted = (i: number, di: number, j: number, dj: number): number =>
    f(at.map((x, k) => x + (k === i ? di * (steps[i] as number) : 0) + (k === j ? dj * (steps[j] as number) : 0)));
  const centre = f(at);
  return at.map((_, i) =>
    at.map((_, j) => {
      const area = (steps[i] as number) * (steps[j] as number);
      if (i === j) return -(shifted(i, 1, -1, 0) - 2 * centre + shifted(i, -1, -1, 0)) / area;
      return -(shifted(i, 1, j, 1) - shifted(i, 1, j, -1) - shifted(i, -1, j, 1) + shifted(i, -1, j, -1)) / (4 * area);
    }),
  );
}

/** The inverse of a positive definite matrix by Gauss and Jordan; undefined for any other. */
function invertSymmetric(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] | undefined {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < size; i++) {
    const row = rows[i] as number[];
    const pivot = row[i] as number;
    // All pivots of a positive definite matrix are positive, in any order of elimination.
    if (!(pivot > 0)) return undefined;
    for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / pivot;
    for (const other of rows) {
      if (other === row) continue;
      const factor = other[i] as number;
      for (let k = 0; k < other.length; k++) other[k] = (other[k] as number) - factor * (row[k] as number);
    }
  }
  return rows.map((row) => row.slice(size));
}
