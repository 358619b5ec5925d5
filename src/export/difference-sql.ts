/**
 * The difference between who shall be in an audience and what the ledger says we sent, as SQL over the state database: one
 * row for each set of identifiers and what is done with it. Whoever changes an address has two rows, a removal of the old
 * identifiers and an addition of the new ones. Text only; runs nothing.
 *
 * | wanted now          | in the ledger       | mirror, replace | add                 | remove  |
 * |---------------------|---------------------|-----------------|---------------------|---------|
 * | yes                 | no                  | add             | add                 | -       |
 * | yes                 | the same, sent      | keep            | keep                | keep    |
 * | with another worth  | the same            | refresh         | refresh             | keep    |
 * | yes                 | the same, adding    | refresh         | refresh             | keep    |
 * | yes                 | the same, removing  | refresh         | refresh             | keep    |
 * | yes                 | the same, repeating | refresh         | refresh             | refresh |
 * | with others         | sent                | remove          | remove              | keep    |
 * | with others         | repeating           | remove          | remove              | refresh |
 * | no                  | sent                | remove          | keep, unless barred | remove  |
 * | no                  | repeating           | remove          | the same, refreshed | remove  |
 * | not these           | adding, removing    | remove          | remove              | remove  |
 *
 * Adding, removing and repeating is what went out in a batch that nobody knows the end of; whoever is repeating was surely
 * there before. Barred are those who are left out for a reason: without consent, suppressed, held out or without identifiers.
 */
import { quoteLiteral } from "../core/names.ts";
import type { DeliveryMode, DeliveryOperation } from "../ports/destination.ts";
import { type AudienceScope, inScope } from "./audience-scope.ts";
import { findersSql, isFindableSql, isFinderSql, type Matching } from "./matching.ts";
import { stagedPeople } from "./staging.ts";

export interface DifferenceRules {
  readonly scope: AudienceScope;
  readonly mode: DeliveryMode;
  /** What the mode is made of at this destination. */
  readonly operations: readonly DeliveryOperation[];
  /** What finds a person. */
  readonly matching: Matching;
  /** Who was last sent before this moment is sent again, ISO 8601. */
  readonly refreshBefore: string | undefined;
  readonly only: "adds" | "removes" | undefined;
  /** Most people whom the mode is about: additions in mode add, removals in mode remove. */
  readonly limit: number | undefined;
}

type OrderRules = Pick<DifferenceRules, "mode" | "operations" | "matching" | "limit">;

export type Operation = "add" | "refresh" | "keep" | "remove";

export type Reason =
  | "new"
  | "changed"
  | "value"
  | "unfinished"
  | "expiring"
  | "shared"
  | "left_model"
  | "no_consent"
  | "suppressed"
  | "holdout"
  | "no_identifier"
  | "forgotten"
  | "unchanged";

export const changes = "temp.export_changes";

/**
 * What the ledger's rows are worth: `sent` are there, of `leaving` the platform has taken the removal and works on it. The end
 * of what was `adding`, `removing` or `repeating` is not known; the last were there before.
 */
export function ledgerRowsSql(scope: AudienceScope): string {
  return `select
    members.member_key,
    members.identifiers,
    coalesce(members.attributes, '') as attributes,
    members.sent_at,
    case
      when batches.batch_id is null or (batches.operation <> 'remove' and batches.status in ('accepted', 'done')) then 'sent'
      when batches.operation = 'remove' then if(batches.status = 'accepted', 'leaving', 'removing')
      else if(members.was_there, 'repeating', 'adding')
    end as standing
  from export_members as members
  left join export_batches as batches on batches.batch_id = members.batch_id
  where ${inScope(scope, "members")}`;
}

/**
 * Statements that make the difference. Pairs first: each set of identifiers that is wanted or in the ledger, once. Tables
 * rather than one query, because several of the questions that follow concern few rows and must not copy all of them.
 */
