/** Reads the `columns` of a declaration. */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import type { Declared } from "./read-declarations.ts";
import type { Column } from "./resource.ts";
import type { ColumnDeclaration } from "./resource-schema.ts";

/** `subpath` leads from the declaration to what owns the columns, such as a source's table. */
export function readColumns(
  declared: Declared<unknown>,
  columns: readonly ColumnDeclaration[],
  owner: string,
  subpath: readonly (string | number)[] = [],
): Outcome<readonly Column[]> {
  const diagnostics: Diagnostic[] = [];
  const seen = new Map<string, Column>();
  columns.forEach((column, i) => {
    const span = declared.yaml.spanOf([...declared.path, ...subpath, "columns", i, "name"]);
    const first = seen.get(column.name.toLowerCase());
    if (first) {
      diagnostics.push(diagnose("RT0217", { column: column.name, owner }, { span, notes: [{ message: "first declared here", span: first.span }] }));
      return;
    }
    seen.set(column.name.toLowerCase(), {
      name: column.name,
      description: column.description,
      dataType: column.data_type,
      pii: column.pii === true ? "personal" : column.pii === false ? undefined : column.pii,
      isPiiDeclared: column.pii !== undefined,
      tags: column.tags ?? [],
      meta: column.meta ?? {},
      span,
    });
  });
  return { value: [...seen.values()], diagnostics };
}
