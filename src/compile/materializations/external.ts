/**
 * External models: files outside the warehouse, written whole or by partition, and a view that reads them. Here is what can be
 * known before the run and what settings contradict; writing them is the run's. Pure.
 */
import type { ModelConfig } from "../../config/schema.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { groupBy } from "../../core/group-by.ts";
import type { MappedText } from "../../core/mapped-text.ts";
import type { Span } from "../../core/span.ts";
import type { Model } from "../../parse/resource.ts";
import type { Compiled, CompiledModel } from "../compiled.ts";
import type { Materialization } from "./materialization.ts";

export type FileFormat = NonNullable<ModelConfig["format"]>;

export interface FileOutput {
  /** The query for all rows. */
  readonly rows: MappedText;
  /** The query for the rows of the partitions to replace; `undefined` where files are always written whole. */
  readonly newRows: MappedText | undefined;
  /** As it was written: relative to the project, unless it is absolute. */
  readonly location: string;
  readonly format: FileFormat;
  readonly options: Readonly<Record<string, unknown>>;
  readonly partitionBy: readonly string[];
  readonly onSchemaChange: "fail" | "full_refresh";
  readonly places: Readonly<Record<string, Span>>;
}

export const external: Materialization = {
  description: "Parquet, CSV or JSON files outside the warehouse, and a view that reads them",
  relationType: "view",
  isIncremental: true,
  check: checkExternal,
  steps: ({ relation }) => [{ kind: "drop_other_type", relation, keep: "view" }],
  files,
};

const pointedAt = ["location", "partition_by", "options", "on_schema_change"] as const;

function files({ node, sql, increment, location }: CompiledModel): FileOutput | undefined {
  const { config } = node;
  const format = location === undefined ? undefined : formatOf(node, location);
  if (location === undefined || format === undefined) return undefined;
  return {
    rows: sql,
    newRows: config.incremental_strategy === "insert_overwrite" ? increment?.rows : undefined,
    location,
    format,
    options: config.options ?? {},
    partitionBy: config.partition_by ?? [],
    onSchemaChange: config.on_schema_change === "fail" ? "fail" : "full_refresh",
    places: Object.fromEntries(pointedAt.flatMap((key) => (node.settingSpans[key] ? [[key, node.settingSpans[key]]] : []))),
  };
}

const endings: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.(parquet|pq)$/i, "parquet"],
  [/\.(csv|tsv|txt)(\.gz|\.zst)?$/i, "csv"],
  [/\.(json|jsonl|ndjson)(\.gz|\.zst)?$/i, "json"],
];

/** A folder of partitions is Parquet unless something else is said. */
function formatOf({ config }: Model, location: string): FileFormat | undefined {
  return config.format ?? endings.find(([ending]) => ending.test(location))?.[1] ?? (config.partition_by ? "parquet" : undefined);
}

function problemOf(node: Model, problem: string, key: keyof ModelConfig, help: string): Diagnostic {
  return diagnose("RT0324", { model: node.name, problem }, { span: node.settingSpans[key] ?? node.settingSpans.materialized ?? node.span, help });
}

function checkExternal(node: Model): readonly Diagnostic[] {
  const { config } = node;
  const problems: Diagnostic[] = [];
  if (config.location === undefined)
    problems.push(problemOf(node, "needs a location", "location", `say where its files go: location: files/${node.name}.parquet`));
  if (config.incremental_strategy !== undefined && config.incremental_strategy !== "insert_overwrite")
    problems.push(
      problemOf(
        node,
        `cannot be written by ${config.incremental_strategy}`,
        "incremental_strategy",
        "files are replaced by partition: insert_overwrite, or as a whole",
      ),
    );
  if (config.incremental_strategy === "insert_overwrite" && config.partition_by === undefined)
    problems.push(problemOf(node, "needs partition_by to be written by partition", "incremental_strategy", "name the columns: partition_by: [day]"));
  if (config.on_schema_change !== undefined && config.on_schema_change !== "fail" && config.on_schema_change !== "full_refresh")
    problems.push(
      problemOf(node, `has no ${config.on_schema_change}`, "on_schema_change", "when columns change, all files are written anew (full_refresh), or it fails"),
    );
  return problems;
}

/** What is wrong with the locations, now that they are rendered. */
export function checkLocations(nodes: Iterable<Compiled>): readonly Diagnostic[] {
  const written = [...nodes].filter(
    (node): node is CompiledModel => node.kind === "model" && node.node.materialized === "external" && node.location !== undefined,
  );
  return [
    ...written.flatMap(({ node, location = "" }) => checkLocation(node, location)),
    ...[...groupBy(written, ({ location = "" }) => normalise(location))].flatMap(([, [first, ...others]]) =>
      others.map(({ node, location = "" }) => ({
        ...problemOf(node, `would write ${location}, which "${first?.node.name}" writes`, "location", "give each model a location of its own"),
        ...(first && { notes: [{ message: "the other one", span: first.node.settingSpans.location ?? first.node.span }] }),
      })),
    ),
  ];
}

function checkLocation(node: Model, location: string): readonly Diagnostic[] {
  if (location === "") return [problemOf(node, "has an empty location", "location", `such as files/${node.name}.parquet`)];
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(location))
    return [problemOf(node, `cannot write to ${location}`, "location", "files are put into place by renaming, so the location is a path of this machine")];
  if (/[*?[\]]/.test(location)) return [problemOf(node, `location ${location} is a pattern`, "location", "name one file, or with partition_by one folder")];
  if (formatOf(node, location) === undefined)
    return [problemOf(node, `the ending of ${location} does not tell its format`, "location", "add `format: parquet`, csv or json")];
  if (!node.config.partition_by && /[\\/]$/.test(location))
    return [problemOf(node, `location ${location} is a folder`, "location", "name a file, or partition it with partition_by")];
  return [];
}

function normalise(location: string): string {
  return location
    .replaceAll("\\", "/")
    .replace(/^(\.\/)+/, "")
    .replace(/\/+$/, "")
    .toLowerCase();
}
