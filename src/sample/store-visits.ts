/** Visits to the stores that were noticed: at the till, or by the card at the door. */
import { closing, happens, opening, textList, timeOfDay, utc } from "./expressions.ts";

/** The rows of `raw_store_visits`: who buys in a store was there, and looked around without buying now and then. */
export function storeVisitRows(): string {
  const stores = textList(["ST01", "ST02", "ST03", "ST04"]);
  return `with bought as (
  select person_id, sample_pick(key || ':store', ${stores}) as store_id, ordered_at as visited_at, key from sample_orders where is_till and n is not null and kind in ('purchase', 'zero')
),
looked as (
  select person_id, store_id, date_trunc('day', visited_at) + to_days(sample_whole(key || ':looks-after', 5, 60)::integer) + ${timeOfDay("key || ':looks'")} as visited_at
  from bought
  where ${happens("key || ':looks-around'", 0.5)}
)
select person_id as customer_id, store_id, ${utc("visited_at")} as visited_at
from (select person_id, store_id, visited_at from bought union all select * from looked)
where visited_at between ${opening} and ${closing} - interval 1 second`;
}
