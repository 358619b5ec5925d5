/** Joins the YAML of each seed with its CSV file. A CSV without YAML is a seed too: all its types are inferred, and that is said. */
import type { Config, SourceFile } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { groupBy } from "../core/group-by.ts";
import { fileSpan } from "../core/span.ts";
import { readColumns } from "./columns.ts";
import { readCsvHeader } from "./csv-header.ts";
import { readHooks } from "./hooks.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { Column, Seed } from "./resource.ts";
import type { SeedDeclaration } from "./resource-schema.ts";
import { fileStem, foldersBelow, isWanted, mergeSettings, schemaOf, unrenderedSettings } from "./settings.ts";

export function readSeeds(
  config: Config,
  declarations: readonly Declared<SeedDeclaration>[],
  mayBeDeclared: (name: string) => boolean,
): Outcome<readonly Seed[]> {
  const diagnostics: Diagnostic[] = [];
  const seeds: Seed[] = [];
  const csvFiles = config.files.filter((file) => file.kind === "seeds" && file.extension === "csv");
  const byStem = groupBy(csvFiles, (file) => fileStem(file.path));
  const used = new Set<string>();

  for (const declared of declarations) {
    const { name } = declared.value;
    const file = byStem.get(name)?.[0];
    if (!file) {
      const folder = config.project.paths.seeds[0] ?? "seeds";
      const help = `put the data into ${folder}/${name}.csv, or remove the declaration`;
      diagnostics.push(diagnose("RT0202", { kind: "seed", name, has: "YAML", lacks: "CSV file" }, { span: nameSpan(declared), help }));
      continue;
    }
    used.add(file.path);
    seeds.push(makeSeed(config, file, declared, diagnostics));
  }
  for (const file of csvFiles) {
    if (used.has(file.path) || mayBeDeclared(fileStem(file.path))) continue;
    seeds.push(makeSeed(config, file, undefined, diagnostics));
  }
  return { value: seeds, diagnostics };
}

function makeSeed(config: Config, file: SourceFile, declared: Declared<SeedDeclaration> | undefined, diagnostics: Diagnostic[]): Seed {
  const name = fileStem(file.path);
  const folders = foldersBelow(file);
  const value = declared?.value;
  const own = { ...value?.config, tags: [...(value?.tags ?? []), ...(value?.config.tags ?? [])], meta: { ...value?.meta, ...value?.config.meta } };
  const settings = mergeSettings(config.folderSettings.seeds, folders, own);
  const columns = declared ? readColumns(declared, declared.value.columns, `seed "${name}"`) : { value: [], diagnostics: [] };
  const hooks = readHooks(config, "seeds", folders, declared);
  const header = readCsvHeader(file.text, settings.delimiter ?? ",");
  diagnostics.push(...columns.diagnostics, ...hooks.diagnostics, ...checkHeader(name, file, header, columns.value));
  const packageName = config.project.name;
  return {
    resourceType: "seed",
    uniqueId: `seed.${packageName}.${name}`,
    name,
    packageName,
    originalFilePath: file.path,
    path: file.path.slice(file.root.length + 1),
    patchPath: declared?.file.path,
    fqn: [packageName, ...folders, name],
    description: value?.description ?? "",
    tags: settings.tags ?? [],
    meta: settings.meta ?? {},
    span: declared ? nameSpan(declared) : fileSpan(file.path),
    enabled: isWanted(config, name, settings.enabled),
    schema: schemaOf(config, settings.schema),
    alias: settings.alias ?? name,
    columns: columns.value.map((column) => ({ ...column, dataType: column.dataType ?? settings.column_types?.[column.name] })),
    checksum: file.checksum,
    config: settings,
    unrenderedConfig: unrenderedSettings(config.folderSettings.seeds, folders, own),
    hooks: hooks.value,
    header,
  };
}

function checkHeader(seed: string, file: SourceFile, header: readonly string[], columns: readonly Column[]): readonly Diagnostic[] {
  const span = { file: file.path, start: 0, end: Math.max(1, file.text.search(/[\r\n]|$/)) };
  const problem = (text: string) => [diagnose("RT0216", { seed, problem: text }, { span })];
  if (file.text.startsWith("\uFFFD\uFFFD") || file.text.includes("\u0000"))
    return [diagnose("RT0412", { seed, problem: "the file is not UTF-8 text" }, { span: fileSpan(file.path), help: "save it again as UTF-8" })];
  if (header.length === 0) return problem("the file is empty; it needs at least a header line");
  const empty = header.findIndex((name) => name.trim() === "");
  if (empty >= 0) return problem(`column ${empty + 1} of the header has no name`);
  const lower = header.map((name) => name.toLowerCase());
  const repeated = lower.find((name, i) => lower.indexOf(name) !== i);
  if (repeated !== undefined) return problem(`the header names "${repeated}" twice`);
  return columns
    .filter((column) => !lower.includes(column.name.toLowerCase()))
    .map((column) =>
      diagnose(
        "RT0216",
        { seed, problem: `declares a column "${column.name}" that its header lacks` },
        { span: column.span, help: suggestion(column.name, header) ?? `the header of ${file.path} is ${header.join(", ")}` },
      ),
    );
}
