/**
 * Values that an export hands on plain, between the row that they were read from and the batch that they leave in. They wait
 * in a temporary table of the state database, sealed with a key that only this process has and that dies with it: whatever
 * of that table reaches a disk says nothing. The ledger and the difference know their hashes and nothing else.
 */
import type { MemberColumn } from "./member-columns.ts";
import { createSecret, openValues } from "./sealing.ts";

export class PlainIdentifiers {
  readonly secret = createSecret();
  private readonly keys: ReadonlySet<string>;

  private constructor(keys: ReadonlySet<string>) {
    this.keys = keys;
  }

  /** Nothing for the usual export, whose every value is hashed or no person's own. */
  static of(columns: readonly MemberColumn[]): PlainIdentifiers | undefined {
    const keys = columns.filter(({ identity }) => identity.plain).map(({ key }) => key);
    return keys.length === 0 ? undefined : new PlainIdentifiers(new Set(keys));
  }

  /** Exchanges hashes for the values that they are of. A hash without its value is nothing that the platform could read. */
  reveal(columns: readonly string[], cells: readonly string[], sealed: string): readonly string[] {
    const values = sealed === "" ? {} : openValues(this.secret, sealed);
    return cells.map((cell, i) => {
      return this.keys.has(columns[i] ?? "") ? (values[cell] ?? "") : cell;
    });
  }
}
