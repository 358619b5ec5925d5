/** Dates of birth from the forms in which data has them. A form that can be read in two ways is refused, not guessed. */
import { type IdentifierContext, type IdentifierOptions, type Rejected, reject } from "./identifier.ts";

export interface BirthDate {
  readonly ok: true;
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

const yearFirst = /^(?<year>\d{4})([-/.])(?<month>\d{1,2})\2(?<day>\d{1,2})(?:[T ]\d{2}:\d{2}[\d:.]*(?:Z| ?[+-]\d{2}(?::?\d{2})?)?)?$/;
const digitsOnly = /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/;
const yearLast: Readonly<Record<"mdy" | "dmy", RegExp>> = {
  mdy: /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})$/,
  dmy: /^(?<day>\d{1,2})([-/.])(?<month>\d{1,2})\2(?<year>\d{4})$/,
};

/** A day of the calendar: `1997-02-16` (also as the start of a timestamp), `19970216`, or `2/16/1997` in the column's declared order. */
export function parseBirthDate(text: string, context: IdentifierContext, options: IdentifierOptions): BirthDate | Rejected {
  const match = yearFirst.exec(text) ?? digitsOnly.exec(text) ?? yearLast[options.dateOrder ?? "mdy"].exec(text);
  const parts = match?.groups;
  if (!parts) return reject("invalid_date");
  const year = parts.year ?? "";
  const month = (parts.month ?? "").padStart(2, "0");
  const day = (parts.day ?? "").padStart(2, "0");
  if (!isCalendarDay(Number(year), Number(month), Number(day))) return reject("invalid_date");
  // Within the current year the day decides, too: whoever is born tomorrow is a mistake of the data.
  return isBirthYear(year, context) && `${year}-${month}-${day}` <= context.today ? { ok: true, year, month, day } : reject("date_out_of_range");
}

export function isBirthYear(year: string, context: IdentifierContext): boolean {
  return Number(year) >= 1900 && year <= context.today.slice(0, 4);
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}
