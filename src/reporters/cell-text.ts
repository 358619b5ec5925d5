/** Values of failing rows, as text for a screen and as values for JSON. */
import { printable } from "./display-width.ts";

/** One line; NULL is told apart from an empty text. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (value === "") return "''";
  if (typeof value === "string") return printable(value);
  if (typeof value !== "object") return String(value);
  return printable(toJson(value));
}

/** JSON on one line. Whole numbers that JSON's readers would round and numbers that JSON lacks become text. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, jsonValue, indent) ?? "null";
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value;
}