export function createChangesSql(rules: DifferenceRules): string {
  return `create or replace temp table export_pairs as
with ledger_rows as (
  ${ledgerRowsSql(rules.scope)}
),
eligible_people as (
  select member_key, identifiers, attributes from ${stagedPeople} where standing = 'eligible'
)
select
  coalesce(eligible_people.member_key, ledger_rows.member_key) as member_key,
  coalesce(eligible_people.identifiers, ledger_rows.identifiers) as identifiers,
  coalesce(eligible_people.attributes, ledger_rows.attributes) as attributes,
  eligible_people.member_key is not null as is_wanted,
  eligible_people.attributes = ledger_rows.attributes as has_same_attributes,
  ledger_rows.standing,
  ledger_rows.sent_at
from eligible_people
full join ledger_rows on ledger_rows.member_key = eligible_people.member_key and ledger_rows.identifiers = eligible_people.identifiers;

-- People with identifiers that are wanted and others that are in the ledger.
create or replace temp table export_changing as
select distinct lone_rows.member_key
from export_pairs as lone_rows
join export_pairs as other_rows on other_rows.member_key = lone_rows.member_key
where lone_rows.is_wanted <> (lone_rows.standing is not null)
  and if(lone_rows.is_wanted, other_rows.standing is not null, other_rows.is_wanted);

create or replace temp view export_judged as
with barred_people as (
  select member_key, min(standing) as standing from ${stagedPeople} where standing <> 'eligible' group by member_key
),
reasoned_rows as (
  select
    pairs.member_key,
    pairs.identifiers,
    pairs.attributes,
    case
      when pairs.is_wanted and pairs.standing is not null then ${stayingReasonSql(rules)}
      when changing.member_key is not null then 'changed'
      when pairs.is_wanted then 'new'
      else coalesce(barred_people.standing, 'left_model')
    end as reason,
    pairs.standing,
    case when not pairs.is_wanted then 'leaving' when pairs.standing is null then 'arriving' else 'staying' end as move
  from export_pairs as pairs
  left join export_changing as changing on changing.member_key = pairs.member_key
  left join barred_people on barred_people.member_key = pairs.member_key
  where pairs.is_wanted or pairs.standing <> 'leaving'
)
select
  member_key,
  identifiers,
  attributes,
  case
    when move = 'arriving' then 'add'
    when move = 'staying' then if(reason = 'unchanged', 'keep', 'refresh')
    when ${keptLeaversSql(rules)} then if(${repeatedLeaversSql(rules)}, 'refresh', 'keep')
    else 'remove'
  end as operation,
  if(move = 'leaving' and (${keptLeaversSql(rules)}), if(${repeatedLeaversSql(rules)}, 'unfinished', 'unchanged'), reason) as reason
from reasoned_rows
where ${admittedSql(rules)};

${orderedRowsSql(rules)}`;
}

/**
 * The same for somebody who is erased: the ledger's own people are wanted, but for them. Removals that were begun are ended;
 * whoever is not surely there is left to the next run, which knows whether they may be addressed.
 */
export function createErasureSql(scope: AudienceScope, rules: OrderRules, memberKeys: readonly string[]): string {
  const erased = memberKeys.map(quoteLiteral).join(", ");
  return `create or replace temp view export_judged as
with ledger_rows as (
  ${ledgerRowsSql(scope)}
)
select
  member_key,
  identifiers,
  attributes,
  if(member_key in (${erased}) or standing = 'removing', 'remove', 'keep') as operation,
  case when member_key in (${erased}) then 'forgotten' when standing = 'removing' then 'unfinished' else 'unchanged' end as reason
from ledger_rows
where member_key in (${erased}) or standing not in ('adding', 'leaving');

${orderedRowsSql(rules)}`;
}

/** Of those who are wanted and in the ledger with the same identifiers. */
function stayingReasonSql({ mode, only, refreshBefore }: DifferenceRules): string {
  if (mode === "remove" || only === "removes") return "if(pairs.standing = 'repeating', 'unfinished', 'unchanged')";
  const expiring = refreshBefore === undefined ? "" : ` when pairs.sent_at < ${quoteLiteral(refreshBefore)} then 'expiring'`;
  return `case when pairs.standing <> 'sent' then 'unfinished' when not pairs.has_same_attributes then 'value'${expiring} else 'unchanged' end`;
}

/** Which of those arrive whose identifiers are wanted and not in the ledger. */
function admittedSql({ mode, only }: DifferenceRules): string {
  if (mode === "remove" || only === "removes") return "move <> 'arriving'";
  return only === "adds" ? "move <> 'arriving' or reason = 'new'" : "true";
}

/** Which of those stay all the same whose identifiers are in the ledger and not wanted. */
function keptLeaversSql({ mode, only }: DifferenceRules): string {
  if (only === "adds") return "true";
  const reasons = [...(mode === "remove" || only === "removes" ? ["'changed'"] : []), ...(mode === "add" ? ["'left_model'"] : [])];
  return reasons.length === 0 ? "false" : `reason in (${reasons.join(", ")}) and standing in ('sent', 'repeating')`;
}

/** Of those: who is sent again. */
function repeatedLeaversSql({ only }: DifferenceRules): string {
  return only === "adds" ? "false" : "standing = 'repeating'";
}

