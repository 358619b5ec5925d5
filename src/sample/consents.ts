/**
 * What people agreed to, channel by channel: given at sign-up, withdrawn, given again, or never asked. A person without a
 * row for a channel has not agreed to it.
 */
import { closing, opening, text, textList, utc, withCopies } from "./expressions.ts";

/** Shares by channel: agrees at sign-up; later withdraws (of those); agrees again (of those); never asked. */
const habits: readonly (readonly [channel: string, agrees: number, withdraws: number, returns: number, unasked: number])[] = [
  ["ads", 0.9, 0.12, 0.3, 0.1],
  ["email", 0.8, 0.2, 0.1, 0.05],
  ["push", 0.7, 0.12, 0.1, 0.6],
  ["sms", 0.6, 0.15, 0.1, 0.6],
];

/** `sample_answers`: one row per person and channel; `sample_consents`: one row per change, both in local time. */
export function consentStatements(): readonly string[] {
  return [
    `create or replace temp table sample_answers as
with asked as (
  select n, person_id, habits.*, n || ':' || channel as key, greatest(created_at, ${opening}) as asked_at
  from sample_people, (values ${habits.map(([channel, ...rest]) => `(${[text(channel), ...rest].join(", ")})`).join(", ")})
    as habits(channel, agrees, withdraws, returns, unasked)
  where is_registered and sample_u(n || ':' || channel || ':asked') >= unasked
),
answered as (
  select *, sample_u(key || ':agrees') < agrees as has_agreed, sample_u(key || ':withdraws') < withdraws as has_withdrawn,
    asked_at + to_hours(sample_whole(key || ':withdrawn-after', 1, 9000)) as withdrawn_at
  from asked
)
select * exclude (agrees, withdraws, returns, unasked), has_agreed and has_withdrawn and sample_u(key || ':returns') < returns as has_returned,
    withdrawn_at + to_hours(sample_whole(key || ':returned-after', 1, 2000)) as returned_at,
    sample_pick(key || ':reason', ${textList(["too_many_messages", "not_relevant", "privacy", "settings"])}) as withdrawal_reason
  from answered`,
    `create or replace temp table sample_consents as
select person_id, channel, if(has_agreed, 'opt_in', 'opt_out') as status, asked_at as changed_at, 'sign_up' as reason, key from sample_answers
union all
select person_id, channel, 'opt_out', withdrawn_at, withdrawal_reason, key from sample_answers where has_agreed and has_withdrawn
union all
select person_id, channel, 'opt_in', returned_at, 'preference_center', key from sample_answers where has_returned`,
  ];
}

/** The rows of `raw_consents` that come from `sample_consents`. */
export function consentRows(): string {
  return `select person_id as customer_id, channel, status, ${utc("changed_at")} as changed_at, reason
from ${withCopies("sample_consents", "key")}
where changed_at < ${closing}`;
}

/** True when a person whose row of `sample_answers` is at hand may be written to at a moment. */
export const agreesAt = (moment: string): string =>
  `has_agreed and asked_at <= ${moment} and (not has_withdrawn or ${moment} < withdrawn_at or (has_returned and ${moment} >= returned_at))`;
