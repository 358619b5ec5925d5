/** Joins the declaration of each macro with its file: NAME.hbs, or a function NAME exported from a .mjs file. */
import type { Config, SourceFile } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { fileSpan } from "../core/span.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { Macro } from "./resource.ts";
import type { MacroDeclaration } from "./resource-schema.ts";
import { fileStem } from "./settings.ts";
import { fileTemplate, parseTemplate } from "./template.ts";

export function readMacros(
  config: Config,
  declarations: readonly Declared<MacroDeclaration>[],
  mayBeDeclared: (name: string) => boolean,
): Outcome<readonly Macro[]> {
  const diagnostics: Diagnostic[] = [];
  const bodies = readBodies(config.files, diagnostics);
  const macros: Macro[] = [];
  for (const declared of declarations) {
    const { name } = declared.value;
    const found = bodies.get(name);
    if (!found) {
      const folder = config.project.paths.macros[0] ?? "macros";
      const help = `write ${folder}/${name}.hbs, or export a function ${name} from a .mjs file in ${folder}/`;
      diagnostics.push(diagnose("RT0210", { name, has: "a declaration", lacks: "file" }, { span: nameSpan(declared), help }));
      continue;
    }
    macros.push({
      name,
      packageName: config.project.name,
      kind: declared.value.kind,
      description: declared.value.description,
      arguments: declared.value.arguments,
      originalFilePath: found.file.path,
      checksum: found.file.checksum,
      span: nameSpan(declared),
      body: found.body,
    });
  }
  const declaredNames = new Set(declarations.map((declared) => declared.value.name));
  for (const [name, { file }] of bodies) {
    if (declaredNames.has(name) || mayBeDeclared(name)) continue;
    const help = `declare it in a YAML file of that folder: macros: [{name: ${name}, arguments: [...]}]`;
    diagnostics.push(diagnose("RT0210", { name, has: "a file", lacks: "declaration" }, { span: fileSpan(file.path), help }));
  }
  return { value: macros, diagnostics };
}

interface Body {
  readonly file: SourceFile;
  readonly body: Macro["body"];
}

function readBodies(files: readonly SourceFile[], diagnostics: Diagnostic[]): ReadonlyMap<string, Body> {
  const bodies = new Map<string, Body>();
  const add = (name: string, found: Body): void => {
    const first = bodies.get(name);
    if (first)
      diagnostics.push(
        diagnose(
          "RT0206",
          { kind: "macro", name },
          { span: fileSpan(found.file.path), notes: [{ message: "the other one", span: fileSpan(first.file.path) }] },
        ),
      );
    else bodies.set(name, found);
  };
  for (const file of files) {
    if (file.extension === "hbs") {
      // The line end that editors put at the end of a file is no part of a macro.
      const template = parseTemplate(fileTemplate(file.path, file.text.replace(/\r?\n$/, "")));
      diagnostics.push(...template.diagnostics);
      add(fileStem(file.path), { file, body: { kind: "template", template } });
    }
    for (const [name, call] of Object.entries(file.functions ?? {})) add(name, { file, body: { kind: "function", call } });
  }
  return bodies;
}
