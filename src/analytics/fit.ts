/** Maximum likelihood over positive parameters: searches in their logarithms, from all ones, and restarts once where it ended. */
import { minimize } from "./nelder-mead.ts";
import { standardErrors } from "./standard-errors.ts";

export interface Fit<Name extends string> {
  readonly parameters: Readonly<Record<Name, number>>;
  /** Of each parameter in its own unit; NaN where the likelihood is flat. */
  readonly standardErrors: Readonly<Record<Name, number>>;
  readonly logLikelihood: number;
  /** Number of customers that the fit rests on. */
  readonly customers: number;
  readonly converged: boolean;
  readonly evaluations: number;
}

export interface FitRequest<Name extends string> {
  readonly names: readonly Name[];
  readonly logLikelihood: (parameters: Readonly<Record<Name, number>>) => number;
  /** Where the search begins; 1 for what is not named. */
  readonly start?: Partial<Readonly<Record<Name, number>>>;
  readonly customers: number;
}

/** A simplex that has become flat can stop short of the optimum; a fresh one at the same place finds out. */
export function fitPositive<Name extends string>({ names, logLikelihood, start = {}, customers }: FitRequest<Name>): Fit<Name> {
  const named = (point: readonly number[]) => Object.fromEntries(names.map((name, i) => [name, point[i]])) as Record<Name, number>;
  const objective = (logs: readonly number[]): number => -logLikelihood(named(logs.map(Math.exp)));
  const first = minimize(
    objective,
    names.map((name) => Math.log(start[name] ?? 1)),
  );
  const second = minimize(objective, first.point, { step: 0.1 });
  const estimate = second.point.map(Math.exp);
  const errors = standardErrors((point) => logLikelihood(named(point)), estimate);
  return {
    parameters: named(estimate),
    standardErrors: named(errors),
    logLikelihood: -second.value,
    customers,
    converged: second.converged,
    evaluations: first.evaluations + second.evaluations,
  };
}

export function countCustomers(items: readonly { readonly customers?: number }[]): number {
  return items.reduce((sum, { customers = 1 }) => sum + customers, 0);
}
