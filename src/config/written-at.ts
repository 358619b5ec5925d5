/** What stands in retain.yml itself, before ${VAR} was replaced by what the environment says. */

export function writtenAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((at, key) => (at !== null && typeof at === "object" ? (at as Record<string, unknown>)[key] : undefined), value);
}

/** A text that may be told to others: as it is where the environment had no part in it, as it is written where it had. */
export function withoutEnvironment(rendered: string, written: unknown): string {
  if (typeof written !== "string") return rendered;
  const byDefault = written.replace(/\$\{\w+:-([^}]*)\}/g, "$1");
  return byDefault === rendered ? rendered : written;
}
