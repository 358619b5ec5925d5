/**
 * Values of JavaScript as DuckDB's own, by the type of the column that they are for. Takes what means the same and refuses
 * what would have to be guessed or would lose something: no text becomes a number, no fraction is cut off.
 */
import type {
  DuckDBArrayType,
  DuckDBDecimalType,
  DuckDBEnumType,
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  DuckDBType,
  DuckDBValue,
} from "@duckdb/node-api";
import { readInstant, readTime } from "./instants.ts";
import {
  arrayValue,
  type DecimalValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBTypeId,
  JSToDuckDBValueConverter,
  listValue,
  mapValue,
  structValue,
  type TypeId,
} from "./node-api.ts";

/** What a value is, in words that do not repeat it. */
export class Misfit extends Error {
  override readonly name = "Misfit";
}

const whole: Readonly<Partial<Record<TypeId, readonly [bigint, bigint]>>> = {
  [DuckDBTypeId.TINYINT]: [-(2n ** 7n), 2n ** 7n - 1n],
  [DuckDBTypeId.SMALLINT]: [-(2n ** 15n), 2n ** 15n - 1n],
  [DuckDBTypeId.INTEGER]: [-(2n ** 31n), 2n ** 31n - 1n],
  [DuckDBTypeId.BIGINT]: [-(2n ** 63n), 2n ** 63n - 1n],
  [DuckDBTypeId.HUGEINT]: [-(2n ** 127n), 2n ** 127n - 1n],
  [DuckDBTypeId.UTINYINT]: [0n, 2n ** 8n - 1n],
  [DuckDBTypeId.USMALLINT]: [0n, 2n ** 16n - 1n],
  [DuckDBTypeId.UINTEGER]: [0n, 2n ** 32n - 1n],
  [DuckDBTypeId.UBIGINT]: [0n, 2n ** 64n - 1n],
  [DuckDBTypeId.UHUGEINT]: [0n, 2n ** 128n - 1n],
};

/** DuckDB takes a JavaScript number for types of up to 32 bits, a bigint for all others. */
const narrow: ReadonlySet<TypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
]);

/** Throws a Misfit. `null` and `undefined` are NULL for every type. */
export function toDuckDBValue(value: unknown, type: DuckDBType): DuckDBValue {
  if (value === null || value === undefined) return null;
  const range = whole[type.typeId];
  if (range) return toWhole(value, range, narrow.has(type.typeId));
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return typeof value === "boolean" ? value : refuse(value);
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      if (typeof value === "bigint") return Number(value);
      return typeof value === "number" ? value : refuse(value);
    case DuckDBTypeId.DECIMAL:
      return toDecimal(value, type as DuckDBDecimalType);
    case DuckDBTypeId.VARCHAR:
      if (type.alias === "JSON") return toJson(value);
      return typeof value === "string" ? value : refuse(value);
    case DuckDBTypeId.ENUM:
      return typeof value === "string" && (type as DuckDBEnumType).values.includes(value) ? value : refuse(value, "a text that is none of its values");
    case DuckDBTypeId.DATE: {
      const micros = toInstant(value);
      const day = 86_400_000_000n;
      return new DuckDBDateValue(Number((micros - (((micros % day) + day) % day)) / day));
    }
    case DuckDBTypeId.TIMESTAMP:
      return new DuckDBTimestampValue(toInstant(value));
    case DuckDBTypeId.TIMESTAMP_TZ:
      return new DuckDBTimestampTZValue(toInstant(value));
    case DuckDBTypeId.TIME: {
      const micros = typeof value === "string" ? readTime(value) : undefined;
      return micros === undefined ? refuse(value, "a text that is no time") : new DuckDBTimeValue(micros);
    }
    case DuckDBTypeId.LIST:
      return listValue(items(value).map((item) => toDuckDBValue(item, (type as DuckDBListType).valueType)));
    case DuckDBTypeId.ARRAY: {
      const { valueType, length } = type as DuckDBArrayType;
      const list = items(value);
      if (list.length !== length) throw new Misfit(`a list of ${list.length}`);
      return arrayValue(list.map((item) => toDuckDBValue(item, valueType)));
    }
    case DuckDBTypeId.STRUCT:
      return toStruct(value, type as DuckDBStructType);
    case DuckDBTypeId.MAP: {
      const { keyType, valueType } = type as DuckDBMapType;
      const entries = value instanceof Map ? [...value] : isMapping(value) ? Object.entries(value) : refuse(value);
      return mapValue(entries.map(([key, item]) => ({ key: toDuckDBValue(key, keyType), value: toDuckDBValue(item, valueType) })));
    }
    default:
      return convert(value, type);
  }
}

