/** The columns of an export's identifiers, one by one: a person may have several addresses, each in a column of its own. */
import type { YamlPath } from "../core/yaml.ts";
import type { ExportDeclaration } from "../parse/resource-schema.ts";

type Declared = ExportDeclaration["identifiers"][string];
export type IdentifierDetail = Exclude<Exclude<Declared, readonly unknown[]>, string>;

export interface IdentifierSource {
  /** The platform's word, such as EMAIL; several sources may have the same. */
  readonly key: string;
  readonly detail: IdentifierDetail;
  /** Where it is declared, below the export. */
  readonly path: YamlPath;
  /** Where its column is named. */
  readonly columnPath: YamlPath;
}

export function identifierSources({ identifiers }: Pick<ExportDeclaration, "identifiers">): readonly IdentifierSource[] {
  return Object.entries(identifiers).flatMap(([key, declared]) => {
    if (!Array.isArray(declared)) return [sourceOf(key, declared as string | IdentifierDetail, ["identifiers", key])];
    return (declared as readonly (string | IdentifierDetail)[]).map((one, i) => sourceOf(key, one, ["identifiers", key, i]));
  });
}

/** Keys in the order of the declaration, each as often as it is mapped. */
export function identifierKeys(declaration: Pick<ExportDeclaration, "identifiers">): readonly string[] {
  return identifierSources(declaration).map(({ key }) => key);
}

function sourceOf(key: string, declared: string | IdentifierDetail, path: YamlPath): IdentifierSource {
  if (typeof declared === "string") return { key, detail: { column: declared }, path, columnPath: path };
  return { key, detail: declared, path, columnPath: [...path, "column"] };
}
