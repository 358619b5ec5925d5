/**
 * The random numbers of the sample, as SQL. Every draw is a function of the seed and a key, through md5, so a value
 * depends on nothing but its own key: not on row order, thread count, platform or engine version.
 */

import { calendar, shares } from "./world.ts";

/** One SQL text literal. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A list of text literals, for a pick by index. */
export const textList = (values: readonly string[]): string => `[${values.map(text).join(", ")}]`;

/** Attempts of the rejection sampler; each succeeds with probability above 0.95, so six leave less than 2 in 10^8. */
const gammaAttempts = 6;

/**
 * The session macros that all statements use. `sample_u(key)` is uniform on (0, 1), 52 bits of md5;
 * `sample_pick(key, list)` takes one element; `sample_normal(key)` is Box-Muller;
 * `sample_gamma_try` is one attempt of Marsaglia and Tsang's method (2000) for a shape of at least 1.
 */
export function macroStatements(seed: string): readonly string[] {
  return [
    `create or replace temp macro sample_u(key) as
  (('0x' || substr(md5(${text(`${seed}:`)} || key), 1, 13))::ubigint::double + 0.5) / 4503599627370496.0`,
    `create or replace temp macro sample_pick(key, choices) as
  choices[1 + floor(sample_u(key) * len(choices))::integer]`,
    `create or replace temp macro sample_whole(key, lowest, highest) as
  lowest + floor(sample_u(key) * (highest - lowest + 1))::bigint`,
    `create or replace temp macro sample_normal(key) as
  sqrt(-2 * ln(sample_u(key || ':radius'))) * cos(2 * pi() * sample_u(key || ':angle'))`,
    `create or replace temp macro sample_gamma_accept(shape, cube, normal, uniform) as
  case when cube > 0 and ln(uniform) < 0.5 * normal * normal + (shape - 1 / 3.0) * (1 - cube + ln(cube))
    then (shape - 1 / 3.0) * cube end`,
    `create or replace temp macro sample_gamma_try(key, shape) as
  sample_gamma_accept(shape, pow(1 + sample_normal(key) / sqrt(9 * shape - 3), 3), sample_normal(key), sample_u(key))`,
  ];
}

/** Gamma(shape, rate 1) for the text expression `key`: of a whole shape a sum of exponentials; a shape below 1 is boosted by one and scaled back. */
export function gamma(key: string, shape: number): string {
  if (Number.isInteger(shape)) return `(-ln(${Array.from({ length: shape }, (_, part) => `sample_u(${key} || ':${part}')`).join(" * ")}))`;
  const boosted = shape < 1 ? shape + 1 : shape;
  const attempts = Array.from({ length: gammaAttempts }, (_, attempt) => `sample_gamma_try(${key} || ':${attempt}', ${boosted})`);
  const draw = `coalesce(${attempts.join(", ")}, ${boosted})`;
  return shape < 1 ? `${draw} * pow(sample_u(${key} || ':boost'), ${1 / shape})` : draw;
}

/** The first moment of the data, and the first moment after it, in local time. */
export const opening = `timestamp ${text(calendar.firstDay)}`;
export const closing = `(timestamp ${text(calendar.lastDay)} + interval 1 day)`;

/** A timestamp of the shop's local time, written as UTC with a Z. */
export const utc = (local: string): string => `strftime(${local} - interval ${calendar.utcOffsetHours} hour, '%Y-%m-%dT%H:%M:%SZ')`;

/** A local day as text. */
export const dayText = (local: string): string => `strftime(${local}, '%Y-%m-%d')`;

/** True for a share of all keys. */
export const happens = (key: string, share: number | string): string => `sample_u(${key}) < ${share}`;

/** One of several values, each with its share; the last one takes the rest. */
export function pickByShare(uniform: string, choices: readonly (readonly [value: string, share: number])[], rest: string): string {
  let reached = 0;
  const branches = choices.map(([value, share]) => {
    reached += share;
    return `when ${uniform} < ${reached.toFixed(4)} then ${value}`;
  });
  return `case ${branches.join(" ")} else ${rest} end`;
}

/**
 * To stand in `from`: the rows of a relation, most once, a few twice, as an extract that was appended to. Lists unnested in
 * `from` that depend on the row beside them would say the same at many times the cost.
 */
export const withCopies = (relation: string, key: string, which = "true"): string =>
  `(select * exclude (copy) from ${relation}, (values (1), (2)) as copies(copy) where copy = 1 or (${which} and ${happens(`${key} || ':copied'`, shares.duplicateRow)}))`;

/** Local time `from` moved by a whole number of units, drawn between two bounds, both included. */
export const later = (from: string, key: string, unit: "second" | "minute" | "hour" | "day", least: number, most: number): string =>
  `${from} + to_${unit}s(sample_whole(${key}, ${least}, ${most})::${unit === "day" ? "integer" : "bigint"})`;

/** A moment of the day with a night valley: one in eight falls anywhere, the others from 9 to 24 h. */
export const timeOfDay = (key: string): string =>
  `to_seconds(case when sample_u(${key} || ':awake') < 0.125 then sample_whole(${key} || ':clock', 0, 86399)
    else sample_whole(${key} || ':clock', 32400, 86399) end)`;
