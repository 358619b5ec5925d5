/** Laws of selection on random graphs. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ancestors, descendants, reach } from "../../src/graph/dag.ts";
import { buildGraph, type Graph } from "../../src/graph/graph.ts";
import { indirectSelections } from "../../src/graph/select/criterion.ts";
import { selectNodes } from "../../src/graph/select/select.ts";
import type { Model, Resource, SingularTest } from "../../src/parse/resource.ts";
import { testConfigSchema } from "../../src/parse/resource-schema.ts";
import { fileTemplate, parseTemplate } from "../../src/parse/template.ts";
import { type RandomProject, randomProject } from "../fixtures/random-project.ts";

/** The graph of a random project, without the detour over files. Even models have one tag, every third another. */
function graphOf({ models, tests }: RandomProject): Graph {
  const base = (name: string, kind: string) => ({
    uniqueId: `${kind}.p.${name}`,
    name,
    packageName: "p",
    originalFilePath: `models/${name}.sql`,
    path: `${name}.sql`,
    patchPath: undefined,
    fqn: ["p", name],
    description: "",
    meta: {},
    span: { file: "", start: 0, end: 0 },
    checksum: "",
  });
  const template = (name: string, reads: readonly number[]) =>
    parseTemplate(fileTemplate(`models/${name}.sql`, `select ${reads.map((i) => `{{ref "m${i}"}}`).join(" ")}`));
  const nodes: Resource[] = [
    ...models.map(
      ({ name, reads }, i): Model => ({
        ...base(name, "model"),
        resourceType: "model",
        tags: [...(i % 2 === 0 ? ["even"] : []), ...(i % 3 === 0 ? ["third"] : [])],
        enabled: true,
        schema: "main",
        alias: name,
        columns: [],
        config: {},
        unrenderedConfig: {},
        language: "sql",
        version: undefined,
        latestVersion: undefined,
        deprecationDate: undefined,
        hooks: { pre: [], post: [] },
        materialized: "view",
        settingSpans: {},
        template: template(name, reads),
        constraints: [],
        predicates: [],
        location: undefined,
      }),
    ),
    ...tests.map(
      ({ name, reads }): SingularTest => ({
        ...base(name, "test"),
        resourceType: "test",
        testKind: "singular",
        title: name,
        tags: [],
        config: testConfigSchema.parse({}),
        template: template(name, reads),
      }),
    ),
  ];
  return buildGraph("p", { nodes, groups: [], operations: [], macros: [], brokenNames: new Set() }).value;
}

const graphs = randomProject({ largest: 12, materialized: ["view"], canFail: false }).map(graphOf);
const name = fc.integer({ min: 0, max: 11 }).map((i) => `m${i}`);
const atom = fc.oneof(name, fc.constantFrom("tag:even", "tag:third", "resource_type:test", "fqn:*", "t0", "m1?"));
const criterion = fc.oneof(
  atom,
  atom.map((text) => `+${text}`),
  atom.map((text) => `${text}+`),
  atom.map((text) => `@${text}`),
  fc.tuple(fc.integer({ min: 0, max: 3 }), atom, fc.integer({ min: 0, max: 3 })).map(([up, text, down]) => `${up}+${text}+${down}`),
);
const intersection = fc.array(criterion, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(","));
const mode = fc.constantFrom(...indirectSelections);
type Mode = (typeof indirectSelections)[number];

function pick(graph: Graph, select: string, indirect: Mode = "empty", exclude = ""): Set<string> {
  return new Set(selectNodes(graph, { select: [select], exclude: exclude ? [exclude] : [], indirect }).value);
}

const union = (a: Set<string>, b: Set<string>) => new Set([...a, ...b]);
const common = (a: Set<string>, b: Set<string>) => new Set([...a].filter((id) => b.has(id)));
const minus = (a: Set<string>, b: Set<string>) => new Set([...a].filter((id) => !b.has(id)));
const isWithin = (a: Set<string>, b: Set<string>) => [...a].every((id) => b.has(id));

