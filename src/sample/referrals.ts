/** Invitations: those that brought the people who came through a friend, and those that nobody took. */
import { closing, happens, later, utc } from "./expressions.ts";

/** The rows of `raw_referrals`. A referrer signed up before the invitation; whoever found none came by an unknown friend. */
export function referralRows(): string {
  return `with referees as (
  select n, person_id, created_at, first_order_at, 1 + floor(sample_u(n || ':friend') * (n - 1))::bigint as friend
  from sample_habits
  where is_addressable and acquisition like 'friend|%' and created_at < ${closing}
),
invited as (
  select friends.n as referrer, friends.person_id as referrer_id, referees.person_id as referee_id, referees.n as referee, ${later("referees.created_at", "referees.n || ':invited'", "hour", -200, -1)} as invited_at, referees.first_order_at
  from referees
  join sample_habits as friends on friends.n = referees.friend
  where friends.is_addressable and friends.created_at < referees.created_at - interval 200 hour
),
converted as (
  select invited.*, orders.order_id from invited
  left join sample_orders as orders on orders.n = invited.referee and orders.ordered_at = invited.first_order_at and orders.kind = 'purchase' and not orders.is_guest
),
unanswered as (
  select n as referrer, person_id as referrer_id, ${later("created_at", "n || ':invites-at:' || place", "hour", 24, 9000)} as invited_at, place
  from sample_habits, unnest([1, 2]) as places(place)
  where is_addressable and ${happens("n || ':invites:' || place", 0.09)}
)
select 'R' || referee_id as referral_id, referrer_id, referee_id, 'F' || referrer_id as code, ${utc("invited_at")} as invited_at, order_id as converted_order_id, if(order_id is null, 0, 5000) as reward_cost
from converted
union all
select 'U' || referrer_id || '-' || place, referrer_id, null, 'F' || referrer_id, ${utc("invited_at")}, null, 0
from unanswered
where invited_at < ${closing}`;
}
