/**
 * The difference between who shall be in an audience and who was sent, as SQL over the state database: one row a person
 * and operation, sorted by key so that the same audience is always delivered in the same order. Text only; runs nothing.
 *
 * | wanted now | sent before | mirror, replace | add            | remove |
 * |------------|-------------|-----------------|----------------|--------|
 * | yes        | no          | add             | add            | -      |
 * | yes        | the same    | keep            | keep           | keep   |
 * | yes        | otherwise   | change          | change         | keep   |
 * | no         | yes         | remove          | keep, unless barred | remove |
 *
 * Barred are those who are left out for a reason: without consent, suppressed, held out or without identifiers.
 */
import { quoteLiteral } from "../core/names.ts";
import type { DeliveryMode } from "../ports/destination.ts";
import { stagedPeople } from "./staging.ts";

export interface DifferenceRules {
  readonly target: string;
  readonly exportName: string;
  readonly mode: DeliveryMode;
  /** The identifiers that find a person by themselves. */
  readonly matchingKeys: readonly string[];
}

export type Operation = "add" | "change" | "keep" | "refresh" | "remove";

export const changes = "temp.export_changes";

/**
 * Platforms remove whoever has a removed identifier. Somebody who stays and shares one, such as a household's phone, would
 * be lost with it and is sent again: a `refresh`.
 */
export function createChangesSql(rules: DifferenceRules): string {
  const { target, exportName, mode, matchingKeys } = rules;
  const isRefreshed = mode === "replace" ? "false" : "member_key in (select member_key from sharing_people)";
  return `create or replace temp table export_changes as
with sent_people as (
  select member_key, identifiers
  from export_members
  where target = ${quoteLiteral(target)} and export_name = ${quoteLiteral(exportName)}
),
eligible_people as (
  select member_key, identifiers from ${stagedPeople} where standing = 'eligible'
),
barred_people as (
  select distinct member_key from ${stagedPeople} where standing <> 'eligible'
),
judged_people as (
  select
    coalesce(eligible_people.member_key, sent_people.member_key) as member_key,
    eligible_people.identifiers as wanted_identifiers,
    sent_people.identifiers as sent_identifiers,
    case
      when sent_people.member_key is null then ${mode === "remove" ? "null" : "'add'"}
      when eligible_people.member_key is null then ${mode === "add" ? "if(barred_people.member_key is null, 'keep', 'remove')" : "'remove'"}
      when eligible_people.identifiers = sent_people.identifiers then 'keep'
      else ${mode === "remove" ? "'keep'" : "'change'"}
    end as operation
  from eligible_people
  full join sent_people on sent_people.member_key = eligible_people.member_key
  left join barred_people on barred_people.member_key = sent_people.member_key
),
changed_people as (
  select
    member_key, operation, sent_identifiers,
    case when operation in ('add', 'change') then wanted_identifiers when operation = 'keep' then sent_identifiers end as identifiers
  from judged_people
  where operation is not null
),
removed_identifiers as (
  select distinct identifier
  from (select unnest(sent_identifiers) as identifier from changed_people where operation in ('remove', 'change'))
  where split_part(identifier, '=', 1) in ${literalList(matchingKeys)}
),
sharing_people as (
  select distinct member_key
  from (select member_key, unnest(identifiers) as identifier from changed_people where operation = 'keep')
  where identifier in (select identifier from removed_identifiers)
),
final_people as (
  select * replace (if(operation = 'keep' and ${isRefreshed}, 'refresh', operation) as operation)
  from changed_people
)
select
  *,
  row_number() over (partition by operation <> 'remove' order by member_key) as member_position,
  row_number() over (partition by operation in ('add', 'change', 'refresh') order by member_key) as add_position,
  row_number() over (partition by operation in ('remove', 'change') order by member_key) as remove_position
from final_people
order by member_key`;
}

/** People who must be removed, but were sent with none of the identifiers that the export has now. */
export function unremovableSql(matchingKeys: readonly string[]): string {
  return `select count(*) as people
from ${changes}
where operation in ('remove', 'change')
  and not list_has_any(list_transform(sent_identifiers, lambda identifier: split_part(identifier, '=', 1)), [${matchingKeys.map(quoteLiteral).join(", ")}])`;
}

/** The first people of each operation that sends something. */
export function sampleSql(size: number): string {
  return `select operation, member_key, coalesce(identifiers, sent_identifiers) as identifiers
from ${changes}
where operation in ('add', 'change', 'remove')
qualify row_number() over (partition by operation order by member_key) <= ${size}
order by operation, member_key`;
}

function literalList(items: readonly string[]): string {
  return `(${items.map(quoteLiteral).join(", ")})`;
}
