/** States of the United States with the capital's district and the inhabited territories. A table and its lookup, nothing else. */
import { foldAccents } from "./text.ts";

const table = `
al Alabama|ak Alaska|az Arizona|ar Arkansas|ca California|co Colorado|ct Connecticut|de Delaware|fl Florida|ga Georgia
hi Hawaii|id Idaho|il Illinois|in Indiana|ia Iowa|ks Kansas|ky Kentucky|la Louisiana|me Maine|md Maryland
ma Massachusetts|mi Michigan|mn Minnesota|ms Mississippi|mo Missouri|mt Montana|ne Nebraska|nv Nevada|nh New Hampshire|nj New Jersey
nm New Mexico|ny New York|nc North Carolina|nd North Dakota|oh Ohio|ok Oklahoma|or Oregon|pa Pennsylvania|ri Rhode Island|sc South Carolina
sd South Dakota|tn Tennessee|tx Texas|ut Utah|vt Vermont|va Virginia|wa Washington|wv West Virginia|wi Wisconsin|wy Wyoming
dc District of Columbia|dc Washington DC|pr Puerto Rico|gu Guam|vi US Virgin Islands|vi Virgin Islands|as American Samoa|mp Northern Mariana Islands`;

const codes: ReadonlyMap<string, string> = new Map(
  table
    .trim()
    .split(/[|\n]/)
    .map((entry) => [lettersOf(entry.slice(3)), entry.slice(0, 2)] as const)
    .flatMap(([name, code]) => [[name, code] as const, [code, code] as const, [`us${code}`, code] as const]),
);

/** The two-letter code in lower case for a code ("CA", "US-CA") or an English name, however it is spaced and punctuated. */
export function usStateCode(text: string): string | undefined {
  return codes.get(lettersOf(text));
}

function lettersOf(text: string): string {
  return foldAccents(text).replace(/[^a-z]/g, "");
}
