/** The templates of a resource, by what they call: its own text, and all else in its declaration that is a template. */
import type { Built, Macro, Resource } from "../parse/resource.ts";
import type { Calls } from "../parse/template.ts";

/** In the order of their texts. A generic test's own macro is one of its templates. */
export function callsOf(node: Resource, macros: ReadonlyMap<string, Macro>): readonly Calls[] {
  switch (node.resourceType) {
    case "model": {
      const conditions = node.constraints.flatMap(({ expression }) => (expression ? [expression] : []));
      const location = node.location ? [node.location] : [];
      return [...[node.template, ...node.predicates, ...location, ...conditions].map(({ calls }) => calls), ...callsOfHooks(node)];
    }
    case "snapshot":
      return [node.template.calls, ...callsOfHooks(node)];
    case "seed":
      return callsOfHooks(node);
    case "test": {
      if (node.testKind === "singular") return [node.template.calls];
      const given = [...Object.values(node.arguments), ...(node.where ? [node.where] : [])];
      const own = macros.get(node.testName)?.body;
      return [
        ...given.flatMap((argument) => (argument.kind === "template" ? [argument.template.calls] : [])),
        ...(own?.kind === "template" ? [own.template.calls] : []),
      ];
    }
    default:
      return [];
  }
}

function callsOfHooks({ hooks }: Built): readonly Calls[] {
  return [...hooks.pre, ...hooks.post].map(({ template }) => template.calls);
}
