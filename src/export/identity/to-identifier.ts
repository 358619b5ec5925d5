/**
 * The one way from a database value to a cell that may be stored and sent. The checks that hold for every platform and
 * key stand here, so that no platform's file can forget them: nothing empty is hashed, nothing is hashed twice, nothing throws.
 */
import { isHashOfEmpty, isHashOfNullWord, isSha256Hex, sha256Hex } from "./hash.ts";
import { type Identifier, type IdentifierContext, type IdentifierOptions, type IdentityKey, type Normalized, reject } from "./identifier.ts";
import { isNullWord, readText } from "./text.ts";

/** The cell for `value`, or the reason why there is none. The value itself is in neither. */
export function toIdentifier(key: IdentityKey, value: unknown, context: IdentifierContext, options: IdentifierOptions = {}): Identifier {
  if (options.hashed) return passHash(key, value);
  const normalized = normalizeIdentifier(key, value, context, options);
  if (!normalized.ok) return normalized;
  return { ok: true, cell: key.hashed ? sha256Hex(normalized.value) : normalized.value, hashed: key.hashed };
}

/** The plain normalised text, for the tests of platforms and for matching in memory. Callers must not store, log or print it. */
export function normalizeIdentifier(key: IdentityKey, value: unknown, context: IdentifierContext, options: IdentifierOptions = {}): Normalized {
  const read = readText(value, key.asIs);
  if (!read.ok) return read;
  if (!key.permitsNullWord && isNullWord(read.value)) return reject("null_word");
  // No name or place is 64 hexadecimal digits, so this is a column that lacks `hashed: true`; hashing again would match nobody.
  if (key.hashed && isSha256Hex(read.value)) return reject("already_hashed");
  const normalized = key.normalize(read.value, context, options);
  return normalized.ok && normalized.value === "" ? reject("empty") : normalized;
}

function passHash(key: IdentityKey, value: unknown): Identifier {
  const read = readText(value);
  if (!read.ok) return read;
  if (!key.hashed) return reject("never_hashed");
  if (!isSha256Hex(read.value)) return reject("invalid_hash");
  const cell = read.value.toLowerCase();
  const nothing = isHashOfEmpty(cell) || (!key.permitsNullWord && isHashOfNullWord(cell));
  return nothing ? reject("hash_of_nothing") : { ok: true, cell, hashed: true };
}
