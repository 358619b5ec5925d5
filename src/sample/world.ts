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

/** How people behave beside buying. */
export const behaviour = {
  movesFromStoreToWeb: 0.06,
  /** An order line is of the customer's favourite category; the second line is the first one's partner. */
  favouriteCategory: 0.6,
  boughtTogether: 0.35,
  /** Customers who buy where they like to buy; otherwise anywhere. */
  buysAtLikedChannel: 0.7,
  premium: 0.22,
  loyaltyMember: 0.5,
  /** Searches for the shop by name. */
  brandSearches: 0.4,
} as const;

/** What people type who search for the shop by its name, in any spelling. */
export const shopName = "Café Salt";

/** The loyalty programme; money in won. */
export const loyalty = { wonPerPoint: 1000, validDays: 365, tiers: { silver: 150_000, gold: 400_000 } } as const;

/** Messages and what becomes of them. */
export const messaging = {
  /** Share of people whose mail program loads pictures unasked, and of their e-mails for which it does. */
  machineOpen: { people: 0.35, opens: 0.9 },
  /** E-mails whose links a scanner follows right after delivery. */
  scannerClick: 0.008,
  bounceHard: 0.006,
  bounceSoft: 0.01,
  dropped: 0.012,
  spam: 0.0012,
  block: 0.0008,
  /** People who one day stop to look at messages, whatever else they do. */
  fallsSilent: 0.22,
  /** Orders on web and app for which a click on the last message brought the customer, if one came within four days. */
  orderFollowsClick: 0.4,
  /** The mail provider reports deliveries only since this local day; before, they must be derived. */
  deliveriesReportedFrom: "2025-07-01",
  postPurchaseFlowFrom: "2025-10-01",
} as const;

export interface PlantedExperiment {
  readonly id: string;
  readonly campaign: string;
  readonly incentive: string;
  readonly type: "coupon" | "discount" | "flash_sale" | "giveaway" | "contest";
  readonly value: number;
  /** Local day; its first moment is the assignment. */
  readonly assignedOn: string;
  /** lapsed: bought, but not in the last `lapsedDays`; buyers: bought at all. */
  readonly audience: "lapsed" | "buyers";
  /** Share of the audience that takes part, and of them the share in treatment. */
  readonly share: number;
  readonly treated: number;
  /** The true lift: how many times as likely the treatment makes a customer to order within `experimentDays`. */
  readonly orderRatio: number;
  /** Share of the holdout whose rows were lost: a sample ratio mismatch. */
  readonly lostHoldout?: number;
}

export const experimentDays = 14;
export const lapsedDays = 60;

/**
 * The lift is planted without touching the purchase process: whoever ordered is drawn into an arm by the chance that this
 * arm has among people who order, and whoever did not by the chance it has among the others (see experiments.ts).
 */
export const experiments: readonly PlantedExperiment[] = [
  {
    id: "winback_2025",
    campaign: "WB01",
    incentive: "INC_WINBACK25",
    type: "coupon",
    value: 10_000,
    assignedOn: "2025-11-10",
    audience: "lapsed",
    share: 1,
    treated: 0.65,
    orderRatio: 5,
  },
  {
    id: "spring_discount",
    campaign: "PR04",
    incentive: "INC_SPRING26",
    type: "discount",
    value: 5000,
    assignedOn: "2026-03-09",
    audience: "buyers",
    share: 0.7,
    treated: 0.5,
    orderRatio: 2,
  },
  {
    id: "giveaway_winter",
    campaign: "PR03",
    incentive: "INC_GIVEAWAY26",
    type: "giveaway",
    value: 3000,
    assignedOn: "2026-01-12",
    audience: "buyers",
    share: 0.4,
    treated: 0.5,
    orderRatio: 1.4,
  },
  {
    id: "flash_sale",
    campaign: "PR05",
    incentive: "INC_FLASH26",
    type: "flash_sale",
    value: 7000,
    assignedOn: "2026-05-11",
    audience: "buyers",
    share: 0.5,
    treated: 0.5,
    orderRatio: 1,
  },
  // Rows of the holdout were lost: the ratio of the arms gives it away.
  {
    id: "contest_autumn",
    campaign: "PR02",
    incentive: "INC_CONTEST25",
    type: "contest",
    value: 2000,
    assignedOn: "2025-09-15",
    audience: "buyers",
    share: 0.5,
    treated: 0.5,
    orderRatio: 1,
    lostHoldout: 0.4,
  },
  // Its window of two weeks ends after as_of: too early for a verdict.
  {
    id: "winback_2026",
    campaign: "WB02",
    incentive: "INC_WINBACK26",
    type: "coupon",
    value: 10_000,
    assignedOn: "2026-06-20",
    audience: "lapsed",
    share: 0.5,
    treated: 0.7,
    orderRatio: 5,
  },
];

export const defaultCustomers = 1500;
/** One of the first ten tried: fits of 1,500 customers come within a standard error of every constant above. */
export const defaultSeed = "s7";
