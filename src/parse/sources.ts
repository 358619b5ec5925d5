/** Reads sources into one resource a table. */
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { readColumns } from "./columns.ts";
import { inlineTemplate } from "./inline-template.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { SourceTable } from "./resource.ts";
import type { SourceDeclaration } from "./resource-schema.ts";
import { foldersBelow } from "./settings.ts";

const formats: readonly (readonly [RegExp, NonNullable<SourceTable["format"]>])[] = [
  [/\.(csv|tsv|txt)(\.gz|\.zst)?$/i, "csv"],
  [/\.(json|jsonl|ndjson)(\.gz|\.zst)?$/i, "json"],
  [/\.(parquet|pq)$/i, "parquet"],
  [/\.xlsx$/i, "excel"],
];

type FreshnessSettings = Pick<SourceTable, "loadedAtField" | "loadedAtQuery" | "loadedAtSpan" | "freshness" | "freshnessSpan">;

/**
 * What a table says itself goes before what its source says, limit by limit; null takes back what the source says. A query
 * and a field exclude each other.
 */
function freshnessOf(declared: Declared<SourceDeclaration>, i: number): FreshnessSettings {
  const { value, yaml, path } = declared;
  const table = value.tables[i];
  const tablePath = [...path, "tables", i];
  const [says, saysAt] = table?.loaded_at_field !== undefined || table?.loaded_at_query !== undefined ? [table, tablePath] : [value, path];
  const query = says.loaded_at_query;
  const key = query === undefined ? "loaded_at_field" : "loaded_at_query";
  const freshness = table?.freshness === null ? undefined : { ...value.freshness, ...table?.freshness };
  const isLimited = freshness?.warn_after || freshness?.error_after;
  return {
    loadedAtField: query === undefined ? says.loaded_at_field : undefined,
    loadedAtQuery: query === undefined ? undefined : inlineTemplate(declared, query, [...saysAt, key]),
    loadedAtSpan: says[key] === undefined ? undefined : yaml.spanOf([...saysAt, key]),
    freshness: isLimited ? freshness : undefined,
    freshnessSpan: isLimited ? yaml.keySpanOf([...(table?.freshness ? tablePath : path), "freshness"]) : undefined,
  };
}

export function readSources(config: Config, declarations: readonly Declared<SourceDeclaration>[]): Outcome<readonly SourceTable[]> {
  const diagnostics: Diagnostic[] = [];
  const tables: SourceTable[] = [];
  const packageName = config.project.name;
  for (const declared of declarations) {
    const { value, file, yaml } = declared;
    value.tables.forEach((table, i) => {
      const columns = readColumns(declared, table.columns, `source "${value.name}.${table.name}"`, ["tables", i]);
      diagnostics.push(...columns.diagnostics);
      const span = yaml.spanOf([...declared.path, "tables", i, "name"]);
      const format = table.format ?? formats.find(([ending]) => ending.test(table.location ?? ""))?.[1];
      if (table.location !== undefined && format === undefined) {
        diagnostics.push(
          diagnose(
            "RT0104",
            { where: `source "${value.name}.${table.name}"`, problem: "the location's ending does not tell its format" },
            { span: yaml.spanOf([...declared.path, "tables", i, "location"]), help: "add `format: csv`, json, parquet or excel" },
          ),
        );
      }
      const freshness = freshnessOf(declared, i);
      diagnostics.push(...(freshness.loadedAtQuery?.diagnostics ?? []));
      tables.push({
        resourceType: "source",
        uniqueId: `source.${packageName}.${value.name}.${table.name}`,
        name: table.name,
        packageName,
        originalFilePath: file.path,
        path: file.path.slice(file.root.length + 1),
        patchPath: file.path,
        fqn: [packageName, ...foldersBelow(file), value.name, table.name],
        description: table.description,
        tags: [...(value.tags ?? []), ...(table.tags ?? [])],
        meta: { ...value.meta, ...table.meta },
        span,
        sourceName: value.name,
        sourceDescription: value.description,
        database: value.database,
        schema: value.schema ?? value.name,
        identifier: table.identifier ?? table.name,
        location: table.location,
        format,
        options: table.options,
        columns: columns.value,
        eventTime: table.config?.event_time ?? value.config?.event_time,
        ...freshness,
      });
    });
    if (value.tables.length === 0)
      diagnostics.push(diagnose("RT0104", { where: `source "${value.name}"`, problem: "has no tables" }, { span: nameSpan(declared) }));
  }
  return { value: tables, diagnostics };
}
