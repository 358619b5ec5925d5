/** What a generic test was given, as dbt's readers know it: keyword arguments, with relations as calls in Python's spelling. */
import type { GenericTest, TestArgument } from "../../parse/resource.ts";
import type { Version } from "../../parse/versions.ts";

export function keywordArguments({ arguments: given, columnName, owner }: GenericTest): Readonly<Record<string, unknown>> {
  const keywords: Record<string, unknown> = {};
  for (const name in given) keywords[name] = keyword(given[name] as TestArgument);
  if (columnName !== undefined) keywords.column_name = columnName;
  keywords.model = `{{ get_where_subquery(${owner.resourceType === "source" ? sourceCall(owner.sourceName, owner.name) : refCall(owner.name, undefined, owner.resourceType === "model" ? owner.version : undefined)}) }}`;
  return keywords;
}

function keyword(argument: TestArgument): unknown {
  switch (argument.kind) {
    case "value":
      return argument.value;
    case "template":
      return argument.template.source.text;
    case "relation": {
      const { dependency } = argument;
      return dependency.kind === "source" ? sourceCall(dependency.source, dependency.table) : refCall(dependency.name, dependency.package, dependency.version);
    }
  }
}

function refCall(name: string, packageName?: string, version?: Version): string {
  const words = packageName === undefined ? `'${name}'` : `'${packageName}', '${name}'`;
  return version === undefined ? `ref(${words})` : `ref(${words}, v=${typeof version === "number" ? version : `'${version}'`})`;
}

function sourceCall(source: string, table: string): string {
  return `source('${source}', '${table}')`;
}
