/**
 * The difference between who shall be in an audience and what the ledger says we sent, as SQL over the state database: one
 * row for each set of identifiers and what is done with it. Whoever changes an address has two rows, a removal of the old
 * identifiers and an addition of the new ones. Text only; runs nothing.
 *
 * | wanted now          | in the ledger      | mirror, replace | add                 | remove |
 * |---------------------|--------------------|-----------------|---------------------|--------|
 * | yes                 | no                 | add             | add                 | -      |
 * | yes                 | the same, sent     | keep            | keep                | keep   |
 * | with another worth  | the same           | refresh         | refresh             | keep   |
 * | yes                 | the same, unsure   | refresh         | refresh             | keep   |
 * | with others         | yes                | remove          | remove              | keep   |
 * | no                  | yes                | remove          | keep, unless barred | remove |
 *
 * Unsure is what was sent or taken out in a batch that nobody knows the end of. Barred are those who are left out for a
 * reason: without consent, suppressed, held out or without identifiers.
 */
import { quoteLiteral } from "../core/names.ts";
import type { DeliveryMode, DeliveryOperation } from "../ports/destination.ts";
import { type AudienceScope, inScope } from "./audience-scope.ts";
import { stagedPeople } from "./staging.ts";

export interface DifferenceRules {
  readonly scope: AudienceScope;
  readonly mode: DeliveryMode;
  /** What the mode is made of at this destination. */
  readonly operations: readonly DeliveryOperation[];
  /** The identifiers that find a person by themselves. */
  readonly matchingKeys: readonly string[];
  /** Who was last sent before this moment is sent again, ISO 8601. */
  readonly refreshBefore: string | undefined;
  readonly only: "adds" | "removes" | undefined;
  /** Most people whom the mode is about: additions in mode add, removals in mode remove. */
  readonly limit: number | undefined;
}

type OrderRules = Pick<DifferenceRules, "mode" | "operations" | "matchingKeys" | "limit">;

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

/** What the ledger's rows are worth: `sent` are there, `leaving` are on their way out, of `unsure` ones nobody knows. */
export function ledgerRowsSql(scope: AudienceScope): string {
  return `select
    members.member_key,
    members.identifiers,
    coalesce(members.attributes, '') as attributes,
    members.sent_at,
    case
      when batches.batch_id is null or (batches.operation <> 'remove' and batches.status in ('accepted', 'done')) then 'sent'
      when batches.operation = 'remove' and batches.status = 'accepted' then 'leaving'
      else 'unsure'
    end as standing
  from export_members as members
  left join export_batches as batches on batches.batch_id = members.batch_id
  where ${inScope(scope, "members")}`;
}

export function createChangesSql(rules: DifferenceRules): string {
  return `create or replace temp table export_changes as
with ledger_rows as (
  ${ledgerRowsSql(rules.scope)}
),
eligible_people as (
  select member_key, identifiers, attributes from ${stagedPeople} where standing = 'eligible'
),
barred_people as (
  select member_key, min(standing) as standing from ${stagedPeople} where standing <> 'eligible' group by member_key
),
paired_rows as (
  select
    coalesce(eligible_people.member_key, ledger_rows.member_key) as member_key,
    eligible_people.identifiers as wanted,
    ledger_rows.identifiers as sent,
    coalesce(eligible_people.attributes, ledger_rows.attributes) as attributes,
    eligible_people.attributes = ledger_rows.attributes as has_same_attributes,
    ledger_rows.standing,
    ledger_rows.sent_at
  from eligible_people
  full join ledger_rows on ledger_rows.member_key = eligible_people.member_key and ledger_rows.identifiers = eligible_people.identifiers
),
judged_rows as (
${[stayingSql(rules), arrivingSql(rules), leavingSql(rules)].join("\n  union all\n")}
),
${orderedRowsSql(rules)}`;
}

/** The same for somebody who is erased: the ledger's own people are wanted, but for them. */
export function createErasureSql(scope: AudienceScope, rules: OrderRules, memberKeys: readonly string[]): string {
  const erased = memberKeys.map(quoteLiteral).join(", ");
  return `create or replace temp table export_changes as
with ledger_rows as (
  ${ledgerRowsSql(scope)}
),
judged_rows as (
  select
    member_key,
    identifiers,
    attributes,
    if(member_key in (${erased}), 'remove', 'keep') as operation,
    if(member_key in (${erased}), 'forgotten', 'unchanged') as reason
  from ledger_rows
),
${orderedRowsSql(rules)}`;
}

/** Wanted, and in the ledger with the same identifiers. */
function stayingSql({ mode, only, refreshBefore }: DifferenceRules): string {
  const refreshes = mode !== "remove" && only !== "removes";
  const reason = [
    ...(refreshes ? ["when standing <> 'sent' then 'unfinished'"] : []),
    ...(refreshes ? ["when not has_same_attributes then 'value'"] : []),
    ...(refreshes && refreshBefore !== undefined ? [`when sent_at < ${quoteLiteral(refreshBefore)} then 'expiring'`] : []),
  ];
  return `  select member_key, sent as identifiers, attributes, if(reason = 'unchanged', 'keep', 'refresh') as operation, reason
  from (
    select member_key, sent, attributes, ${reason.length === 0 ? "'unchanged'" : `case ${reason.join(" ")} else 'unchanged' end`} as reason
    from paired_rows
    where wanted is not null and sent is not null
  )`;
}

