/**
 * The random numbers of the sample, as SQL. Every draw is a function of the seed and a key, through md5, so a value
 * depends on nothing but its own key: not on row order, thread count, platform or engine version.
 */

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

/** Gamma(shape, rate 1) for the text expression `key`; a shape below 1 is boosted by one and scaled back. */
export function gamma(key: string, shape: number): string {
  const boosted = shape < 1 ? shape + 1 : shape;
  const attempts = Array.from({ length: gammaAttempts }, (_, attempt) => `sample_gamma_try(${key} || ':${attempt}', ${boosted})`);
  const draw = `coalesce(${attempts.join(", ")}, ${boosted})`;
  return shape < 1 ? `${draw} * pow(sample_u(${key} || ':boost'), ${1 / shape})` : draw;
}

/** A timestamp of the shop's local time, written as UTC with a Z. */
export const utcText = (local: string, offsetHours: number): string => `strftime(${local} - interval ${offsetHours} hour, '%Y-%m-%dT%H:%M:%SZ')`;
