/** Selection criteria as somebody types them: names, methods and their values, with graph operators and intersections. Pure. */
import { type Candidate, starting } from "./complete.ts";

export interface NodeName {
  readonly name: string;
  readonly type: string;
}

/** What the last command knew of the project, by selector method; `fqn` has every node. */
export interface SelectableNames {
  readonly nodes: readonly NodeName[];
  readonly values: Readonly<Record<string, readonly string[]>>;
}

const fixed: Readonly<Record<string, readonly string[]>> = {
  access: ["private", "protected", "public"],
  resource_type: ["model", "seed", "snapshot", "source", "test", "unit_test", "exposure", "export"],
  result: ["success", "error", "fail", "warn", "pass", "skipped"],
  source_status: ["fresher"],
  state: ["new", "old", "modified", "unmodified", "modified.body", "modified.configs", "modified.relation", "modified.macros", "modified.contract"],
  test_type: ["generic", "singular", "unit", "data"],
  version: ["latest", "prerelease", "old", "none"],
};

/** With those whose values only the project knows. */
export const completedMethods: readonly string[] = [
  ...Object.keys(fixed),
  ...["config.materialized", "exposure", "file", "fqn", "group", "package", "path", "selector", "source", "tag", "test_name", "unit_test"],
].toSorted();

export function completeCriteria(typed: string, { nodes, values }: SelectableNames): readonly Candidate[] {
  // Only what comes last is being typed: `tag:nightly,+orders` is completed at `orders`.
  const [, before = "", word = ""] = /^(.*,)?((?:.|\n)*)$/.exec(typed) ?? [];
  const [, operator = "", rest = ""] = /^(@|\d*\+)?((?:.|\n)*)$/.exec(word) ?? [];
  const prefix = before + operator;
  const method = completedMethods.find((name) => rest.startsWith(`${name}:`));
  const found =
    method === undefined
      ? plain(nodes, rest)
      : starting(
          namesOf(method, nodes, values).map((value) => ({ value: `${method}:${value}` })),
          rest,
        );
  return found.map((candidate) => ({ ...candidate, value: prefix + candidate.value }));
}

function namesOf(method: string, nodes: readonly NodeName[], values: SelectableNames["values"]): readonly string[] {
  return fixed[method] ?? (method === "fqn" ? nodes.map(({ name }) => name) : (values[method] ?? []));
}

function plain(nodes: readonly NodeName[], typed: string): readonly Candidate[] {
  const names = nodes.map(({ name, type }) => ({ value: name, description: type }));
  return starting([...names, ...completedMethods.map((method) => ({ value: `${method}:`, description: "selector method" }))], typed);
}