describe("sets", () => {
  test("a space is the union", () => {
    fc.assert(
      fc.property(graphs, intersection, intersection, fc.constantFrom("eager" as const, "empty" as const), (graph, a, b, indirect) => {
        expect(pick(graph, `${a} ${b}`, indirect)).toEqual(union(pick(graph, a, indirect), pick(graph, b, indirect)));
      }),
    );
  });

  test("in the careful modes a union may add tests, and nothing else", () => {
    fc.assert(
      fc.property(graphs, intersection, intersection, fc.constantFrom("cautious" as const, "buildable" as const), (graph, a, b, indirect) => {
        const separate = union(pick(graph, a, indirect), pick(graph, b, indirect));
        const together = pick(graph, `${a} ${b}`, indirect);
        expect(isWithin(separate, together)).toBe(true);
        for (const id of minus(together, separate)) expect(graph.nodes.get(id)?.resourceType).toBe("test");
      }),
    );
  });

  test("a comma is the intersection: commutative, associative, idempotent, and it binds tighter", () => {
    fc.assert(
      fc.property(graphs, criterion, criterion, criterion, mode, (graph, a, b, c, indirect) => {
        expect(pick(graph, `${a},${b}`, "eager")).toEqual(common(pick(graph, a, "eager"), pick(graph, b, "eager")));
        expect(pick(graph, `${a},${b},${c}`, indirect)).toEqual(pick(graph, `${c},${a},${b}`, indirect));
        expect(pick(graph, `${a},${a}`, indirect)).toEqual(pick(graph, a, indirect));
        expect(pick(graph, `${a} ${b},${c}`, "eager")).toEqual(union(pick(graph, a, "eager"), common(pick(graph, b, "eager"), pick(graph, c, "eager"))));
      }),
    );
  });

  test("exclude is the difference, also from everything", () => {
    fc.assert(
      fc.property(graphs, intersection, intersection, mode, (graph, a, b, indirect) => {
        expect(pick(graph, a, indirect, b)).toEqual(minus(pick(graph, a, indirect), pick(graph, b, indirect)));
        const rest = selectNodes(graph, { select: [], exclude: [b], indirect }).value;
        expect(new Set(rest)).toEqual(minus(new Set(graph.nodes.keys()), pick(graph, b, indirect)));
      }),
    );
  });

  test("excluding what is selected, or everything, leaves nothing", () => {
    fc.assert(
      fc.property(graphs, intersection, mode, (graph, a, indirect) => {
        expect(pick(graph, a, indirect, a).size).toBe(0);
        expect(pick(graph, a, indirect, "fqn:*").size).toBe(0);
      }),
    );
  });

  test("the order of criteria is irrelevant", () => {
    fc.assert(
      fc.property(
        graphs,
        fc
          .array(intersection, { minLength: 1, maxLength: 4 })
          .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        mode,
        (graph, [given, shuffled], indirect) => {
          expect(pick(graph, shuffled.join(" "), indirect)).toEqual(pick(graph, given.join(" "), indirect));
        },
      ),
    );
  });
});