/** The kind of a value: never the value itself, which may be personal. */
export function kindOf(value: unknown): string {
  if (typeof value === "string") return "a text";
  if (typeof value === "bigint") return "a whole number";
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : "an infinite number";
    return Number.isInteger(value) ? "a whole number" : "a number with a fraction";
  }
  if (typeof value === "boolean") return "true or false";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid date" : "a date";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Uint8Array) return "bytes";
  return typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}

function refuse(value: unknown, text?: string): never {
  throw new Misfit(text !== undefined && typeof value === "string" ? text : kindOf(value));
}

function toWhole(value: unknown, [least, most]: readonly [bigint, bigint], isNarrow: boolean): number | bigint {
  if (typeof value !== "bigint" && !(typeof value === "number" && Number.isInteger(value))) return refuse(value);
  const exact = BigInt(value);
  if (exact < least || exact > most) throw new Misfit("a number out of its range");
  return isNarrow ? Number(exact) : exact;
}

/** Numbers are rounded to the scale, as a cast in SQL does; texts must be decimal numbers. */
function toDecimal(value: unknown, { width, scale }: DuckDBDecimalType): DecimalValue {
  let digits: bigint;
  if (typeof value === "bigint") digits = value * 10n ** BigInt(scale);
  else if (typeof value === "number" && Number.isFinite(value)) {
    if (Math.abs(value) >= 1e21) throw new Misfit("a number out of its range");
    digits = BigInt(value.toFixed(scale).replace(".", ""));
  } else {
    const match = typeof value === "string" ? /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(value.trim()) : null;
    if (!match) return refuse(value, "a text that is no decimal number");
    const [, sign = "", before = "", after = ""] = match;
    if (after.replace(/0+$/, "").length > scale) throw new Misfit("a text with more decimals than it keeps");
    digits = BigInt(`${sign === "-" ? "-" : ""}${before}${after.slice(0, scale).padEnd(scale, "0")}`);
  }
  if (digits.toString().replace("-", "").length > width) throw new Misfit("a number out of its range");
  return new DuckDBDecimalValue(digits, width, scale);
}

/** A text is JSON already; all else becomes it. */
function toJson(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item));
  try {
    JSON.parse(value);
  } catch {
    throw new Misfit("a text that is no JSON");
  }
  return value;
}

/** Microseconds since 1970 in UTC, which a text without a time zone is taken to be in. */
function toInstant(value: unknown): bigint {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? refuse(value) : BigInt(value.getTime()) * 1000n;
  const micros = typeof value === "string" ? readInstant(value) : undefined;
  return micros ?? refuse(value, "a text that is no date");
}

function items(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as unknown as ArrayLike<unknown>) : refuse(value);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return kindOf(value) === "a mapping";
}

function toStruct(value: unknown, { entryNames, entryTypes }: DuckDBStructType): DuckDBValue {
  if (!isMapping(value)) return refuse(value);
  const unknown = Object.keys(value).find((key) => !entryNames.includes(key));
  if (unknown !== undefined) throw new Misfit(`a mapping with the unknown key "${unknown}"`);
  return structValue(Object.fromEntries(entryNames.map((name, i) => [name, toDuckDBValue(value[name], entryTypes[i] as DuckDBType)])));
}

/** The rarer types as the client itself reads them: bytes, UUIDs, intervals, unions, time with a zone. */
function convert(value: unknown, type: DuckDBType): DuckDBValue {
  try {
    return JSToDuckDBValueConverter(value as never, type, JSToDuckDBValueConverter) as DuckDBValue;
  } catch {
    return refuse(value);
  }
}
