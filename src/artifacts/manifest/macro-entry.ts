/** The manifest's entry of a macro: a template, a JavaScript function, or a generic test of the project's own. */
import type { Macro } from "../../parse/resource.ts";
import { type ManifestContext, type ManifestEntry, macroId, macroIds } from "./context.ts";

export function macroEntry(macro: Macro, context: ManifestContext): ManifestEntry {
  const { body } = macro;
  const defaults = Object.fromEntries(macro.arguments.flatMap((argument) => (argument.default === undefined ? [] : [[argument.name, argument.default]])));
  return {
    name: macro.name,
    resource_type: "macro",
    package_name: macro.packageName,
    path: macro.originalFilePath,
    original_file_path: macro.originalFilePath,
    unique_id: macroId(macro),
    macro_sql: body.kind === "template" ? body.template.source.text : String(body.call),
    depends_on: { macros: body.kind === "template" ? macroIds(body.template.calls, context) : [] },
    description: macro.description,
    meta: { retain: { kind: macro.kind, language: body.kind === "template" ? "handlebars" : "javascript", defaults, checksum: macro.checksum } },
    docs: { show: true, node_color: null },
    patch_path: `${macro.packageName}://${macro.span.file}`,
    arguments: macro.arguments.map(({ name, type, description }) => ({ name, type, description })),
    created_at: context.createdAt,
  };
}