describe("relatives", () => {
  const ids = (graph: Graph, text: string) => [...pick(graph, text)];
  const closure = (graph: Graph, text: string, walk: (id: string) => Iterable<string>) => new Set(ids(graph, text).flatMap((id) => [id, ...walk(id)]));

  test("+x is x and its ancestors, x+ is x and its descendants, +x+ both", () => {
    fc.assert(
      fc.property(graphs, atom, (graph, x) => {
        const up = closure(graph, x, (id) => ancestors(graph.dag, id));
        const down = closure(graph, x, (id) => descendants(graph.dag, id));
        expect(pick(graph, `+${x}`)).toEqual(up);
        expect(pick(graph, `${x}+`)).toEqual(down);
        expect(pick(graph, `+${x}+`)).toEqual(union(up, down));
      }),
    );
  });

  test("n+x grows with n, from x itself to +x", () => {
    fc.assert(
      fc.property(graphs, atom, (graph, x) => {
        expect(pick(graph, `0+${x}`)).toEqual(pick(graph, x));
        for (let n = 0; n < 12; n++) {
          expect(isWithin(pick(graph, `${n}+${x}`), pick(graph, `${n + 1}+${x}`))).toBe(true);
          expect(isWithin(pick(graph, `${x}+${n}`), pick(graph, `${x}+${n + 1}`))).toBe(true);
          expect(pick(graph, `${n + 1}+${x}`)).toEqual(union(pick(graph, `${n}+${x}`), reach(graph.dag.parents, pick(graph, `${n}+${x}`), 1)));
        }
        expect(pick(graph, `20+${x}`)).toEqual(pick(graph, `+${x}`));
      }),
      { numRuns: 50 },
    );
  });

  test("@x is the ancestors of the descendants, so it holds +x+ and is closed upwards", () => {
    fc.assert(
      fc.property(graphs, atom, (graph, x) => {
        const chosen = pick(graph, `@${x}`);
        const down = closure(graph, x, (id) => descendants(graph.dag, id));
        expect(chosen).toEqual(new Set([...down].flatMap((id) => [id, ...ancestors(graph.dag, id)])));
        expect(isWithin(pick(graph, `+${x}+`), chosen)).toBe(true);
        expect(isWithin(reach(graph.dag.parents, chosen), chosen)).toBe(true);
      }),
    );
  });
});

describe("tests", () => {
  test("eager holds buildable holds cautious holds empty, and they differ in tests only", () => {
    fc.assert(
      fc.property(graphs, intersection, (graph, a) => {
        const [empty, cautious, buildable, eager] = (["empty", "cautious", "buildable", "eager"] as const).map((indirect) =>
          pick(graph, a.split(",")[0] ?? "", indirect),
        );
        if (!empty || !cautious || !buildable || !eager) throw new Error("four modes");
        expect(isWithin(empty, cautious)).toBe(true);
        expect(isWithin(cautious, buildable)).toBe(true);
        expect(isWithin(buildable, eager)).toBe(true);
        for (const id of minus(eager, empty)) expect(graph.nodes.get(id)?.resourceType).toBe("test");
      }),
    );
  });

  test("cautious brings exactly the tests whose parents are all chosen, eager those with any", () => {
    fc.assert(
      fc.property(graphs, fc.array(criterion, { minLength: 1, maxLength: 3 }), (graph, parts) => {
        const select = parts.join(" ");
        const empty = pick(graph, select);
        const testsWith = (holds: (parents: readonly string[]) => boolean) =>
          new Set(
            [...graph.nodes.values()]
              .filter((node) => node.resourceType === "test" && holds(graph.dag.parents.get(node.uniqueId) ?? []))
              .map((node) => node.uniqueId),
          );
        expect(pick(graph, select, "cautious")).toEqual(
          union(
            empty,
            testsWith((parents) => parents.every((id) => empty.has(id))),
          ),
        );
        expect(pick(graph, select, "eager")).toEqual(
          union(
            empty,
            testsWith((parents) => parents.some((id) => empty.has(id))),
          ),
        );
      }),
    );
  });

  test("buildable brings the tests of the chosen whose parents can be built with them", () => {
    fc.assert(
      fc.property(graphs, fc.array(name, { minLength: 1, maxLength: 3 }), (graph, parts) => {
        const select = parts.join(" ");
        const empty = pick(graph, select);
        const buildable = union(empty, reach(graph.dag.parents, empty));
        const expected = [...graph.nodes.values()].filter((node) => {
          const parents = graph.dag.parents.get(node.uniqueId) ?? [];
          return node.resourceType === "test" && parents.some((id) => empty.has(id)) && parents.every((id) => buildable.has(id));
        });
        expect(pick(graph, select, "buildable")).toEqual(union(empty, new Set(expected.map((node) => node.uniqueId))));
      }),
      { numRuns: 1000 },
    );
  });
});
