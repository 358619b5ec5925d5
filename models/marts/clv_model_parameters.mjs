// Fits the purchase model (BG/NBD) and the value model (Gamma-Gamma) to buyers whose beginning was seen.

export default async function ({ ref, analytics, as_of, vars, log }) {
  const buyers = await ref("int_clv_fit_buyers").rows();
  const period = buyers[0]?.period ?? vars.clv_period;
  const histories = buyers.map(({ x, t_x, T }) => ({ repeatPurchases: Number(x), recency: Number(t_x), age: Number(T) }));
  const spenders = buyers
    .filter((buyer) => buyer.value_excluded_reason === null)
    .map(({ x, mean_repeat_value }) => ({ repeatPurchases: Number(x), meanValue: Number(mean_repeat_value) }))
    .sort((one, other) => one.repeatPurchases - other.repeatPurchases || one.meanValue - other.meanValue);
  // Fewer people than parameters fit anything.
  const purchases = histories.some(({ repeatPurchases }) => repeatPurchases > 0) && histories.length > 4 ? analytics.fitBgNbd(group(histories)) : undefined;
  const values = spenders.length > 3 ? analytics.fitGammaGamma(spenders) : undefined;
  if (purchases && !purchases.converged) log(`the purchase model did not converge after ${purchases.evaluations} evaluations`);
  return [
    {
      model: "bg_nbd",
      period,
      n: histories.length,
      r: purchases?.parameters.r,
      alpha: purchases?.parameters.alpha,
      a: purchases?.parameters.a,
      b: purchases?.parameters.b,
      r_se: finite(purchases?.standardErrors.r),
      alpha_se: finite(purchases?.standardErrors.alpha),
      a_se: finite(purchases?.standardErrors.a),
      b_se: finite(purchases?.standardErrors.b),
      ll: purchases?.logLikelihood,
      converged: purchases?.converged ?? false,
      value_n: spenders.length,
      p: values?.parameters.p,
      q: values?.parameters.q,
      v: values?.parameters.v,
      p_se: finite(values?.standardErrors.p),
      q_se: finite(values?.standardErrors.q),
      v_se: finite(values?.standardErrors.v),
      value_ll: values?.logLikelihood,
      value_converged: values?.converged ?? false,
      count_value_correlation: finite(correlation(spenders)),
      as_of_date: as_of,
    },
  ];
}

/** Equal histories once, with their number: the fit takes as long as there are different ones. In one order, since sums depend on it in their last digits. */
function group(histories) {
  const groups = new Map();
  for (const history of histories) {
    const key = `${history.repeatPurchases} ${history.recency} ${history.age}`;
    const known = groups.get(key);
    if (known) known.customers++;
    else groups.set(key, { ...history, customers: 1 });
  }
  return [...groups.values()].sort((one, other) => one.repeatPurchases - other.repeatPurchases || one.recency - other.recency || one.age - other.age);
}

/** Pearson's; the value model wants how often and how much to be independent. */
function correlation(spenders) {
  const n = spenders.length;
  const mean = (of) => spenders.reduce((sum, spender) => sum + of(spender), 0) / n;
  const x = mean((s) => s.repeatPurchases);
  const m = mean((s) => s.meanValue);
  const covariance = mean((s) => (s.repeatPurchases - x) * (s.meanValue - m));
  return covariance / Math.sqrt(mean((s) => (s.repeatPurchases - x) ** 2) * mean((s) => (s.meanValue - m) ** 2));
}

function finite(value) {
  return Number.isFinite(value) ? value : null;
}
