/** Arbitrary histories: who is in the model and how, in which mode it is exported, what goes wrong and when the process dies. */
import fc from "fast-check";
import type { DeliveryMode } from "../../../src/ports/destination.ts";

export const names = ["a", "b", "c", "d", "e", "f"] as const;

export type Name = (typeof names)[number];

export const emailNumbers = [0, 1, 2] as const;

/** How a person stands in the model. */
export interface Person {
  readonly email: number;
  /** Two people with the same one share a phone. */
  readonly phone: number | undefined;
  /** Where a platform takes postal addresses: whether it has one, perhaps with no e-mail address beside it. */
  readonly address: "too" | "alone" | undefined;
  readonly consent: boolean;
  readonly suppressed: boolean;
}

/** Somebody of whom the model says nothing, and perhaps the list of those who must not be addressed. */
export interface Absent {
  readonly isAbsent: true;
  readonly suppressed: boolean;
}

/** One place for each name. */
export type World = readonly (Person | Absent)[];

export interface Step {
  readonly world: World;
  readonly mode: DeliveryMode;
  readonly holdout: number;
  /** Of a difference, where the mode has one. */
  readonly only: "adds" | "removes" | undefined;
  /** Most people, in the modes that can do with fewer. */
  readonly limit: number | undefined;
  /** Days that pass before a whole audience is delivered again. */
  readonly days: number;
  /** What goes wrong at which request to the audience. */
  readonly faults: readonly { readonly at: number; readonly kind: number }[];
  /** Which of the batches that are taken are refused later, where a platform does so. */
  readonly refused: readonly boolean[];
  /** How often a platform says that it still works on a batch. */
  readonly slowness: number;
  /** At which statement of the state database the process dies. */
  readonly dies: number | undefined;
  /** Whether it is run again until it ends, before anything changes. */
  readonly recovers: boolean;
}

const seldom = fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0);

const person: fc.Arbitrary<Person> = fc.record({
  email: fc.constantFrom(0, 0, 0, ...emailNumbers),
  phone: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  address: fc.constantFrom(undefined, undefined, "too", "alone"),
  consent: seldom.map((no) => !no),
  suppressed: seldom,
});

const absent: fc.Arbitrary<Absent> = seldom.map((suppressed) => ({ isAbsent: true, suppressed }));

const step: fc.Arbitrary<Step> = fc.record({
  world: fc.array(fc.oneof({ arbitrary: person, weight: 4 }, { arbitrary: absent, weight: 1 }), { minLength: names.length, maxLength: names.length }),
  mode: fc.constantFrom<DeliveryMode>("mirror", "mirror", "mirror", "add", "remove", "replace"),
  holdout: fc.constantFrom(0, 0, 30, 60),
  only: fc.constantFrom(undefined, undefined, undefined, undefined, "adds", "removes"),
  limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 3 }),
  days: fc.constantFrom(0, 0, 300, 500),
  faults: fc.array(fc.record({ at: fc.integer({ min: 0, max: 5 }), kind: fc.integer({ min: 0, max: 11 }) }), { maxLength: 3 }),
  refused: fc.oneof(fc.constant([]), fc.array(fc.boolean(), { maxLength: 4 })),
  slowness: fc.constantFrom(0, 0, 2, 12),
  dies: fc.option(fc.integer({ min: 0, max: 70 }), { nil: undefined, freq: 3 }),
  recovers: fc.boolean(),
});

export const history: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 2, maxLength: 5 });

const quiet: Step = {
  world: [],
  mode: "mirror",
  holdout: 0,
  only: undefined,
  limit: undefined,
  days: 0,
  faults: [],
  refused: [],
  slowness: 0,
  dies: undefined,
  recovers: true,
};

const somebody: Person = { email: 0, phone: undefined, address: undefined, consent: true, suppressed: false };

/** A step of a history that is written by hand; whoever is not named is absent. */
export function plainStep(people: Partial<Record<Name, Partial<Person>>>, more: Partial<Step> = {}): Step {
  const world = names.map((name) => (people[name] ? { ...somebody, ...people[name] } : { isAbsent: true as const, suppressed: false }));
  return { ...quiet, ...more, world };
}
