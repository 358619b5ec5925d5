/**
 * Who may be exported, as SQL over the audience's model. Each person gets one standing: `eligible`, or the first reason
 * to be left out. Only text is made here; nothing is run, and identifiers are only selected, never judged.
 */
import { quoteIdentifier } from "../core/names.ts";
import { type Holdout, heldOutSql } from "./holdout.ts";

export interface EligibilityRules {
  /** The model's relation in SQL. */
  readonly relation: string;
  readonly primaryKey: string;
  /** A boolean column; nothing but true is consent. */
  readonly consentColumn: string | undefined;
  /** Relations in SQL whose people are never exported; they have the same primary key. */
  readonly suppress: readonly string[];
  readonly holdout: Holdout | undefined;
}

/**
 * Everybody in the model, once: `member_key` (the SHA-256 of the key as text, the only form in which it is kept; null where
 * there is none), `standing`, and the values of `columns` of whoever is eligible. Nothing here gathers rows, so that rows leave
 * as they are read, and an audience is always one reading of its model.
 */
export function judgedPeopleSql(rules: EligibilityRules, columns: readonly string[]): string {
  const values = columns.map((_, i) => `if(standing = 'eligible', ${columnAlias(i)}, null) as ${columnAlias(i)}`);
  return `${judgedPeople(rules, columns)}
select ${["sha256(person) as member_key", "standing", ...values].join(", ")}
from judged_people`;
}

/** Suppressed people whom the model does not hold, for modes that keep whoever left the model: `member_key`. */
export function suppressedStrangersSql(rules: EligibilityRules): string {
  return `${judgedPeople(rules, [])}
select sha256(person) as member_key
from suppressed_people
where person not in (select person from people where person is not null)`;
}

function columnAlias(index: number): string {
  return `column_${index}`;
}

function peopleCte({ relation, primaryKey, consentColumn }: EligibilityRules, columns: readonly string[]): string {
  const selected = [
    `nullif(cast(${quoteIdentifier(primaryKey)} as varchar), '') as person`,
    ...(consentColumn === undefined ? [] : [`${quoteIdentifier(consentColumn)} is true as has_consent`]),
    ...columns.map((column, i) => `${quoteIdentifier(column)} as ${columnAlias(i)}`),
  ];
  return `people as (
  select ${selected.join(",\n    ")}
  from ${relation}
)`;
}

function judgedPeople(rules: EligibilityRules, columns: readonly string[]): string {
  const { primaryKey, consentColumn, suppress, holdout } = rules;
  const key = quoteIdentifier(primaryKey);
  const reasons = [
    ...(consentColumn === undefined ? [] : ["when not has_consent then 'no_consent'"]),
    ...(suppress.length === 0 ? [] : ["when suppressed_people.person is not null then 'suppressed'"]),
    ...(holdout === undefined ? [] : [`when ${heldOutSql(holdout, "people.person")} then 'holdout'`]),
  ];
  const standing = reasons.length === 0 ? "'eligible'" : `case ${reasons.join(" ")} else 'eligible' end`;
  // union, not union all: somebody whom two models suppress must not become two people.
  const suppressed = suppress.map((relation) => `select cast(${key} as varchar) as person from ${relation} where ${key} is not null`).join(" union ");
  const one = suppress.length === 1 ? suppressed.replace("select ", "select distinct ") : suppressed;
  return `with ${peopleCte(rules, columns)},${
    suppress.length === 0
      ? ""
      : `
suppressed_people as (
  ${one}
),`
  }
judged_people as (
  select people.*, ${standing} as standing
  from people${suppress.length === 0 ? "" : " left join suppressed_people on suppressed_people.person = people.person"}
)`;
}