/**
 * Platforms remove whoever has a removed identifier. Somebody who stays and shares one, such as a household's phone, would
 * be lost with it and is sent again. Then everything gets a place: a part's rows stand together and are counted from 1, in
 * the order of the hashed keys, so that the same audience is always delivered in the same order.
 */
function orderedRowsSql({ mode, operations, matching, limit }: OrderRules): string {
  const fill = operations.find((operation) => operation !== "remove");
  const isShared =
    mode === "replace" || fill === undefined
      ? "false"
      : "operation = 'keep' and reason = 'unchanged' and member_key in (select member_key from export_sharing)";
  const parts = [
    `when operation = 'remove' then ${operations.includes("remove") ? "'remove'" : "null"}`,
    ...(fill === "add" ? ["when operation in ('add', 'refresh') then 'add'"] : []),
    ...(fill === "replace" ? ["else 'replace'"] : []),
  ];
  return `create or replace temp view export_limited as
${limitedSql(mode, limit)};

create or replace temp table export_removed as
select distinct identifier
from (select unnest(${findersSql(matching)}) as identifier from export_limited where operation = 'remove')
where ${isFinderSql(matching)};

create or replace temp table export_sharing as
select distinct member_key
from (
  select member_key, unnest(${findersSql(matching)}) as identifier
  from export_limited
  where operation = 'keep' and reason = 'unchanged' and exists (select 1 from export_removed)
)
where identifier in (select identifier from export_removed);

create or replace temp table export_changes as
with final_rows as (
  select member_key, identifiers, attributes, if(${isShared}, 'refresh', operation) as operation, if(${isShared}, 'shared', reason) as reason
  from export_limited
),
placed_rows as (
  select *, case ${parts.join(" ")} end as part
  from final_rows
),
ordered_rows as (
  -- The first digits of a hash as a number decide nearly always, and numbers are sorted in half the time.
  select * from placed_rows order by part is null, part = 'remove' desc, try_cast('0x' || left(member_key, 16) as ubigint), member_key, identifiers
)
select *, row_number() over () as position
from ordered_rows`;
}

/** Removals beyond the limit stay members until the next run; additions beyond it wait outside. */
function limitedSql(mode: DeliveryMode, limit: number | undefined): string {
  if (limit === undefined) return "select member_key, identifiers, attributes, operation, reason from export_judged";
  const isWithin = `row_number() over (partition by operation order by reason in ('new', 'left_model'), member_key) <= ${limit}`;
  if (mode === "remove") {
    return `select member_key, identifiers, attributes, if(operation = 'remove' and not (${isWithin}), 'keep', operation) as operation, reason
from export_judged`;
  }
  return `select member_key, identifiers, attributes, operation, reason
from export_judged
qualify operation <> 'add' or ${isWithin}`;
}

export const dropChangesSql = `drop view if exists export_limited;
drop view if exists export_judged;
drop table if exists ${changes};
drop table if exists temp.export_pairs;
drop table if exists temp.export_changing;
drop table if exists temp.export_removed;
drop table if exists temp.export_sharing`;

/** How often each operation occurs for each reason, the part it belongs to, and where the part's rows stand. */
export const countChangesSql = `select operation, reason, part, count(*) as rows, min(position) as first_position
from ${changes}
group by operation, reason, part
order by operation, rows desc, reason`;

export const countPeopleSql = `select
  count(distinct member_key) filter (where operation <> 'add') as before,
  count(distinct member_key) filter (where operation <> 'remove') as after,
  count(distinct member_key) filter (where operation = 'remove') as removed
from ${changes}`;

/** The keys of all identifiers that are removed, in the order of the alphabet. */
export const removedKeysSql = `with removed_lines as (
  select position, split_part(unnest(string_split(identifiers, chr(10))), '=', 1) as key
  from ${changes}
  where operation = 'remove'
),
keys_of_people as (
  select key, count(*) as times from removed_lines group by position, key
)
select key, max(times) as times
from keys_of_people
group by key
order by key`;

/** People who must be removed, but were sent with nothing of this. */
export function unremovableSql(matching: Matching): string {
  return `select count(*) as people
from ${changes}
where operation = 'remove' and not (${isFindableSql(matching)})`;
}

/** The first people of each operation that sends something. */
export function sampleSql(size: number): string {
  return `select operation, reason, member_key, identifiers
from ${changes}
where operation in ('add', 'remove')
qualify row_number() over (partition by operation order by position) <= ${size}
order by operation, position`;
}
