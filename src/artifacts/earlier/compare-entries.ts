/**
 * In what a resource differs between two manifests, by the questions that dbt's `state:modified` asks. Compares what is
 * written and not what it becomes: another target, environment or variable is no change. Any kind of resource that the
 * manifest has is compared alike. Pure.
 */
import type { ChangeKind } from "../../graph/select/earlier-run.ts";
import { type EarlierEntry, record } from "./earlier-manifest.ts";

/** `other` is what counts as a change and has no word of its own, such as an exposure's owner. */
export type Change = ChangeKind | "other";

export function compareEntries(earlier: EarlierEntry, now: EarlierEntry): ReadonlySet<Change> {
  const changes = new Set<Change>();
  if (!sameBody(earlier, now)) changes.add("body");
  if (!sameConfigs(earlier, now)) changes.add("configs");
  if (!sameDescriptions(earlier, now)) changes.add("persisted_descriptions");
  if (!sameRelation(earlier, now)) changes.add("relation");
  if (!sameContract(earlier, now)) changes.add("contract");
  if (plainFields.some((field) => !isSame(earlier[field], now[field]))) changes.add("other");
  if (now["resource_type"] === "source" && sourceFields.some((field) => !isSame(earlier[field], now[field]))) changes.add("other");
  return changes;
}

/** Text counts where there is any, a checksum otherwise; how lines end is no change. */
function sameBody(earlier: EarlierEntry, now: EarlierEntry): boolean {
  const text = (entry: EarlierEntry): string =>
    String(entry["raw_code"] ?? entry["raw_sql"] ?? "")
      .replaceAll("\r\n", "\n")
      .trim();
  if (text(earlier) !== "" || text(now) !== "") return text(earlier) === text(now) || isGeneric(now);
  return isSame(checksum(earlier), checksum(now));
}

/** dbt writes a call as the text of a generic test; retain writes none. Its name and arguments are in its id. */
function isGeneric(entry: EarlierEntry): boolean {
  return Object.keys(record(entry["test_metadata"])).length > 0;
}

function checksum({ checksum: value }: EarlierEntry): unknown {
  return typeof value === "string" ? value : (record(value)["checksum"] ?? "");
}

/** What says where the relation stands has a word of its own; tags and groups only help to find a node. */
const notConfig = new Set(["database", "schema", "alias", "tags", "group"]);

function sameConfigs(earlier: EarlierEntry, now: EarlierEntry): boolean {
  const written = (entry: EarlierEntry) => Object.fromEntries(Object.entries(record(entry["unrendered_config"])).filter(([key]) => !notConfig.has(key)));
  return isSame(written(earlier), written(now));
}

/** Only as far as descriptions are written into the warehouse. */
function sameDescriptions(earlier: EarlierEntry, now: EarlierEntry): boolean {
  const persisted = record(record(now["config"])["persist_docs"]);
  const ofColumns = (entry: EarlierEntry) =>
    Object.fromEntries(Object.entries(record(entry["columns"])).map(([name, column]) => [name, record(column)["description"]]));
  if (persisted["relation"] === true && !isSame(earlier["description"], now["description"])) return false;
  return persisted["columns"] !== true || isSame(ofColumns(earlier), ofColumns(now));
}

function sameRelation(earlier: EarlierEntry, now: EarlierEntry): boolean {
  const place = (entry: EarlierEntry) => {
    const { database, schema, alias } = record(entry["unrendered_config"]);
    return [database ?? entry["unrendered_database"], schema ?? entry["unrendered_schema"], alias, entry["identifier"]];
  };
  return isSame(place(earlier), place(now));
}

function sameContract(earlier: EarlierEntry, now: EarlierEntry): boolean {
  const enforced = (entry: EarlierEntry): boolean => record(entry["contract"])["enforced"] === true;
  if (enforced(earlier) !== enforced(now)) return false;
  if (!enforced(now)) return true;
  const columns = (entry: EarlierEntry) =>
    Object.values(record(entry["columns"]))
      .map(record)
      .map(({ name, data_type, constraints }) => [lower(name), lower(data_type), constraints ?? []])
      .toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  return isSame([columns(earlier), earlier["constraints"] ?? []], [columns(now), now["constraints"] ?? []]);
}

function lower(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : value;
}

/** Of whatever kind: a node that has none of a field differs in none. */
const plainFields = ["fqn", "type", "owner", "maturity", "url", "label", "model", "given", "expect", "overrides", "versions"];
/** What a source says of its data; the descriptions and tags that help to find it are no change. */
const sourceFields = ["external", "loaded_at_field", "loaded_at_query", "freshness", "quoting", "loader"];

/** Equal as JSON, whatever the order of keys; what is missing, null or empty is the same nothing. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(normalise(a)) === JSON.stringify(normalise(b));
}

function normalise(value: unknown): unknown {
  if (value === null || value === "") return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => normalise(item) ?? null);
  if (typeof value !== "object") return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, normalise(item)] as const)
    .filter(([, item]) => item !== undefined)
    .toSorted(([x], [y]) => (x < y ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
