/**
 * What is in an order. Its line amounts add up to its gross value. The till writes no line numbers, so that two equal
 * lines of it are two lines; a copied line of the web shop is known by its number.
 */
import { happens, withCopies } from "./expressions.ts";
import { categories, productsByCategory } from "./products.ts";
import { behaviour } from "./world.ts";

const products = categories.length * productsByCategory;

/** A product number: mostly of the customer's favourite category, and early numbers of a category more often. */
const productNo = (key: string): string =>
  `(case when ${happens(`${key} || ':in-favourite'`, behaviour.favouriteCategory)} then favourite else sample_whole(${key} || ':category', 0, ${categories.length - 1}) end
    * ${productsByCategory} + floor(${productsByCategory} * pow(sample_u(${key} || ':product'), 1.6))::bigint)`;

/** `sample_order_lines`: one row per line, with product and amount. */
export function orderLineStatements(): readonly string[] {
  const partner = (product: string): string => `(${product} + 1 - 2 * (${product} % 2))`;
  return [
    `create or replace temp table sample_order_lines as
with baskets as (
  select order_id, key, is_till, value + discount as gross,
    coalesce(habits.favourite, sample_whole(key || ':favourite', 0, ${categories.length - 1})) as favourite,
    case when value < 8000 or sample_u(key || ':lines') < 0.45 then 1 when sample_u(key || ':lines') < 0.78 then 2
      when sample_u(key || ':lines') < 0.93 then 3 else 4 end as lines
  from sample_orders
  left join sample_habits as habits using (n)
),
split as (
  select * exclude (lines), ${productNo("key")} as first_product,
    list_transform(range(1, lines), lambda line: floor(gross * (0.1 + 0.18 * sample_u(key || ':amount:' || line)) / 100)::bigint * 100) as further_amounts
  from baskets
),
amounts as (
  select *, [gross - coalesce(list_sum(further_amounts), 0)] || further_amounts as line_amounts from split
),
lines as (
  select * exclude (further_amounts, line_amounts), unnest(line_amounts)::bigint as line_amount, generate_subscripts(line_amounts, 1) as line_no
  from amounts
),
placed as (
  select *, case when line_no = 1 then first_product
      when line_no = 2 and ${happens("key || ':pair'", behaviour.boughtTogether)} then ${partner("first_product")}
      else ${productNo("(key || ':' || line_no)")} end % ${products} as product_no
  from lines
)
select order_id, key || ':' || line_no as key, if(is_till, null, line_no) as line_no, product_no, line_amount,
  case when line_amount >= 20000 and line_amount % 200 = 0 and sample_u(key || ':two:' || line_no) < 0.3 then 2 else 1 end as quantity
from placed`,
  ];
}

/** The rows of `raw_order_lines` that come from `sample_order_lines`. */
export function orderLineRows(): string {
  return `select order_id, line_no, product_id, category, quantity, line_amount // quantity as unit_price, line_amount
from ${withCopies("sample_order_lines", "key", "line_no is not null")} as lines
join sample_products using (product_no)`;
}