/** Wanted, and not in the ledger with these identifiers. */
function arrivingSql({ mode, only }: DifferenceRules): string {
  const reason = "if(member_key in (select member_key from ledger_rows), 'changed', 'new')";
  const whom = mode === "remove" || only === "removes" ? "false" : only === "adds" ? `${reason} = 'new'` : "true";
  return `  select member_key, wanted as identifiers, attributes, 'add' as operation, ${reason} as reason
  from paired_rows
  where sent is null and ${whom}`;
}

/** In the ledger, and not wanted with these identifiers. */
function leavingSql({ mode, only }: DifferenceRules): string {
  const keeps = [
    ...(only === "adds" ? ["true"] : []),
    ...(mode === "remove" || only === "removes" ? ["reason = 'changed'"] : []),
    ...(mode === "add" ? ["reason = 'left_model'"] : []),
  ];
  const operation = keeps.length === 0 ? "'remove'" : `if(${keeps.join(" or ")}, 'keep', 'remove')`;
  return `  select member_key, sent as identifiers, attributes, ${operation} as operation, if(${operation} = 'keep', 'unchanged', reason) as reason
  from (
    select
      paired_rows.member_key,
      paired_rows.sent,
      paired_rows.attributes,
      case
        when paired_rows.member_key in (select member_key from eligible_people) then 'changed'
        else coalesce(barred_people.standing, 'left_model')
      end as reason
    from paired_rows
    left join barred_people on barred_people.member_key = paired_rows.member_key
    where paired_rows.wanted is null and paired_rows.standing <> 'leaving'
  )`;
}

/**
 * Platforms remove whoever has a removed identifier. Somebody who stays and shares one, such as a household's phone, would
 * be lost with it and is sent again. Then everything gets a place: a part's rows stand together and are counted from 1, in
 * the order of the hashed keys, so that the same audience is always delivered in the same order.
 */
function orderedRowsSql({ mode, operations, matchingKeys, limit }: OrderRules): string {
  const fill = operations.find((operation) => operation !== "remove");
  const isShared = mode === "replace" || fill === undefined ? "false" : "operation = 'keep' and member_key in (select member_key from sharing_people)";
  const limited = limit === undefined ? undefined : mode === "remove" ? "remove" : "add";
  const withinLimit =
    limited === undefined
      ? "true"
      : `operation <> '${limited}' or row_number() over (partition by operation order by reason in ('new', 'left_model'), member_key) <= ${limit}`;
  // Removals beyond the limit stay members until the next run; additions beyond it wait outside.
  const beyondLimit = limited === "remove" ? `if(${withinLimit}, operation, 'keep')` : "operation";
  const parts = [
    `when operation = 'remove' then ${operations.includes("remove") ? "'remove'" : "null"}`,
    ...(fill === "add" ? ["when operation in ('add', 'refresh') then 'add'"] : []),
    ...(fill === "replace" ? ["else 'replace'"] : []),
  ];
  return `limited_rows as (
  select member_key, identifiers, attributes, ${beyondLimit} as operation, reason
  from judged_rows
  ${limited === "add" ? `qualify ${withinLimit}` : ""}
),
removed_identifiers as (
  select distinct identifier
  from (select unnest(string_split(identifiers, chr(10))) as identifier from limited_rows where operation = 'remove')
  where split_part(identifier, '=', 1) in (${matchingKeys.map(quoteLiteral).join(", ")})
),
sharing_people as (
  select distinct member_key
  from (
    select member_key, unnest(string_split(identifiers, chr(10))) as identifier
    from limited_rows
    where operation = 'keep' and exists (select 1 from removed_identifiers)
  )
  where identifier in (select identifier from removed_identifiers)
),
final_rows as (
  select member_key, identifiers, attributes, if(${isShared}, 'refresh', operation) as operation, if(${isShared}, 'shared', reason) as reason
  from limited_rows
),
placed_rows as (
  select *, case ${parts.join(" ")} end as part
  from final_rows
),
ordered_rows as (
  select * from placed_rows order by part is null, part = 'remove' desc, member_key, identifiers
)
select *, row_number() over () as position
from ordered_rows`;
}

/** How often each operation occurs for each reason, the part it belongs to, and where the part's rows stand. */
export const countChangesSql = `select operation, reason, part, count(*) as rows, min(position) as first_position
from ${changes}
group by operation, reason, part
order by operation, rows desc, reason`;

export const countPeopleSql = `select
  count(distinct member_key) filter (where operation <> 'add') as before,
  count(distinct member_key) filter (where operation <> 'remove') as after
from ${changes}`;

/** The keys of all identifiers that are removed, in the order of the alphabet. */
export const removedKeysSql = `select distinct split_part(unnest(string_split(identifiers, chr(10))), '=', 1) as key
from ${changes}
where operation = 'remove'
order by key`;

/** People who must be removed, but were sent with none of these identifiers. */
export function unremovableSql(keys: readonly string[]): string {
  return `select count(*) as people
from ${changes}
where operation = 'remove'
  and not list_has_any(list_transform(string_split(identifiers, chr(10)), lambda line: split_part(line, '=', 1)), [${keys.map(quoteLiteral).join(", ")}])`;
}

/** The first people of each operation that sends something. */
export function sampleSql(size: number): string {
  return `select operation, reason, member_key, identifiers
from ${changes}
where operation in ('add', 'remove')
qualify row_number() over (partition by operation order by position) <= ${size}
order by operation, position`;
}
