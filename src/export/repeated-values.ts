/**
 * Remembers what was made of the values of a column, as long as they repeat: a few thousand first names and a handful of
 * countries stand in for millions of people. A column of values that are each somebody's own is found out soon and costs
 * nothing from then on. Values stay in memory, few of them, and are forgotten with the column.
 */
const mostKept = 8192;
/** Asked so often, the share of those that were known says whether the column is worth it: by then everything that can be kept is. */
const trial = 2 * mostKept;

export class RepeatedValues<T> {
  private readonly known = new Map<string, T>();
  private asked = 0;
  private found = 0;
  private isWorthIt = true;

  /** What `make` makes of the value beside another one, by which it may be read; only texts are remembered. */
  get(value: unknown, beside: unknown, make: () => T): T {
    if (!this.isWorthIt || typeof value !== "string" || (beside !== undefined && typeof beside !== "string")) return make();
    const place = beside === undefined ? value : `${beside.length} ${beside}${value}`;
    const known = this.known.get(place);
    this.count(known !== undefined);
    if (known !== undefined) return known;
    const made = make();
    if (this.isWorthIt && this.known.size < mostKept) this.known.set(place, made);
    return made;
  }

  private count(isKnown: boolean): void {
    this.asked++;
    if (isKnown) this.found++;
    if (this.asked < trial) return;
    this.isWorthIt = this.found * 4 > this.asked;
    if (!this.isWorthIt) this.known.clear();
    this.asked = 0;
    this.found = 0;
  }
}
