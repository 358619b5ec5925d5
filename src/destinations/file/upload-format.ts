/**
 * What an upload format is: it turns the keys of a delivery into a layout, and the layout turns people into the text of
 * files. Opens no file. `table-format.ts` makes the layout of a plain table, which nearly all platforms take.
 */
import type { Audience } from "../../ports/destination.ts";

/** A file that is about to be written. */
export interface UploadFile {
  readonly audience: Audience;
  /** Whether it holds the audience or those who leave it. */
  readonly operation: "add" | "remove";
  /** From 1; an audience that is too large for one file has several. */
  readonly number: number;
}

export interface UploadText {
  /** What stands before the people, with its line end. */
  readonly header: string;
  /** One person's line. Throws when the cells are not what the layout was made for; the error holds no cell's text. */
  readonly record: (cells: readonly string[]) => string;
}

export type UploadLayout = (file: UploadFile) => UploadText;

export type LayoutResult = { readonly ok: true; readonly layout: UploadLayout } | { readonly ok: false; readonly problems: readonly string[] };

/** Header texts that replace a format's own, by key: platforms rename theirs, and documents disagree. */
export type HeaderNames = Readonly<Record<string, string>>;

/** What the platform takes in one file; nothing where no limit is known. */
export interface FileLimits {
  readonly rows?: number | undefined;
  readonly bytes?: number | undefined;
}

export interface UploadFormat {
  /** By which exports ask for it, and the name of the platform whose identifiers it holds. */
  readonly name: string;
  readonly extension: string;
  readonly limits?: FileLimits;
  /** `none` where an upload can only ever add people: the whole audience is written, and nothing to take out of it. */
  readonly removals?: "none";
  /** The platform closes audiences whose names hint at health or money, also those that were uploaded by hand. */
  readonly reviewsNames?: true;
  /** Lays out the keys of a delivery, or says all that cannot be written. */
  readonly layOut: (keys: readonly string[], headers: HeaderNames) => LayoutResult;
  /** What the format needs to know of the audience and is not told. */
  readonly problemWith?: (audience: Audience) => { readonly problem: string; readonly advice: string } | undefined;
}
