/** Takes out of screens and artifacts what differs from run to run, and from version to version, so that the rest can be compared. */

const seconds = /\b\d+(?:\.\d+)?s\b|\b\d+m \d+s\b/g;

/** Times keep their place, so that what stands behind them stays where it is. */
export function normaliseScreen(text: string, directory: string): string {
  return text
    .replaceAll(directory, "<project>")
    .replace(/ +\d+\.\d\ds/g, (found) => "0.00s".padStart(found.length))
    .replace(seconds, "0.00s")
    .replaceAll("\r\n", "\n");
}

interface Entry {
  readonly status: string;
  readonly unique_id: string;
  readonly message: string | null;
  readonly failures: number | null;
}

/** `status unique_id: message`, in the order of the artifact. */
export function resultLines(json: string): string {
  const { results } = JSON.parse(json) as { readonly results: readonly Entry[] };
  const lines = results.map(({ status, unique_id, message, failures }) => {
    const count = failures === null ? "" : ` (${failures})`;
    return `${status.padEnd(7)} ${unique_id}${count}${message === null ? "" : `: ${message}`}`;
  });
  return `${lines.join("\n")}\n`;
}

const volatile: ReadonlySet<string> = new Set([
  "generated_at",
  "invocation_id",
  "invocation_started_at",
  "run_started_at",
  "created_at",
  "dbt_version",
  "retain_version",
]);

/** Without what changes from run to run, and without what is empty: that it is there at all is the schema's to check. */
export function normaliseManifest(json: string, directory: string): string {
  const prune = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(prune);
    if (value === null || typeof value !== "object") return typeof value === "string" ? value.replaceAll(directory, "<project>") : value;
    const entries = Object.entries(value)
      .filter(([key]) => !volatile.has(key))
      .map(([key, item]) => [key, prune(item)] as const)
      .filter(([, item]) => !isEmpty(item));
    return Object.fromEntries(entries);
  };
  return `${JSON.stringify(prune(JSON.parse(json)), null, 1)}\n`;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}
