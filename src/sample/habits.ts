/**
 * How each person behaves, beside buying: where they like to buy, what they like, how they take to messages, when they
 * moved from the store to the web, and when they left (the truth that churn models are judged by).
 */
import { closing, gamma, happens, later, opening, pickByShare, textList } from "./expressions.ts";
import { categories } from "./products.ts";
import { behaviour, gammaGamma, messaging } from "./world.ts";

/** `sample_habits`: one row per person. */
export function habitStatements(): readonly string[] {
  const channel = pickByShare(
    "sample_u(n || ':likes-channel')",
    [
      ["'web'", 0.42],
      ["'app'", 0.38],
    ],
    "'store'",
  );
  return [
    `create or replace temp table sample_habits as
with lives as (
  select n, min(ordered_at) as first_order_at, max(ordered_at) as last_order_at, max(ordered_at) filter (where leaves) as left_at
  from sample_purchases
  group by n
)
select n, person_id, country, email, uses_app, is_registered, acquisition,
  is_registered and not is_test and not is_deleted as is_addressable,
  greatest(created_at, ${opening}) as created_at, first_order_at, last_order_at, left_at,
  least(coalesce(left_at + interval 60 day, ${closing}), ${closing}) as around_until,
  if(uses_app or sample_u(n || ':likes-channel') < 0.42 or sample_u(n || ':likes-channel') > 0.8, ${channel}, 'web') as likes_channel,
  case when ${happens("n || ':moves'", behaviour.movesFromStoreToWeb)} then ${later(`greatest(first_order_at, ${opening})`, "n || ':moved'", "day", 60, 300)} end as moved_at,
  sample_whole(n || ':favourite', 0, ${categories.length - 1}) as favourite,
  ${gamma("n || ':taste'", gammaGamma.q)} as taste,
  if(${happens("n || ':thrifty'", 0.3)}, 0.6, 0.1) as coupon_chance,
  0.05 + 0.75 * pow(sample_u(n || ':opens'), 1.5) as open_chance,
  0.05 + 0.25 * sample_u(n || ':clicks') as click_chance,
  ${happens("n || ':mail-privacy'", messaging.machineOpen.people)} as has_mail_privacy,
  case when ${happens("n || ':falls-silent'", messaging.fallsSilent)} then ${later(`greatest(created_at, ${opening})`, "n || ':silent'", "day", 20, 400)} end as silent_from,
  sample_pick(n || ':mail-program', ${textList(["Gmail/Android", "Naver Mail", "Outlook/Windows", "Samsung Email"])}) as mail_program
from sample_people
left join lives using (n)`,
  ];
}
