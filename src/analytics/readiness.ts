/**
 * Whether predictions deserve trust: the four conditions that Klaviyo publishes for its predictive value (customers, length
 * of history, a recent order, regulars), and the two without which Gamma-Gamma has no meaning. Each is a row with what is
 * there and what is needed, so that a table can show why there is no prediction.
 */

export interface ReadinessFacts {
  readonly buyers: number;
  readonly historyDays: number;
  readonly daysSinceLastOrder: number;
  readonly buyersWithThreeOrders: number;
  /** q of the Gamma-Gamma fit; NaN without one. */
  readonly q: number;
  /** Correlation of the number of repeat purchases with their mean value; NaN without one. */
  readonly correlation: number;
}

export interface ReadinessNeeds {
  readonly leastBuyers: number;
  readonly leastHistoryDays: number;
  readonly mostDaysSinceLastOrder: number;
  readonly leastBuyersWithThreeOrders: number;
  readonly mostCorrelation: number;
}

export const usualNeeds: ReadinessNeeds = {
  leastBuyers: 500,
  leastHistoryDays: 180,
  mostDaysSinceLastOrder: 30,
  leastBuyersWithThreeOrders: 1,
  mostCorrelation: 0.3,
};

export interface ReadinessCondition {
  readonly condition: string;
  readonly ok: boolean;
  readonly value: number;
  /** The limit; whether it is a least or a most is part of the condition's name. */
  readonly needed: number;
}

/** All conditions, met or not. What is NaN is not met. */
export function checkReadiness(facts: ReadinessFacts, needs: ReadinessNeeds = usualNeeds): readonly ReadinessCondition[] {
  const least = (condition: string, value: number, needed: number): ReadinessCondition => ({ condition, ok: value >= needed, value, needed });
  const below = (condition: string, value: number, needed: number): ReadinessCondition => ({ condition, ok: value < needed, value, needed });
  return [
    least("at_least_buyers", facts.buyers, needs.leastBuyers),
    least("at_least_history_days", facts.historyDays, needs.leastHistoryDays),
    {
      ...below("at_most_days_since_last_order", facts.daysSinceLastOrder, needs.mostDaysSinceLastOrder),
      ok: facts.daysSinceLastOrder <= needs.mostDaysSinceLastOrder,
    },
    least("at_least_buyers_with_three_orders", facts.buyersWithThreeOrders, needs.leastBuyersWithThreeOrders),
    { condition: "gamma_gamma_q_above", ok: facts.q > 1, value: facts.q, needed: 1 },
    below("correlation_of_count_and_value_below", Math.abs(facts.correlation), needs.mostCorrelation),
  ];
}
