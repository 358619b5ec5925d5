/** Advertising IDs of phones: IDFA on iOS, GAID on Android. Both are UUIDs; hashing them or not is for the platform to say. */
import { accept, type Normalized, reject } from "./identifier.ts";

/**
 * The ID in lower case with its hyphens. All zeros is what a phone answers whose owner does not share the ID: it is
 * no ID and the same for millions of people, so it must never be sent.
 */
export function normalizeAdvertisingId(text: string): Normalized {
  if (/^[0-]+$/.test(text) && text.replaceAll("-", "").length === 32) return reject("zero_advertising_id");
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? accept(text.toLowerCase()) : reject("invalid_advertising_id");
}
