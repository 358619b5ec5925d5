/** The shape of a row in the tables of codes, which `retain explain` prints and every diagnostic is made from. */
export interface CodeEntry {
  readonly title: string;
  /** One sentence without a full stop, made from typed parameters. */
  readonly message: (params: never) => string;
  /** What it means, why it is so, and how to mend it: plain sentences for `retain explain`. */
  readonly explain: string;
  /** The next step where it is always the same. */
  readonly help?: string;
  readonly severity?: "error" | "warning" | "info";
}

export type CodeTable = Readonly<Record<string, CodeEntry>>;
