/**
 * Values that an export hands on plain, between the row that they were read from and the batch that they leave in. They wait
 * in a temporary table of the state database, sealed with a key that only this process has and that dies with it: whatever
 * of that table reaches a disk says nothing. The ledger and the difference know their hashes and nothing else.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Connection } from "../ports/engine.ts";
import type { MemberColumn } from "./member-columns.ts";
import { type StagedPerson, sealedPeople } from "./staging.ts";

const cipher = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/** A person with the plain values of the columns that may go out so. */
export interface SealedPerson extends StagedPerson {
  readonly sealed?: string;
}

/** By their hashes. */
type PlainValues = Readonly<Record<string, string>>;

export class PlainIdentifiers {
  private readonly keys: ReadonlySet<string>;
  private readonly secret = randomBytes(32);

  private constructor(keys: ReadonlySet<string>) {
    this.keys = keys;
  }

  /** Nothing for the usual export, whose every value is hashed or no person's own. */
  static of(columns: readonly MemberColumn[]): PlainIdentifiers | undefined {
    const keys = columns.filter(({ identity }) => identity.plain).map(({ key }) => key);
    return keys.length === 0 ? undefined : new PlainIdentifiers(new Set(keys));
  }

  seal(values: PlainValues): string {
    const iv = randomBytes(ivBytes);
    const sealing = createCipheriv(cipher, this.secret, iv);
    const text = Buffer.concat([sealing.update(JSON.stringify(values), "utf8"), sealing.final()]);
    return Buffer.concat([iv, sealing.getAuthTag(), text]).toString("base64");
  }

  async begin(state: Connection): Promise<void> {
    await state.execute(`create or replace temp table export_sealed (member_key varchar, sealed varchar)`);
  }

  async putAside(state: Connection, batch: readonly SealedPerson[]): Promise<void> {
    const rows = batch.flatMap(({ memberKey, sealed }) => (sealed === undefined ? [] : [{ memberKey, sealed }]));
    if (rows.length > 0) await state.query(insertSealed, [JSON.stringify(rows)]);
  }

  /** Exchanges hashes for the values that they are of. A hash without its value is nothing that the platform could read. */
  reveal(columns: readonly string[], cells: readonly string[], sealed: string): readonly string[] {
    const values = sealed === "" ? {} : this.open(sealed);
    return cells.map((cell, i) => {
      return this.keys.has(columns[i] ?? "") ? (values[cell] ?? "") : cell;
    });
  }

  private open(sealed: string): PlainValues {
    const bytes = Buffer.from(sealed, "base64");
    const opening = createDecipheriv(cipher, this.secret, bytes.subarray(0, ivBytes));
    opening.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    return JSON.parse(opening.update(bytes.subarray(ivBytes + tagBytes), undefined, "utf8") + opening.final("utf8")) as PlainValues;
  }
}

const insertSealed = `insert into ${sealedPeople}
select person.memberKey, person.sealed
from (select unnest(from_json(?, '[{"memberKey": "VARCHAR", "sealed": "VARCHAR"}]')) as person)`;
