/** selectors.yml: every form of definition, what each chooses from one project, and what is said about those that cannot be read. */
import { beforeAll, describe, expect, test } from "vitest";
import { duckdbDialect } from "../../src/adapters/duckdb/dialect.ts";
import { findDefaultSelector } from "../../src/compile/default-selector.ts";
import { createProjectContext } from "../../src/compile/render-context.ts";
import { readYaml } from "../../src/core/yaml.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { selectNodes } from "../../src/graph/select/select.ts";
import { readSelectors } from "../../src/graph/select/selectors-file.ts";
import { openReady, temporaryProject } from "../fixtures/temporary-project.ts";

const files = {
  "models/m.yml": `models:
  - {name: raw, sql: select 1 as id, config: {tags: [base]}}
  - name: left
    sql: 'select * from {{ref "raw"}}'
    config: {tags: [nightly, wide]}
    columns: [{name: id, tests: [unique, {relationships: {to: ref('right'), field: id, name: left_right}}]}]
  - {name: right, sql: 'select * from {{ref "raw"}}', config: {tags: [nightly], materialized: table}}
  - {name: last, sql: 'select * from {{ref "left"}} join {{ref "right"}} using (id)', config: {tags: [wide]}}
`,
};

let graph: Graph;
beforeAll(async () => {
  graph = (await openReady(temporaryProject(files))).graph;
});

function read(text: string) {
  const yaml = readYaml("selectors.yml", text);
  const { value, diagnostics } = readSelectors(yaml);
  const at = (start: number) => `${text.slice(0, start).split("\n").length}:${start - text.lastIndexOf("\n", start - 1)}`;
  return { selectors: value, said: diagnostics.map((d) => `${d.code} ${d.span ? at(d.span.start) : "nowhere"} ${d.message}${d.help ? `; ${d.help}` : ""}`) };
}

function choose(text: string, selector = "s") {
  const { selectors, said } = read(text);
  expect(said).toEqual([]);
  const { value, diagnostics } = selectNodes(graph, { select: [], exclude: [], indirect: "eager", selector }, { selectors });
  return { names: [...value].map((id) => graph.nodes.get(id)?.name ?? id).toSorted(), said: diagnostics.map((d) => `${d.code} ${d.severity}`) };
}

describe("a definition", () => {
  const leftTests = "left_right unique_left_id";
  test.each([
    ["tag:base", "raw"],
    ["'+right'", "raw right left_right"],
    ["'tag:nightly,tag:wide'", `left ${leftTests}`],
    ["raw last", "raw last"],
    ["'@left'", `left last raw right ${leftTests}`],
    ["{tag: base}", "raw"],
    ["{config.materialized: table}", "right left_right"],
    ["{method: tag, value: base}", "raw"],
    ["{method: fqn, value: left, parents: true}", `left raw ${leftTests}`],
    ["{method: fqn, value: last, parents: true, parents_depth: 1}", `last left right ${leftTests}`],
    ["{method: fqn, value: last, parents: true, parents_depth: 0}", "last"],
    ["{method: fqn, value: last, parents_depth: 1}", "last"],
    ["{method: fqn, value: right, children: true}", "right last left_right"],
    ["{method: fqn, value: raw, children: true, children_depth: 1}", `raw left right ${leftTests}`],
    ["{method: fqn, value: left, childrens_parents: true}", `left last raw right ${leftTests}`],
    ["{method: fqn, value: left, indirect_selection: empty}", "left"],
    ["{method: fqn, value: left, indirect_selection: cautious}", "left unique_left_id"],
    ["{method: fqn, value: left, indirect_selection: buildable}", "left unique_left_id"],
    ["{method: tag, value: nightly, indirect_selection: empty, exclude: [{tag: wide}]}", "right"],
    ["{method: fqn, value: '*', indirect_selection: empty, exclude: [{tag: wide}, 'resource_type:test', right]}", "raw"],
    ["{union: [{tag: base}, last]}", "raw last"],
    ["{union: [{tag: nightly}, {tag: wide}, {exclude: [left]}]}", "right last"],
    ["{intersection: [{tag: nightly}, {tag: wide}]}", `left ${leftTests}`],
    ["{intersection: [{tag: nightly}, {union: [raw, right]}]}", "right left_right"],
    ["{union: [{intersection: [{tag: nightly}, {tag: wide}]}, {tag: base}]}", `left raw ${leftTests}`],
    ["{intersection: [{tag: nightly}, {exclude: [{tag: wide}]}]}", "right"],
    // Both parents of left_right, by two criteria that each wait for the other.
    [
      "{union: [{method: fqn, value: left, indirect_selection: cautious}, {method: fqn, value: right, indirect_selection: cautious}]}",
      `left right ${leftTests}`,
    ],
    // dbt lets a criterion's mode decide about its own tests: one that is empty does not take away those of another.
    ["{union: [{method: fqn, value: left, indirect_selection: empty}, right]}", "left right left_right"],
  ])("%s", (definition, expected) => {
    expect(choose(`selectors: [{name: s, definition: ${definition}}]`)).toEqual({ names: expected.split(" ").toSorted(), said: [] });
  });

  test("may use another selector, with + and inside sets", () => {
    const text = `selectors:
  - {name: base, description: what all begins with, definition: {tag: base}}
  - {name: s, definition: 'selector:base+1'}
  - {name: t, definition: {intersection: [{method: selector, value: s}, {tag: wide}]}}
`;
    expect(choose(text).names).toEqual(["left", "left_right", "raw", "right", "unique_left_id"]);
    expect(choose(text, "t").names).toEqual(["left", "left_right", "unique_left_id"]);
    const { value } = selectNodes(graph, { select: ["selector:base,raw", "last"], exclude: [], indirect: "empty" }, { selectors: read(text).selectors });
    expect([...value]).toEqual(["model.shop.raw", "model.shop.last"]);
  });

  test("that chooses nothing warns with its place", () => {
    const { selectors } = read("selectors: [{name: s, definition: {union: [{tag: nope}, left]}}]");
    const { diagnostics } = selectNodes(graph, { select: [], exclude: [], indirect: "eager", selector: "s" }, { selectors });
    expect(diagnostics.map(({ code, span }) => [code, span?.file, span?.start])).toEqual([["RT0002", "selectors.yml", 49]]);
  });
});

