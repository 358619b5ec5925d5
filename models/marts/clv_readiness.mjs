// The conditions under which predictions are shown, each with what is there and what is needed.

export default async function ({ ref, analytics, vars, as_of }) {
  const [facts] = await ref("int_clv_facts").rows();
  const number = (value) => (value === null ? Number.NaN : Number(value));
  const rows = analytics.checkReadiness(
    {
      buyers: number(facts.buyers),
      historyDays: number(facts.history_days),
      daysSinceLastOrder: number(facts.days_since_last_order),
      buyersWithThreeOrders: number(facts.buyers_with_three_orders),
      q: number(facts.q),
      correlation: number(facts.count_value_correlation),
    },
    {
      leastBuyers: vars.clv_min_buyers,
      leastHistoryDays: vars.clv_min_history_days,
      mostDaysSinceLastOrder: vars.clv_max_days_since_order,
      leastBuyersWithThreeOrders: vars.clv_min_regulars,
      mostCorrelation: vars.clv_max_correlation,
    },
  );
  return rows.map(({ condition, ok, value, needed }) => ({ condition, ok, value: Number.isFinite(value) ? value : null, needed, as_of_date: as_of }));
}
