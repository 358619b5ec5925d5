/** The shape of an e-mail address. Whether the mailbox exists, and what a platform changes in it, is not known here. */

const address = /^[^\s@\p{Cc}]+@[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+$/u;

/** One "@", no white space, and a domain of two or more labels. Stricter than mail itself in the domain, so that "a@b.com," is caught. */
export function isEmail(text: string): boolean {
  return text.length <= 320 && address.test(text);
}

/** Zero-width characters come with copied text and are never a part of an address, so they go wherever they stand. */
export function stripZeroWidth(text: string): string {
  return text.replace(/[\u200B-\u200D\uFEFF]/g, "");
}
