/** Masks secrets in text that goes to disk. Pure. */

/** Anything shorter is as likely a word like `main` or a number, and masking that would break the text. */
const shortest = 8;

export function redact(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= shortest).reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
}
