/**
 * Reads the snapshots of a project: each keeps the history of one relation, or of a query that stands inline or in a file of
 * its own. What its settings contradict is told when it is compiled.
 */
import type { Config, SourceFile } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { fileSpan } from "../core/span.ts";
import { readColumns } from "./columns.ts";
import { readHooks } from "./hooks.ts";
import { inlineTemplate } from "./inline-template.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { Snapshot } from "./resource.ts";
import type { SnapshotDeclaration } from "./resource-schema.ts";
import { settingSpans } from "./setting-spans.ts";
import { fileStem, foldersBelow, isWanted, mergeSettings, schemaOf, unrenderedSettings } from "./settings.ts";
import { fileTemplate, parseTemplate, readRelationText, type Template } from "./template.ts";

export function readSnapshots(
  config: Config,
  declarations: readonly Declared<SnapshotDeclaration>[],
  mayBeDeclared: (name: string) => boolean,
): Outcome<readonly Snapshot[]> {
  const diagnostics: Diagnostic[] = [];
  const snapshots: Snapshot[] = [];
  const sqlFiles = config.files.filter((file) => file.kind === "snapshots" && file.extension === "sql");
  const used = new Set<string>();
  for (const declared of declarations) {
    const file = sqlFiles.find(({ path }) => fileStem(path) === declared.value.name);
    if (file) used.add(file.path);
    const template = readQuery(declared, file, diagnostics);
    if (template) snapshots.push(makeSnapshot(config, declared, file, template, diagnostics));
  }
  for (const file of sqlFiles) {
    const name = fileStem(file.path);
    if (used.has(file.path) || mayBeDeclared(name)) continue;
    const help = `declare it in ${file.path.replace(/\.sql$/, ".yml")} or any YAML file there: snapshots: [{name: ${name}, config: {…}}]`;
    diagnostics.push(diagnose("RT0202", { kind: "snapshot", name, has: "SQL", lacks: "YAML" }, { span: fileSpan(file.path), help }));
  }
  return { value: snapshots, diagnostics };
}

/** The query whose rows are kept; `undefined` after a problem that was added to `diagnostics`. */
function readQuery(declared: Declared<SnapshotDeclaration>, file: SourceFile | undefined, diagnostics: Diagnostic[]): Template | undefined {
  const { value, path } = declared;
  const { name, relation, sql } = value;
  const given = [relation === undefined ? undefined : "relation", sql === undefined ? undefined : "sql"].filter((key) => key !== undefined);
  const fail = (problem: string, key: string, help: string): undefined => {
    diagnostics.push(diagnose("RT0220", { snapshot: name, problem }, { span: declared.yaml.spanOf([...path, key]), help }));
    return undefined;
  };
  if (given.length + (file ? 1 : 0) > 1) {
    const other = file ? file.path : "`sql`";
    return fail(`has \`${given[0]}\` and ${other}`, given[0] ?? "name", "keep one of them: a snapshot is of one relation or of one query");
  }
  if (given.length === 0 && !file)
    return fail("is of nothing", "name", "name what it is of: relation: ref('orders') or source('shop', 'orders'), or write a query under sql");
  const template = file
    ? parseTemplate(fileTemplate(file.path, file.text))
    : sql !== undefined
      ? inlineTemplate(declared, sql, [...path, "sql"])
      : relationTemplate(declared, relation ?? "");
  if (!template) return fail("`relation` is no reference", "relation", "write ref('orders') or source('shop', 'orders')");
  diagnostics.push(...template.diagnostics);
  return template;
}

/** A relation is the query for all of its rows; wherever that is wrong, the reference is what is shown. */
function relationTemplate({ file, yaml, path }: Declared<unknown>, text: string): Template | undefined {
  const span = yaml.spanOf([...path, "relation"]);
  const dependency = readRelationText(text, span);
  if (!dependency) return undefined;
  const words =
    dependency.kind === "source"
      ? ["source", dependency.source, dependency.table]
      : ["ref", ...(dependency.package === undefined ? [] : [dependency.package]), dependency.name];
  const query = `select * from {{${words[0]} ${words
    .slice(1)
    .map((word) => `"${word}"`)
    .join(" ")}}}`;
  const template = parseTemplate({ file: file.path, text: query, written: { start: span.start, raw: "" } });
  return { ...template, calls: { ...template.calls, dependencies: [dependency] } };
}

function makeSnapshot(
  config: Config,
  declared: Declared<SnapshotDeclaration>,
  sqlFile: SourceFile | undefined,
  template: Template,
  diagnostics: Diagnostic[],
): Snapshot {
  const { value, file } = declared;
  const home = sqlFile ?? file;
  const folders = foldersBelow(home);
  const own = { ...value.config, tags: [...(value.tags ?? []), ...(value.config.tags ?? [])], meta: { ...value.meta, ...value.config.meta } };
  const settings = mergeSettings(config.folderSettings.snapshots, folders, own);
  const columns = readColumns(declared, value.columns, `snapshot "${value.name}"`);
  const hooks = readHooks(config, "snapshots", folders, declared);
  diagnostics.push(...columns.diagnostics, ...hooks.diagnostics);
  const packageName = config.project.name;
  return {
    resourceType: "snapshot",
    uniqueId: `snapshot.${packageName}.${value.name}`,
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
    enabled: isWanted(config, value.name, settings.enabled),
    schema: schemaOf(config, settings.schema),
    alias: settings.alias ?? value.name,
    columns: columns.value,
    checksum: home.checksum,
    config: settings,
    unrenderedConfig: unrenderedSettings(config.folderSettings.snapshots, folders, own),
    settingSpans: settingSpans(declared, config.folderSettings.snapshots, folders),
    hooks: hooks.value,
    template,
  };
}
