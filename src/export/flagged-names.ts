/**
 * Words in an audience's name or description that platforms take as a hint at people's health or money. They close such
 * audiences, sometimes for good, and cut what ads may use of them. A list of common words, which no platform publishes.
 */

const words: Readonly<Record<string, readonly string[]>> = {
  health: [
    "addict\\w*",
    "aids",
    "alcoholi\\w*",
    "allerg\\w*",
    "alzheimer\\w*",
    "anxiety",
    "arthriti\\w*",
    "asthma\\w*",
    "autis\\w*",
    "cancer",
    "cholesterol",
    "chronic",
    "dement\\w*",
    "depress\\w*",
    "diabet\\w*",
    "diagnos\\w*",
    "disab\\w*",
    "disease\\w*",
    "disorder\\w*",
    "fertil\\w*",
    "hiv",
    "hypertens\\w*",
    "illness\\w*",
    "infertil\\w*",
    "insulin",
    "medicaid",
    "medical",
    "medicare",
    "medication\\w*",
    "menopaus\\w*",
    "mental",
    "obes\\w*",
    "oncolog\\w*",
    "overweight",
    "patient\\w*",
    "pregnan\\w*",
    "prescription\\w*",
    "psychiatr\\w*",
    "rehab\\w*",
    "std",
    "surgery",
    "symptom\\w*",
    "therap\\w*",
  ],
  finances: [
    "bankrupt\\w*",
    "credit score\\w*",
    "creditworth\\w*",
    "debt\\w*",
    "foreclos\\w*",
    "high[- ]income",
    "income",
    "insolven\\w*",
    "loan\\w*",
    "low[- ]income",
    "mortgage\\w*",
    "net worth",
    "payday",
    "poor",
    "poverty",
    "salar\\w+",
    "unemploy\\w*",
    "wealth\\w*",
  ],
};

/** The first such word, and what it hints at. */
export function findFlaggedWord(text: string): { readonly word: string; readonly topic: string } | undefined {
  for (const [topic, list] of Object.entries(words)) {
    const found = new RegExp(`(?<![\\p{L}\\p{N}])(?:${list.join("|")})(?![\\p{L}\\p{N}])`, "iu").exec(text);
    if (found) return { word: found[0], topic };
  }
  return undefined;
}
