/** Joins the YAML of each model with its SQL, inline or in a file, or with its JavaScript. */
import type { Config, SourceFile } from "../config/config.ts";
import type { Diagnostic, Outcome } from "../core/diagnostic.ts";
import { readColumns } from "./columns.ts";
import { readConstraints } from "./constraints.ts";
import { readHooks } from "./hooks.ts";
import { inlineTemplate } from "./inline-template.ts";
import { checkLanguage, readJavascriptModel } from "./javascript-model.ts";
import { matchModelFiles } from "./model-files.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { Model } from "./resource.ts";
import { settingSpans } from "./setting-spans.ts";
import { foldersBelow, isWanted, mergeSettings, schemaOf, unrenderedSettings } from "./settings.ts";
import { fileTemplate, parseTemplate, type Template } from "./template.ts";
import type { ModelVariant } from "./versions.ts";

export function readModels(
  config: Config,
  declarations: readonly Declared<ModelVariant>[],
  mayBeDeclared: (name: string) => boolean,
): Outcome<readonly Model[]> {
  const files = matchModelFiles(config.files, declarations, mayBeDeclared);
  const diagnostics: Diagnostic[] = [...files.diagnostics];
  const models = [...files.value].map(([declared, file]) => makeModel(config, declared, file, diagnostics));
  return { value: models, diagnostics };
}

function makeModel(config: Config, declared: Declared<ModelVariant>, bodyFile: SourceFile | undefined, diagnostics: Diagnostic[]): Model {
  const { value, file } = declared;
  const home = bodyFile ?? file;
  const isScript = bodyFile?.extension === "mjs";
  diagnostics.push(...checkLanguage(declared, isScript));
  const folders = foldersBelow(home);
  const own = ownSettings(value);
  const { version } = value;
  // The relation of a version bears its number, so that all can stand side by side.
  const nameOfVersion = version ? `${value.name}_v${version.v}` : value.name;
  const settings = mergeSettings(config.folderSettings.models, folders, own);
  const columns = readColumns(declared, value.columns, `model "${value.name}"`);
  diagnostics.push(...columns.diagnostics);
  const constraints = readConstraints(declared);
  diagnostics.push(...constraints.diagnostics);
  const hooks = readHooks(config, "models", folders, declared);
  const template = readBody(declared, bodyFile);
  diagnostics.push(...hooks.diagnostics, ...template.diagnostics);
  const predicates = readPredicates(declared, settings.incremental_predicates ?? []);
  diagnostics.push(...predicates.flatMap((predicate) => predicate.diagnostics));
  const location = settings.location === undefined ? undefined : inlineTemplate(declared, settings.location, [...declared.path, "config", "location"]);
  diagnostics.push(...(location?.diagnostics ?? []));
  const packageName = config.project.name;
  return {
    resourceType: "model",
    uniqueId: `model.${packageName}.${value.name}${version ? `.v${version.v}` : ""}`,
    name: value.name,
    packageName,
    originalFilePath: home.path,
    path: home.path.slice(home.root.length + 1),
    patchPath: file.path,
    fqn: [packageName, ...folders, value.name, ...(version ? [`v${version.v}`] : [])],
    description: value.description,
    tags: settings.tags ?? [],
    meta: settings.meta ?? {},
    span: nameSpan(declared),
    enabled: isWanted(config, value.name, settings.enabled),
    schema: schemaOf(config, settings.schema),
    alias: settings.alias ?? nameOfVersion,
    columns: columns.value,
    checksum: home.checksum,
    config: settings,
    unrenderedConfig: unrenderedSettings(config.folderSettings.models, folders, own),
    language: isScript ? "javascript" : "sql",
    materialized: isScript ? "javascript" : (settings.materialized ?? "view"),
    version: version?.v,
    latestVersion: version?.latest,
    deprecationDate: value.deprecation_date,
    settingSpans: { ...settingSpans(declared, config.folderSettings.models, folders), ...spansOf(declared, ["access", "group"]) },
    hooks: hooks.value,
    template,
    constraints: constraints.value,
    predicates,
    location,
  };
}

/** Some settings may stand beside `config`, too. */
function ownSettings({ config, tags = [], meta, group, access }: ModelVariant): ModelVariant["config"] {
  return {
    ...config,
    ...(group !== undefined && { group }),
    ...(access !== undefined && { access }),
    tags: [...tags, ...(config.tags ?? [])],
    meta: { ...meta, ...config.meta },
  };
}

function spansOf({ value, yaml, path }: Declared<ModelVariant>, keys: readonly ("access" | "group")[]) {
  return Object.fromEntries(keys.flatMap((key) => (value[key] === undefined ? [] : [[key, yaml.spanOf([...path, key])]])));
}

function readBody(declared: Declared<ModelVariant>, file: SourceFile | undefined): Template {
  if (!file) return inlineTemplate(declared, declared.value.sql ?? "", [...declared.path, "sql"]);
  return file.extension === "mjs" ? readJavascriptModel(declared, file) : parseTemplate(fileTemplate(file.path, file.text));
}

/** A condition that comes from a folder's settings is shown at the model itself. */
function readPredicates(declared: Declared<ModelVariant>, texts: readonly string[]): readonly Template[] {
  return texts.map((text, i) => inlineTemplate(declared, text, [...declared.path, "config", "incremental_predicates", i]));
}
