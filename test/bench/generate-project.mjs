/**
 * Writes a project of any size that looks like one that people wrote: layers in folders, about ten models to a YAML file, a
 * SQL file each with refs, common table expressions and macros. The same options give the same bytes. Measures nothing.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { macroFiles, modelsText, projectText, sourcesText, sqlText } from "./project-texts.mjs";

const areas = ["orders", "customers", "payments", "sessions", "campaigns", "products", "returns", "loyalty"];
const nouns = ["order", "visit", "refund", "basket", "coupon", "delivery", "account", "device", "message", "store"];
const modelsPerFile = 10;
/** How often a model has so many parents, before the option `fanIn` cuts it off. */
const parentCounts = [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8, 11, 15];

/**
 * `depth` is the number of models on the longest path. With `runnable` the first layer makes its own rows instead of reading
 * sources, so that the project can be built anywhere. Returns what was written, counted.
 */
export function generateProject(folder, { models: modelCount, tests: testCount, depth, fanIn, runnable = false, seed = 1 }) {
  const random = createRandom(seed);
  const models = planModels(modelCount, depth, fanIn, random);
  planTests(models, testCount, random);
  const files = new Map([["retain.yml", projectText()], ...macroFiles()]);
  if (!runnable) files.set("models/staging/sources.yml", sourcesText(models));
  for (const model of models) files.set(`${model.folder}/${model.name}.sql`, sqlText(model, runnable, random));
  for (const [path, group] of groupByFile(models)) files.set(path, modelsText(group));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return {
    models: models.length,
    tests: models.reduce((sum, model) => sum + model.tests.length, 0),
    depth: Math.max(...models.map((model) => model.layer)) + 1,
    fanIn: Math.max(...models.map((model) => model.parents.length)),
    files: files.size,
    bytes: [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0),
  };
}

/** Numbers in [0, 1) that are the same for the same seed: mulberry32 by Tommy Ettinger, public domain. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function pick(list, random) {
  return list[Math.floor(random() * list.length)];
}

/** Every model below the first layer reads one of the layer right above it, which makes the depth exact. */
function planModels(count, depth, fanIn, random) {
  const models = [];
  const layers = Array.from({ length: depth }, () => []);
  for (let i = 0; i < count; i++) {
    // A fifth of the models is staging; the first ones fill each layer once.
    const layer = i < depth ? i : random() < 0.2 ? 0 : 1 + Math.floor(random() * (depth - 1));
    const area = areas[i % areas.length];
    const kind = layer === 0 ? "staging" : layer < depth / 2 ? "intermediate" : "marts";
    const prefix = { staging: "stg", intermediate: "int", marts: "fct" }[kind];
    const model = { name: `${prefix}_${area}_${nouns[i % nouns.length]}_${i}`, folder: `models/${kind}/${area}`, kind, area, layer, parents: [], tests: [] };
    layers[layer].push(model);
    models.push(model);
  }
  const deepest = layers[depth - 1][0];
  for (const model of models) {
    if (model.layer === 0) continue;
    const above = models.filter((other) => other.layer < model.layer);
    const wanted = Math.min(fanIn, above.length, model === deepest ? fanIn : pick(parentCounts, random));
    const parents = new Set([pick(layers[model.layer - 1], random)]);
    while (parents.size < wanted) parents.add(pick(above, random));
    model.parents = [...parents];
  }
  return models;
}

/** Hands out the tests one by one, so that their number is exact and some models have one, others six. */
function planTests(models, count, random) {
  const most = models.map((model) => possibleTests(model).length);
  if (count > most.reduce((sum, each) => sum + each, 0)) throw new Error(`${models.length} models cannot have ${count} tests`);
  for (let left = count; left > 0; ) {
    const at = Math.floor(random() * models.length);
    const model = models[at];
    if (model.tests.length === most[at]) continue;
    model.tests.push(possibleTests(model)[model.tests.length]);
    left--;
  }
}

/** Each test with the column that it stands under, in the order in which people add them. */
function possibleTests(model) {
  const [parent] = model.parents;
  return [
    { column: "id", lines: ["unique"] },
    { column: "id", lines: ["not_null"] },
    { column: "status", lines: ["accepted_values:", "    values: [open, paid, shipped, returned]"] },
    parent && { column: "parent_id", lines: ["relationships:", `    to: ref('${parent.name}')`, "    field: id"] },
    { column: "amount", lines: ["accepted_range:", "    min_value: 0", "    config:", "      severity: warn"] },
    {
      column: undefined,
      lines: ["expression_is_true:", "    expression: \"amount >= 0 or status = 'returned'\"", "    where: \"happened_on >= date '2020-01-01'\""],
    },
    { column: "customer_id", lines: ["not_null"] },
    { column: undefined, lines: ["unique_combination:", "    columns: [id, customer_id]"] },
  ].filter(Boolean);
}

function groupByFile(models) {
  const folders = new Map();
  for (const model of models) folders.set(model.folder, [...(folders.get(model.folder) ?? []), model]);
  const files = new Map();
  for (const [folder, list] of folders) {
    for (let i = 0; i < list.length; i += modelsPerFile) files.set(`${folder}/${list[0].area}_${i / modelsPerFile + 1}.yml`, list.slice(i, i + modelsPerFile));
  }
  return files;
}
