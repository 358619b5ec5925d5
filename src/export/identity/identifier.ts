/**
 * The shape that all platforms share: what a key is, what a normaliser is given and what it answers. Rules live in one
 * file per platform; this one has none, so that a new platform changes nothing here.
 */
import type { RejectReason } from "./reject-reasons.ts";

export interface Rejected {
  readonly ok: false;
  readonly reason: RejectReason;
}

/** Plain text in the platform's form, not hashed yet. It is never empty, and it must not be stored or shown. */
export type Normalized = { readonly ok: true; readonly value: string } | Rejected;

/** What may be stored and sent: a SHA-256 in lower-case hexadecimal digits, or the text of a key that is never hashed. */
export type Identifier = { readonly ok: true; readonly cell: string; readonly hashed: boolean } | Rejected;

/** What the row and the run say beside the value itself. */
export interface IdentifierContext {
  /** The person's country as the data has it, a code or a name: read for phones without a country code, states and postal codes. */
  readonly country?: unknown;
  /** The latest day of birth to accept, as YYYY-MM-DD. A fact of the run, since normalisers read no clock. */
  readonly today: string;
}

/** What the export declares for a column. Each key reads the few that concern it. */
export interface IdentifierOptions {
  /** The column holds SHA-256 hashes already. Never guessed from the data. */
  readonly hashed?: boolean;
  /** Phones: `e164_digits` says that every number starts with its country code, only without "+". Default `national`. */
  readonly phoneFormat?: "national" | "e164_digits";
  /** Gender: the data's own words, such as `{male: m, kadın: f, other: ""}`. Default none: only m and f are read. */
  readonly values?: Readonly<Record<string, string>>;
  /** Dates with slashes or dots. Default `mdy`, slashes only; `dmy` reads 16/2/1997, 16.2.1997 and 16-2-1997. */
  readonly dateOrder?: "mdy" | "dmy";
  /** Spaces inside names, on which platforms and tools disagree. Default `remove`. */
  readonly innerSpaces?: "remove" | "keep";
  /** Dashes in postal codes outside the United States: `remove` them (default), or `cut` the code at the first. */
  readonly zipDash?: "remove" | "cut";
  /** Whether digits of phones begin with "+", where a platform's own documents disagree. The default is the platform's. */
  readonly phonePlus?: boolean;
  /** Dots before the "@", on which TikTok's documents disagree. Default `keep`. */
  readonly emailDots?: "keep" | "remove";
}

/** The options that a key can read, beside `hashed`, which concerns all that are hashed. */
export type IdentifierOption = Exclude<keyof IdentifierOptions, "hashed">;

export type Normalize = (text: string, context: IdentifierContext, options: IdentifierOptions) => Normalized;

export interface IdentityKey {
  /** Whether the SHA-256 of the value is kept and sent rather than the value. */
  readonly hashed: boolean;
  /**
   * The platform knows the value only as it is. What is kept and compared is its SHA-256 all the same; the value itself goes
   * out where an export says `plain: true`, and nowhere else.
   */
  readonly plain?: true;
  /** Whether it finds a person by itself, only together with other keys, or is a number about the person. */
  readonly matches: "alone" | "together" | "never";
  /** Names are exempt from the ban on the word "null", because people bear it. */
  readonly permitsNullWord?: true;
  /** Codes made by others are passed on with the Unicode form they came in. */
  readonly asIs?: true;
  /** Whether it is read by the person's country: by the one that is declared for it, or also by the one exported beside it. */
  readonly country?: "declared" | "beside";
  /** The options that change how it is read. */
  readonly options?: readonly IdentifierOption[];
  /** Receives trimmed text that is not empty; must not throw, whatever it is given. */
  readonly normalize: Normalize;
}

export interface IdentityPlatform {
  readonly name: string;
  /** By the platform's own word for the identifier, such as EMAIL. */
  readonly keys: ReadonlyMap<string, IdentityKey>;
  /** Groups of keys that find a person only when all of a group are there. */
  readonly together?: readonly (readonly string[])[];
  /** All reasons why these keys cannot go out together, by file or by wire. Keys that are not the platform's are judged elsewhere. */
  readonly problemsWith?: (keys: readonly string[]) => readonly string[];
}

export function accept(value: string): Normalized {
  return { ok: true, value };
}

export function reject(reason: RejectReason): Rejected {
  return { ok: false, reason };
}
