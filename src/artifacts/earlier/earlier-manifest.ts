/**
 * A manifest that an earlier run left, of retain or of dbt, as far as it is needed: entries by id. Tolerant of versions and
 * of what it does not know; decides nothing.
 */

/** What a manifest says of one resource; a value may be missing or of another shape than expected. */
export type EarlierEntry = Readonly<Record<string, unknown>>;

export interface EarlierManifest {
  readonly projectName: string | undefined;
  /** Nodes, sources, exposures, unit tests and whatever else has an id, except macros. */
  readonly entries: ReadonlyMap<string, EarlierEntry>;
  readonly macros: ReadonlyMap<string, EarlierEntry>;
  /** What retain notes beside its version: the target and the path of its warehouse; dbt notes neither. */
  readonly notes: Readonly<Record<string, unknown>>;
}

const entrySections = ["nodes", "sources", "exposures", "unit_tests", "functions", "metrics", "semantic_models", "saved_queries"];

/** The versions whose shape is known: 4 to 12 of dbt, and 20, which some of its releases write. */
const oldest = 4;
const newest = 12;
const alsoKnown = [20];

/** The manifest, or why the value is none that can be read. */
export function toEarlierManifest(value: unknown): EarlierManifest | string {
  const metadata = record(record(value)["metadata"]);
  const version = /\/manifest\/v(\d+)\.json$/.exec(String(metadata["dbt_schema_version"] ?? ""))?.[1];
  if (version === undefined) return "this is no manifest of retain or dbt";
  const number = Number(version);
  if ((number < oldest || number > newest) && !alsoKnown.includes(number))
    return `version ${version} of dbt's manifest is not known (${oldest} to ${newest} are)`;
  const projectName = metadata["project_name"];
  const entries = entrySections.flatMap((section) => Object.entries(record(record(value)[section])));
  return {
    projectName: typeof projectName === "string" ? projectName : onlyPackage(record(record(value)["nodes"])),
    entries: new Map(entries.map(([id, entry]) => [id, record(entry)])),
    macros: new Map(Object.entries(record(record(value)["macros"])).map(([id, entry]) => [id, record(entry)])),
    notes: record(metadata["env"]),
  };
}

/** Old manifests do not name their project; where all nodes are of one package it is that. */
function onlyPackage(nodes: EarlierEntry): string | undefined {
  const names = new Set(Object.values(nodes).map((node) => record(node)["package_name"]));
  const [name] = names;
  return names.size === 1 && typeof name === "string" ? name : undefined;
}

/** The mapping that a value is, or an empty one. */
export function record(value: unknown): EarlierEntry {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as EarlierEntry) : {};
}
