/** What the shop sells. Products 2k-1 and 2k are bought together more often than chance has it. */
import { text } from "./expressions.ts";

/** Categories with the range of their margins; each has the same number of products. */
export const categories = [
  ["skincare", 0.52, 0.7],
  ["makeup", 0.48, 0.66],
  ["haircare", 0.4, 0.55],
  ["bodycare", 0.38, 0.52],
  ["fragrance", 0.55, 0.72],
  ["tools", 0.25, 0.4],
] as const;

export const productsByCategory = 10;

const natures = ["Calm", "Dawn", "Pine", "Rain", "Salt", "Silk", "Snow", "Stone", "Tide", "Wild"];

/** `sample_products`: category and margin of each product number, counted from 0. */
export function productStatements(): readonly string[] {
  const rows = categories.flatMap(([category, low, high], place) =>
    natures.map((nature, index) => {
      const margin = (low + ((high - low) * index) / (natures.length - 1)).toFixed(3);
      return `(${place * productsByCategory + index}, ${text(`${nature} ${category}`)}, ${text(category)}, ${margin})`;
    }),
  );
  return [
    `create or replace temp table sample_products as
select product_no, printf('P%03d', product_no + 1) as product_id, name, category, margin_rate
from (values
  ${rows.join(",\n  ")}
) as listed(product_no, name, category, margin_rate)`,
  ];
}

/** The rows of `raw_products` that come from `sample_products`. */
export const productRows = (): string => "select product_id, name, category, margin_rate from sample_products";
