/**
 * Finds the file of each model: NAME.sql or NAME.mjs beside its YAML or anywhere below the models path. Says which half of a
 * model is missing, and which stands twice. A `.mjs` file without a default export is no model: others import it.
 */
import type { SourceFile } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { groupBy } from "../core/group-by.ts";
import { fileSpan } from "../core/span.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import { fileStem } from "./settings.ts";
import type { ModelVariant } from "./versions.ts";

const defaultExport = /^\s*export\s+default\b|^\s*export\s*\{[^}]*\bas\s+default\b/m;

/** The file of each model that has one, and `undefined` where its SQL stands in the YAML. Models without either are left out. */
export function matchModelFiles(
  files: readonly SourceFile[],
  declarations: readonly Declared<ModelVariant>[],
  mayBeDeclared: (name: string) => boolean,
): Outcome<ReadonlyMap<Declared<ModelVariant>, SourceFile | undefined>> {
  const diagnostics: Diagnostic[] = [];
  const matched = new Map<Declared<ModelVariant>, SourceFile | undefined>();
  const bodies = files.filter(({ kind, extension }) => kind === "models" && (extension === "sql" || extension === "mjs"));
  const byStem = groupBy(bodies, (file) => fileStem(file.path));
  const used = new Map<string, Declared<ModelVariant>>();

  for (const declared of declarations) {
    const { name, sql, version } = declared.value;
    const stems = version?.stems ?? [name];
    const [found, second] = stems.map((stem) => nearestFirst(byStem.get(stem) ?? [], declared.file)).find((files) => files.length > 0) ?? [];
    const folder = folderOf(declared.file);
    const other = found && used.get(found.path);
    if (found && version && other?.value.version) {
      const params = { model: name, first: String(other.value.version.v), second: String(version.v), file: found.path };
      const notes = [{ message: "the other version", span: nameSpan(other) }];
      diagnostics.push(diagnose("RT0232", params, { span: nameSpan(declared), notes }));
    } else if (found) used.set(found.path, declared);
    if (found && second && found.extension !== second.extension && folderOf(second) === folderOf(found)) {
      used.set(second.path, declared);
      const notes = [{ message: "the other one", span: fileSpan(second.path) }];
      diagnostics.push(diagnose("RT0206", { kind: "body of model", name }, { span: fileSpan(found.path), notes, help: "keep the SQL, or the JavaScript" }));
    }
    if (sql !== undefined && found) {
      const span = declared.yaml.keySpanOf([...declared.path, "sql"]);
      const notes = [{ message: "and in a file of its own", span: fileSpan(found.path) }];
      diagnostics.push(diagnose("RT0206", { kind: "SQL of model", name }, { span, notes, help: "keep the inline `sql`, or the file" }));
    }
    if (sql === undefined && !found) {
      const help = `write its query to ${folder}/${stems[0]}.sql, or inline under \`sql:\` in ${declared.file.path}`;
      diagnostics.push(
        diagnose("RT0202", { kind: "model", name: version ? `${name}.v${version.v}` : name, has: "YAML", lacks: "SQL" }, { span: nameSpan(declared), help }),
      );
    } else matched.set(declared, found);
  }
  for (const file of bodies) {
    const name = fileStem(file.path);
    if (used.has(file.path) || mayBeDeclared(name)) continue;
    const isScript = file.extension === "mjs";
    if (isScript && !defaultExport.test(file.text)) continue;
    const has = isScript ? "JavaScript" : "SQL";
    const help = `declare it in ${file.path.replace(/\.\w+$/, ".yml")} or any YAML file there: models: [{name: ${name}}]`;
    diagnostics.push(diagnose("RT0202", { kind: "model", name, has, lacks: "YAML" }, { span: fileSpan(file.path), help }));
  }
  return { value: matched, diagnostics };
}

/** The file beside the YAML wins; otherwise the first of that name. */
function nearestFirst(candidates: readonly SourceFile[], yamlFile: SourceFile): readonly SourceFile[] {
  const folder = folderOf(yamlFile);
  return [...candidates.filter((file) => folderOf(file) === folder), ...candidates.filter((file) => folderOf(file) !== folder)];
}

function folderOf({ path }: SourceFile): string {
  return path.slice(0, path.lastIndexOf("/"));
}