describe("what is wrong is said at its place", () => {
  test.each([
    ["selectors: [{name: s, definition: {tags: x}}]", /^RT0004 1:36 "tags" is not a selector method .*; did you mean "tag"\?$/],
    ["selectors: [{name: s, definition: 'tgs:x'}]", /^RT0004 1:35 "tgs" is not a selector method/],
    ["selectors: [{name: s, definition: '@a+'}]", /^RT0003 1:35 cannot read the selection "@a\+"/],
    ["selectors: [{name: s, definition: ''}]", /^RT0012 1:35 selector "s": the definition is empty; a definition is "tag:nightly\+"/],
    ["selectors: [{name: s, definition: {method: tag}}]", /^RT0012 1:35 selector "s": the long form needs `method` and `value`/],
    ["selectors: [{name: s, definition: {tag: a, path: b}}]", /^RT0012 1:35 selector "s": a short definition has one key/],
    ["selectors: [{name: s, definition: {tag: [a]}}]", /^RT0012 1:41 selector "s": the value of tag is text/],
    [
      "selectors: [{name: s, definition: {method: tag, value: a, parent: true}}]",
      /^RT0103 1:59 unknown key "parent" in selector "s"; did you mean "parents"\?$/,
    ],
    ["selectors: [{name: s, definition: {method: tag, value: a, parents: 1}}]", /^RT0012 1:68 selector "s": parents is true or false/],
    ["selectors: [{name: s, definition: {method: tag, value: a, parents: true, parents_depth: -1}}]", /^RT0012 1:89 .*parents_depth is a whole number/],
    ["selectors: [{name: s, definition: {method: tag, value: a, childrens_parents: true, children: true}}]", /^RT0012 1:35 .*leave out `children`/],
    [
      "selectors: [{name: s, definition: {method: tag, value: a, indirect_selection: eagre}}]",
      /^RT0012 1:79 .*indirect_selection is one of .*; did you mean "eager"\?$/,
    ],
    ["selectors: [{name: s, definition: {method: tag, value: a, exclude: b}}]", /^RT0012 1:68 .*exclude is a list/],
    ["selectors: [{name: s, definition: {union: a}}]", /^RT0012 1:43 .*union is a list of definitions/],
    ["selectors: [{name: s, definition: {union: []}}]", /^RT0012 1:43 .*union is a list of definitions/],
    ["selectors: [{name: s, definition: {union: [a], intersection: [b]}}]", /^RT0012 1:35 .*beside `union` there can be no other key; found intersection/],
    ["selectors: [{name: s, definition: {union: [a, {exclude: [b]}, {exclude: [c]}]}}]", /^RT0012 1:63 .*only one \{exclude: \[\.\.\.\]\}/],
    ["selectors: [{name: s, definition: {union: [3]}}]", /^RT0012 1:44 .*a definition is text or a mapping/],
    ["selectors: [{name: s}]", /^RT0104 1:\d+ selectors\.yml: selectors\[1\]\.definition/],
    ["selectors: [{name: s, defintion: a}]", /^RT0103 1:23 unknown key "defintion" in .*; did you mean "definition"\?$/],
    ["selectors: {s: a}", /^RT0104 1:12 selectors\.yml: selectors: must be a list; write a list: /],
    ["selectors: [{name: s, definition: 'selector:t'}, {name: tt, definition: a}]", /^RT0011 1:35 there is no selector "t"; did you mean "tt"\?$/],
    ["selectors: [{name: s, definition: {selector: s}}]", /^RT0013 1:46 these selectors choose each other in a circle: s -> s/],
    [
      "selectors:\n- {name: a, definition: 'selector:b+'}\n- {name: b, definition: {union: [x, {selector: a}]}}",
      /^RT0013 \d:\d+ these selectors choose each other in a circle: (a -> b -> a|b -> a -> b); write out/,
    ],
    ["selectors: [{name: s, definition: a}, {name: s, definition: b}]", /^RT0206 1:46 selector "s" is declared twice/],
    ["selectors: [", /^RT0102 /],
  ])("%s", (text, expected) => {
    const { said } = read(text);
    expect(said).toContainEqual(expect.stringMatching(expected));
  });

  test("an unknown name lists what there is", () => {
    const { selectors } = read("selectors: [{name: nightly, definition: a}, {name: weekly, definition: a}]");
    const say = (selector: string, known = selectors) => {
      const { diagnostics } = selectNodes(graph, { select: [], exclude: [], indirect: "eager", selector }, { selectors: known });
      return diagnostics.map((d) => `${d.code} ${d.message}; ${d.help}`);
    };
    expect(say("nigthly")).toEqual(['RT0011 there is no selector "nigthly"; did you mean "nightly"?']);
    expect(say("x")).toEqual(['RT0011 there is no selector "x"; there are nightly, weekly']);
    expect(say("x", new Map())).toEqual(['RT0011 there is no selector "x"; write it under `selectors:` in selectors.yml beside retain.yml']);
    const { diagnostics } = selectNodes(graph, { select: ["selector:x+"], exclude: [], indirect: "eager" }, { selectors });
    expect(diagnostics.map((d) => d.code)).toEqual(["RT0011"]);
  });
});

