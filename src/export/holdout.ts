/**
 * The holdout: a share of people that is never exported, so that what an audience changes can be measured. Who is in it
 * depends on the salt and the key alone, never on the run or the machine. The split is written twice, in SQL for the
 * warehouse and in TypeScript; both must give the same answer.
 */
import { hash } from "node:crypto";
import { quoteLiteral } from "../core/names.ts";

export interface Holdout {
  /** 0 to 100; hundredths of a percent count. */
  readonly percent: number;
  /** Exports with the same salt hold the same people back. */
  readonly salt: string;
}

const buckets = 10_000;

/** The bucket of a person, 0 to 9999: the first 32 bits of md5("salt:key") modulo 10,000. */
export function holdoutBucket(salt: string, key: string): number {
  return Number.parseInt(hash("md5", `${salt}:${key}`, "hex").slice(0, 8), 16) % buckets;
}

export function isHeldOut(holdout: Holdout, key: string): boolean {
  return holdoutBucket(holdout.salt, key) < heldOutBuckets(holdout);
}

/** The condition of `isHeldOut` in the warehouse's SQL; `key` is an expression of text. */
export function heldOutSql(holdout: Holdout, key: string): string {
  return `('0x' || substr(md5(${quoteLiteral(holdout.salt)} || ':' || ${key}), 1, 8))::uinteger % ${buckets} < ${heldOutBuckets(holdout)}`;
}

function heldOutBuckets(holdout: Holdout): number {
  return Math.round((holdout.percent / 100) * buckets);
}
