/**
 * Minimises a function of several variables without derivatives (Nelder and Mead 1965), with the coefficients that grow
 * with the number of variables (Gao and Han 2012). Deterministic: the same function and start give the same answer.
 */

export interface MinimumFound {
  readonly point: readonly number[];
  readonly value: number;
  readonly evaluations: number;
  /** Whether the simplex has shrunk below the tolerances; otherwise the limit of evaluations ended the search. */
  readonly converged: boolean;
}

export interface MinimizeOptions {
  /** Length of the first simplex' edges. */
  readonly step?: number;
  /** Ends when all values of the simplex lie this close together, relative to the best, */
  readonly valueTolerance?: number;
  /** and all its corners this close to the best one, in every variable. */
  readonly pointTolerance?: number;
  readonly maxEvaluations?: number;
}

interface Corner {
  readonly point: readonly number[];
  readonly value: number;
}

/** Values of NaN count as worse than all others. */
export function minimize(objective: (point: readonly number[]) => number, start: readonly number[], options: MinimizeOptions = {}): MinimumFound {
  const { step = 0.5, valueTolerance = 1e-10, pointTolerance = 1e-7, maxEvaluations = 2000 * start.length } = options;
  const dimensions = start.length;
  const expansion = 1 + 2 / dimensions;
  const contraction = 0.75 - 1 / (2 * dimensions);
  const shrinkage = 1 - 1 / dimensions;
  let evaluations = 0;
  const evaluate = (point: readonly number[]): Corner => {
    evaluations++;
    const value = objective(point);
    return { point, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };
  const simplex = [evaluate([...start]), ...start.map((_, i) => evaluate(start.map((x, j) => (i === j ? x + step : x))))];

  for (;;) {
    simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0] as Corner;
    const worst = simplex[dimensions] as Corner;
    const converged = isSmall(simplex, valueTolerance, pointTolerance);
    if (converged || evaluations >= maxEvaluations) return { point: best.point, value: best.value, evaluations, converged };

    const centre = start.map((_, i) => simplex.slice(0, dimensions).reduce((sum, corner) => sum + (corner.point[i] as number), 0) / dimensions);
    const along = (distance: number): Corner => evaluate(centre.map((x, i) => x + distance * (x - (worst.point[i] as number))));
    const reflected = along(1);
    if (reflected.value < best.value) {
      const expanded = along(expansion);
      simplex[dimensions] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < (simplex[dimensions - 1] as Corner).value) {
      simplex[dimensions] = reflected;
    } else {
      const contracted = along(reflected.value < worst.value ? contraction : -contraction);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[dimensions] = contracted;
      else for (let i = 1; i <= dimensions; i++) simplex[i] = evaluate(towards(best.point, (simplex[i] as Corner).point, shrinkage));
    }
  }
}

function towards(best: readonly number[], point: readonly number[], share: number): readonly number[] {
  return best.map((x, i) => x + share * ((point[i] as number) - x));
}

function isSmall(simplex: readonly Corner[], valueTolerance: number, pointTolerance: number): boolean {
  const best = simplex[0] as Corner;
  return simplex.every(
    (corner) =>
      corner.value - best.value <= valueTolerance * (Math.abs(best.value) + valueTolerance) &&
      corner.point.every((x, i) => Math.abs(x - (best.point[i] as number)) <= pointTolerance * (1 + Math.abs(x))),
  );
}
