/**
 * What a model in JavaScript declares: the relations that it reads, under `refs`, and its columns with their types. Both
 * are known without running a line of it. Its text becomes a template that calls nothing and is never rendered.
 */
import type { SourceFile } from "../config/config.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { ModelDeclaration } from "./resource-schema.ts";
import { type Dependency, fileTemplate, readRelationText, type Template } from "./template.ts";

export function readJavascriptModel(declared: Declared<ModelDeclaration>, file: SourceFile): Template {
  const dependencies: Dependency[] = [];
  const diagnostics: Diagnostic[] = [];
  const { value, yaml, path } = declared;
  value.refs?.forEach((text, i) => {
    const span = yaml.spanOf([...path, "refs", i]);
    const dependency: Dependency | undefined = /^\w+$/.test(text) ? { kind: "ref", name: text, package: undefined, span } : readRelationText(text, span);
    if (dependency) dependencies.push(dependency);
    else {
      const problem = "an item of `refs` is a model's name, ref('package', 'model') or source('name', 'table')";
      diagnostics.push(diagnose("RT0226", { model: value.name, problem }, { span }));
    }
  });
  return { source: fileTemplate(file.path, file.text), calls: { dependencies, macros: [], helpers: [], variables: [] }, diagnostics };
}

/** Whether the declaration and the file of a model fit each other. */
export function checkLanguage(declared: Declared<ModelDeclaration>, isScript: boolean): readonly Diagnostic[] {
  const { value, yaml, path } = declared;
  const { name, columns, config, refs } = value;
  const wrong = (problem: string, span: Diagnostic["span"], help?: string): Diagnostic => diagnose("RT0226", { model: name, problem }, { span, help });
  const asked = config.materialized;
  const materializedSpan = yaml.spanOf([...path, "config", "materialized"]);
  if (!isScript) {
    return [
      ...(refs ? [wrong("`refs` is for models in JavaScript", yaml.keySpanOf([...path, "refs"]), 'SQL names what it reads itself: {{ref "name"}}')] : []),
      ...(asked === "javascript"
        ? [wrong("it is materialized as javascript, but written in SQL", materializedSpan, `write it in ${name}.mjs, or choose table`)]
        : []),
    ];
  }
  const help = "declare every column with its data_type: the table is created from them";
  return [
    ...(asked !== undefined && asked !== "javascript"
      ? [wrong(`a model in JavaScript cannot be materialized as ${asked}`, materializedSpan, "remove `materialized`")]
      : []),
    ...(columns.length === 0 ? [wrong("a model in JavaScript needs its columns", nameSpan(declared), help)] : []),
    ...columns.flatMap((column, i) =>
      column.data_type === undefined ? [wrong(`its column "${column.name}" needs a type`, yaml.spanOf([...path, "columns", i, "name"]), help)] : [],
    ),
  ];
}