describe("the default", () => {
  const targets = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}, prod: {type: duckdb, path: ":memory:"}}\n';
  async function find(selectors: string, target = "dev") {
    const ready = await openReady(temporaryProject({ ...files, "retain.yml": targets, "selectors.yml": selectors }), { target });
    const invocation = { invocationId: "i", startedAt: "2026-07-01T00:00:00Z" };
    const context = createProjectContext(ready.graph, ready.config, { dialect: duckdbDialect, invocation }).contextFor(undefined);
    const { value, diagnostics } = findDefaultSelector(ready.selectors, context);
    return { value, said: diagnostics.map((d) => `${d.code} ${ready.place(d.span)} ${d.message}`) };
  }

  test.each([
    ["selectors: [{name: a, definition: x}]", undefined],
    ["selectors: [{name: a, definition: x}, {name: b, default: true, definition: x}]", "b"],
    ["selectors: [{name: a, default: '{{eq target.name \"dev\"}}', definition: x}, {name: b, default: '{{eq target.name \"prod\"}}', definition: x}]", "a"],
    ["selectors: [{name: a, default: 'false', definition: x}]", undefined],
  ])("of %s is %s", async (text, expected) => {
    expect(await find(text)).toEqual({ value: expected, said: [] });
  });

  test("depends on the target", async () => {
    const text =
      "selectors: [{name: a, default: '{{eq target.name \"dev\"}}', definition: x}, {name: b, default: '{{eq target.name \"prod\"}}', definition: x}]";
    expect((await find(text, "prod")).value).toBe("b");
  });

  test.each([
    [
      "selectors: [{name: a, default: true, definition: x}, {name: b, default: true, definition: x}]",
      'selectors.yml:1:73 selector "b": "a" is the default already',
    ],
    ["selectors: [{name: a, default: maybe, definition: x}]", 'selectors.yml:1:32 selector "a": default is true or false, not "maybe"'],
  ])("of %s is an error", async (text, problem) => {
    expect((await find(text)).said).toEqual([`RT0012 ${problem}`]);
  });

  test("that cannot be rendered is an error at its place", async () => {
    expect((await find("selectors: [{name: a, default: '{{nope}}', definition: x}]")).said).toEqual(['RT0301 selectors.yml:1:32 "nope" is not defined here']);
  });
});
