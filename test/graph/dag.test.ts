/** The graph of names: order, reach and cycles, on chosen and on random graphs. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ancestors, buildDag, type Dag, descendants, findCycles, reach, topologicalOrder } from "../../src/graph/dag.ts";

/** `a: [b]` means that a has the parent b. */
function dagOf(parents: Readonly<Record<string, readonly string[]>>): Dag {
  return buildDag(new Map(Object.entries(parents)));
}

/** Any graph of up to ten nodes, cycles and loops included. */
const anyGraph = fc
  .integer({ min: 0, max: 10 })
  .chain((size) =>
    fc
      .tuple(...Array.from({ length: size }, () => fc.uniqueArray(fc.integer({ min: 0, max: Math.max(0, size - 1) }), { maxLength: 3 })))
      .map((lists) => new Map<string, string[]>(lists.map((list, i) => [`n${i}`, list.map((parent) => `n${parent}`)]))),
  );
/** The same without cycles: parents come first. */
const acyclicGraph = anyGraph.map(
  (graph) => new Map<string, string[]>([...graph].map(([node, parents], i) => [node, parents.filter((parent) => Number(parent.slice(1)) < i)])),
);

/** Reaches by walking, step by step, as the definition says. */
function walk(edges: (node: string) => readonly string[], from: string, depth: number): Set<string> {
  if (depth === 0) return new Set();
  return new Set(edges(from).flatMap((next) => [next, ...walk(edges, next, depth - 1)]));
}

describe("building", () => {
  test("keeps the order, drops repeated parents and those that are no nodes", () => {
    const dag = dagOf({ a: [], b: ["a", "missing", "a"], c: ["b", "a"] });
    expect([...dag.parents]).toEqual([
      ["a", []],
      ["b", ["a"]],
      ["c", ["b", "a"]],
    ]);
    expect([...dag.children]).toEqual([
      ["a", ["b", "c"]],
      ["b", ["c"]],
      ["c", []],
    ]);
  });
});

describe("reach", () => {
  const chain = dagOf({ a: [], b: ["a"], c: ["b"], d: ["c"], side: ["a"] });

  test("goes as many steps as it is told", () => {
    expect([...reach(chain.children, ["a"], 0)]).toEqual([]);
    expect([...reach(chain.children, ["a"], 1)]).toEqual(["b", "side"]);
    expect([...reach(chain.children, ["a"], 2)]).toEqual(["b", "side", "c"]);
    expect([...reach(chain.children, ["a"])]).toEqual(["b", "side", "c", "d"]);
    expect([...ancestors(chain, "d")]).toEqual(["c", "b", "a"]);
    expect([...descendants(chain, "c")]).toEqual(["d"]);
  });

  test("takes the shortest way: a long way round hides nothing", () => {
    const dag = dagOf({ a: [], b: ["a"], c: ["b", "a"], d: ["c"] });
    expect(reach(dag.children, ["a"], 2)).toEqual(new Set(["b", "c", "d"]));
  });

  test("is what walking finds, for any graph without cycles and any depth", () => {
    fc.assert(
      fc.property(acyclicGraph, fc.integer({ min: 0, max: 5 }), (graph, depth) => {
        const dag = buildDag(graph);
        for (const node of graph.keys()) {
          expect(reach(dag.parents, [node], depth)).toEqual(walk((at) => graph.get(at) ?? [], node, depth));
          expect(ancestors(dag, node)).toEqual(walk((at) => graph.get(at) ?? [], node, 20));
        }
      }),
    );
  });

  test("down is the opposite of up", () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const dag = buildDag(graph);
        for (const a of graph.keys()) for (const b of graph.keys()) expect(ancestors(dag, a).has(b)).toBe(descendants(dag, b).has(a));
      }),
    );
  });
});

describe("topological order", () => {
  test("keeps the given order among equals", () => {
    expect(topologicalOrder(dagOf({ z: [], a: [], m: ["z"], b: ["a"] }))).toEqual(["z", "a", "m", "b"]);
  });

  test("holds every node once, parents first, for any graph without cycles", () => {
    fc.assert(
      fc.property(acyclicGraph, fc.nat(), (graph, seed) => {
        // Given in another order than the one that is sought.
        const shuffled = new Map([...graph].toSorted(([a], [b]) => ((Number(a.slice(1)) * 7 + seed) % 11) - ((Number(b.slice(1)) * 7 + seed) % 11)));
        const order = topologicalOrder(buildDag(shuffled));
        expect([...order].toSorted()).toEqual([...graph.keys()].toSorted());
        for (const [node, parents] of graph) for (const parent of parents) expect(order.indexOf(parent)).toBeLessThan(order.indexOf(node));
      }),
    );
  });

  test("leaves out exactly what stands on a cycle or below one", () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const dag = buildDag(graph);
        const knotted = [...graph.keys()].filter((node) => ancestors(dag, node).has(node));
        const below = new Set([...knotted, ...knotted.flatMap((node) => [...descendants(dag, node)])]);
        expect(new Set(topologicalOrder(dag))).toEqual(new Set([...graph.keys()].filter((node) => !below.has(node))));
      }),
    );
  });
});

describe("cycles", () => {
  test.each([
    ["a loop", { a: ["a"] }, [["a", "a"]]],
    ["two nodes", { a: ["b"], b: ["a"] }, [["a", "b", "a"]]],
    ["three nodes with others around", { root: [], a: ["c", "root"], b: ["a"], c: ["b"], leaf: ["c"] }, [["a", "b", "c", "a"]]],
    [
      "two knots",
      { a: ["b"], b: ["a"], c: ["d", "b"], d: ["c"] },
      [
        ["a", "b", "a"],
        ["c", "d", "c"],
      ],
    ],
    ["a short way round a long one", { a: ["c", "b"], b: ["a"], c: ["b"] }, [["a", "b", "a"]]],
    ["none", { a: [], b: ["a"] }, []],
  ])("%s", (_, parents, expected) => {
    expect(findCycles(dagOf(parents))).toEqual(expected);
  });

  test("are found in any graph: one for each knot, each a closed path of edges without repeats", () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const dag = buildDag(graph);
        const cycles = findCycles(dag);
        for (const cycle of cycles) {
          expect(cycle[0]).toBe(cycle.at(-1));
          expect(new Set(cycle).size).toBe(cycle.length - 1);
          for (let i = 1; i < cycle.length; i++) expect(graph.get(cycle[i] ?? "")).toContain(cycle[i - 1]);
        }
        // Nodes that reach each other both ways are one knot.
        const knots = new Set(
          [...graph.keys()]
            .filter((node) => ancestors(dag, node).has(node))
            .map((node) => [...graph.keys()].filter((other) => ancestors(dag, node).has(other) && descendants(dag, node).has(other)).join(" ")),
        );
        const found = cycles.map((cycle) => [...knots].find((knot) => knot.split(" ").includes(cycle[0] ?? "")));
        expect(new Set(found)).toEqual(knots);
        expect(found).toHaveLength(knots.size);
      }),
    );
  });
});
