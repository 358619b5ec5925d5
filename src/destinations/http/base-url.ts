/** Addresses that identifiers and tokens may be sent to: over HTTPS, or to this machine itself for tests. */

/** What is wrong with the address, as the end of a sentence. */
export function problemWithUrl(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "is not an address such as https://example.com";
  }
  if (url.username !== "" || url.password !== "") return "must not hold a user or a password";
  if (url.protocol === "https:") return undefined;
  if (url.protocol === "http:" && isLoopback(url.hostname)) return undefined;
  return "must begin with https://; only this machine itself may be reached without";
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
