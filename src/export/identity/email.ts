/** E-mail addresses in the form that most platforms take. Whether the mailbox exists, and what a platform changes beyond, is not known here. */
import { accept, type Normalized, reject } from "./identifier.ts";
import { lowerCase } from "./text.ts";

const address = /^[^\s@\p{Cc}]+@[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+$/u;

/** One "@", no white space, and a domain of two or more labels. Stricter than mail itself in the domain, so that "a@b.com," is caught. */
export function isEmail(text: string): boolean {
  return text.length <= 320 && address.test(text);
}

/** Lower case, and nothing else is changed: dots and suffixes stay, because they are the address as the person gave it. */
export function normalizeEmail(text: string): Normalized {
  const address = stripZeroWidth(lowerCase(text));
  return isEmail(address) ? accept(address) : reject("invalid_email");
}

/** Zero-width characters come with copied text and are never a part of an address, so they go wherever they stand. */
export function stripZeroWidth(text: string): string {
  return text.replace(/[\u200B-\u200D\uFEFF]/g, "");
}
