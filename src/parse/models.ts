/** Joins the YAML of each model with its SQL, inline or in a file, and says which half is missing. */
import type { Config, SourceFile } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { groupBy } from "../core/group-by.ts";
import { fileSpan } from "../core/span.ts";
import { readColumns } from "./columns.ts";
import { readConstraints } from "./constraints.ts";
import { inlineTemplate } from "./inline-template.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { Model } from "./resource.ts";
import type { ModelDeclaration } from "./resource-schema.ts";
import { settingSpans } from "./setting-spans.ts";
import { fileStem, foldersBelow, mergeSettings, schemaOf, unrenderedSettings } from "./settings.ts";
import { fileTemplate, parseTemplate, type Template } from "./template.ts";

export function readModels(
  config: Config,
  declarations: readonly Declared<ModelDeclaration>[],
  mayBeDeclared: (name: string) => boolean,
): Outcome<readonly Model[]> {
  const diagnostics: Diagnostic[] = [];
  const models: Model[] = [];
  const sqlFiles = config.files.filter((file) => file.kind === "models" && file.extension === "sql");
  const byStem = groupBy(sqlFiles, (file) => fileStem(file.path));
  const used = new Set<string>();

  for (const declared of declarations) {
    const { name, sql } = declared.value;
    const found = chooseSqlFile(byStem.get(name) ?? [], declared.file);
    if (found) used.add(found.path);
    if (sql !== undefined && found) {
      diagnostics.push(
        diagnose(
          "RT0206",
          { kind: "SQL of model", name },
          {
            span: declared.yaml.keySpanOf([...declared.path, "sql"]),
            notes: [{ message: "and in a file of its own", span: fileSpan(found.path) }],
            help: "keep the inline `sql`, or the file",
          },
        ),
      );
    }
    const folder = declared.file.path.slice(0, declared.file.path.lastIndexOf("/"));
    if (sql === undefined && !found) {
      diagnostics.push(
        diagnose(
          "RT0202",
          { kind: "model", name, has: "YAML", lacks: "SQL" },
          {
            span: nameSpan(declared),
            help: `write its query to ${folder}/${name}.sql, or inline under \`sql:\` in ${declared.file.path}`,
          },
        ),
      );
      continue;
    }
    models.push(makeModel(config, declared, found, diagnostics));
  }
  for (const file of sqlFiles) {
    const name = fileStem(file.path);
    if (used.has(file.path) || mayBeDeclared(name)) continue;
    const help = `declare it in ${file.path.replace(/\.sql$/, ".yml")} or any YAML file there: models: [{name: ${name}}]`;
    diagnostics.push(diagnose("RT0202", { kind: "model", name, has: "SQL", lacks: "YAML" }, { span: fileSpan(file.path), help }));
  }
  return { value: models, diagnostics };
}

/** The file beside the YAML wins; otherwise the only one of that name. */
function chooseSqlFile(candidates: readonly SourceFile[], yamlFile: SourceFile): SourceFile | undefined {
  const folder = yamlFile.path.slice(0, yamlFile.path.lastIndexOf("/"));
  return candidates.find((file) => file.path.slice(0, file.path.lastIndexOf("/")) === folder) ?? candidates[0];
}

function makeModel(config: Config, declared: Declared<ModelDeclaration>, sqlFile: SourceFile | undefined, diagnostics: Diagnostic[]): Model {
  const { value, file } = declared;
  const home = sqlFile ?? file;
  const folders = foldersBelow(home);
  const own = { ...value.config, tags: [...(value.tags ?? []), ...(value.config.tags ?? [])], meta: { ...value.meta, ...value.config.meta } };
  const settings = mergeSettings(config.folderSettings.models, folders, own);
  const columns = readColumns(declared, value.columns, `model "${value.name}"`);
  diagnostics.push(...columns.diagnostics);
  const constraints = readConstraints(declared);
  diagnostics.push(...constraints.diagnostics);
  const template = sqlFile ? parseTemplate(fileTemplate(sqlFile.path, sqlFile.text)) : inlineTemplate(declared, value.sql ?? "", [...declared.path, "sql"]);
  diagnostics.push(...template.diagnostics);
  const predicates = readPredicates(declared, settings.incremental_predicates ?? []);
  diagnostics.push(...predicates.flatMap((predicate) => predicate.diagnostics));
  const packageName = config.project.name;
  return {
    resourceType: "model",
    uniqueId: `model.${packageName}.${value.name}`,
    name: value.name,
    packageName,
    originalFilePath: home.path,
    path: home.path.slice(home.root.length + 1),
    patchPath: file.path,
    fqn: [packageName, ...folders, value.name],
    description: value.description,
    tags: settings.tags ?? [],
    meta: settings.meta ?? {},
    span: nameSpan(declared),
    enabled: settings.enabled ?? true,
    schema: schemaOf(config, settings.schema),
    alias: settings.alias ?? value.name,
    columns: columns.value,
    checksum: home.checksum,
    config: settings,
    unrenderedConfig: unrenderedSettings(config.folderSettings.models, folders, own),
    materialized: settings.materialized ?? "view",
    settingSpans: settingSpans(declared),
    template,
    constraints: constraints.value,
    predicates,
  };
}

/** A condition that comes from a folder's settings is shown at the model itself. */
function readPredicates(declared: Declared<ModelDeclaration>, texts: readonly string[]): readonly Template[] {
  return texts.map((text, i) => inlineTemplate(declared, text, [...declared.path, "config", "incremental_predicates", i]));
}
