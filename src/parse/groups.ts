/** Reads `groups`: who owns which models, and may read those that are private. */
import type { Config } from "../config/config.ts";
import { diagnose, type Outcome } from "../core/diagnostic.ts";
import { groupBy } from "../core/group-by.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { Group } from "./resource.ts";
import type { GroupDeclaration } from "./resource-schema.ts";

export function readGroups(config: Config, declarations: readonly Declared<GroupDeclaration>[]): Outcome<readonly Group[]> {
  const packageName = config.project.name;
  const repeated = [...groupBy(declarations, ({ value }) => value.name).values()].flatMap(([first, ...others]) =>
    others.map((other) => ({ other, notes: first ? [{ message: "first declared here", span: nameSpan(first) }] : [] })),
  );
  return {
    value: declarations.map((declared): Group => {
      const { value, file } = declared;
      return {
        uniqueId: `group.${packageName}.${value.name}`,
        name: value.name,
        packageName,
        originalFilePath: file.path,
        path: file.path.slice(file.root.length + 1),
        description: value.description,
        owner: value.owner,
        meta: { ...value.meta, ...value.config.meta },
        span: nameSpan(declared),
      };
    }),
    diagnostics: repeated.map(({ other, notes }) => diagnose("RT0206", { kind: "group", name: other.value.name }, { span: nameSpan(other), notes })),
  };
}
