/** What no platform may be sent: plain values where hashes belong, and the hashes of missing ones. */

const ofEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/** Of the words null and undefined: nobody's address or number, but somebody's surname. */
const ofNullWords = new Set([
  "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
  "eb045d78d273107348b0300c01d29b7552d622abbc6faf81b3ec55359aa9950c",
]);

/** @param {string} key @param {unknown} cell @returns {string | undefined} what is wrong with it */
export function problemWithHash(key, cell) {
  if (typeof cell !== "string") return "is no text";
  if (cell.includes("@")) return "is a plain e-mail address";
  if (!/^[0-9a-f]{64}$/.test(cell)) return "is not the SHA-256 of a value in lower-case hexadecimal digits";
  if (cell === ofEmpty || (/^(EMAIL|PHONE)/.test(key) && ofNullWords.has(cell))) return "is the hash of a missing value";
  return undefined;
}

/** @param {unknown} cell @returns {string | undefined} */
export function problemWithAdvertisingId(cell) {
  if (typeof cell !== "string" || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cell)) return "is not an advertising id in lower case";
  return /^[0-]+$/.test(cell) ? "is the advertising id of nobody" : undefined;
}

/** How many people that are at least: as many as have the key that most have. @param {Iterable<string>} identifiers `KEY=cell` */
export function countPeople(identifiers) {
  const counts = new Map();
  for (const identifier of identifiers) {
    const key = identifier.slice(0, identifier.indexOf("="));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
