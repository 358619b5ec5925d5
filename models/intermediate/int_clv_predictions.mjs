// What each buyer is expected to buy within the horizon, by the fitted models. No fit, no rows.

export default async function* ({ ref, analytics, vars }) {
  const [fitted] = await ref("clv_model_parameters").rows();
  if (!fitted || fitted.r === null) return;
  const { r, alpha, a, b, p, q, v, period } = fitted;
  const purchases = { r, alpha, a, b };
  const values = { p: p ?? Number.NaN, q: q ?? Number.NaN, v: v ?? Number.NaN };
  const monthLength = period === "week" ? 30 / 7 : 30;
  const months = vars.clv_horizon_months;
  for await (const batch of ref("int_rfm_summary_clv").batches()) {
    yield batch.map(({ customer_id, x, t_x, T, mean_repeat_value, value_excluded_reason }) => {
      const history = { repeatPurchases: Number(x), recency: Number(t_x), age: Number(T) };
      const expectedPurchases = (time) => analytics.expectedPurchasesBgNbd(purchases, history, time);
      const spent = value_excluded_reason === null ? { repeatPurchases: Number(x), meanValue: Number(mean_repeat_value) } : undefined;
      const expectedValue = analytics.expectedValue(values, spent);
      const predicted = analytics.discountedLifetimeValue({
        expectedPurchases,
        expectedValue,
        months,
        monthlyDiscountRate: vars.clv_monthly_discount_rate,
        monthLength,
      });
      return {
        customer_id,
        p_alive: analytics.probabilityAliveBgNbd(purchases, history),
        exp_orders_h: expectedPurchases(months * monthLength),
        exp_value: finite(expectedValue),
        predicted_clv: finite(predicted),
      };
    });
  }
}

function finite(value) {
  return Number.isFinite(value) ? value : null;
}
