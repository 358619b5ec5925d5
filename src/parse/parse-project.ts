/** From a Config to the project's resources: reads the declarations, joins them with their files and collects every problem. */
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { groupBy } from "../core/group-by.ts";
import { readExports, readExposures } from "./exposures.ts";
import { readGenericTests } from "./generic-tests.ts";
import { readGroups } from "./groups.ts";
import { readMacros } from "./macros.ts";
import { readModels } from "./models.ts";
import { readOperations } from "./operations.ts";
import { type Declarations, type Declared, nameSpan, readDeclarations } from "./read-declarations.ts";
import { type GenericTest, isBuilt, type Resource, type Resources } from "./resource.ts";
import { readSeeds } from "./seeds.ts";
import { readSingularTests } from "./singular-tests.ts";
import { readSnapshots } from "./snapshots.ts";
import { readSources } from "./sources.ts";
import { readUnitTests } from "./unit-tests.ts";
import { expandVersions, type ModelVariant } from "./versions.ts";

export interface Parsed extends Resources {
  /** Names of declarations that could not be read; a ref to one of them is no second mistake. */
  readonly brokenNames: ReadonlySet<string>;
  /** Whether a whole file could not be read: then what is missing may be in it. */
  readonly isIncomplete?: boolean;
}

/** The project with the packages that it uses. Operations are the project's own: a package runs nothing of its own accord. */
export function parseProject(config: Config): Outcome<Parsed> {
  const own = parseOne(config);
  if (config.packages.length === 0) return own;
  const packages = config.packages.map((each) => {
    const parsed = parseOne(each);
    return { value: parsed.value, diagnostics: [...parsed.diagnostics, ...findNotLeftOut(each, parsed.value)] };
  });
  const all = [own, ...packages];
  return {
    value: {
      nodes: all.flatMap(({ value }) => value.nodes),
      groups: all.flatMap(({ value }) => value.groups),
      macros: all.flatMap(({ value }) => value.macros),
      operations: own.value.operations,
      brokenNames: new Set(all.flatMap(({ value }) => [...value.brokenNames])),
      isIncomplete: all.some(({ value }) => value.isIncomplete),
    },
    diagnostics: all.flatMap(({ diagnostics }) => diagnostics),
  };
}

function findNotLeftOut({ without = new Map(), project }: Config, { nodes }: Parsed): readonly Diagnostic[] {
  const names = new Set(nodes.filter(isBuilt).map(({ name }) => name));
  return [...without]
    .filter(([name]) => !names.has(name))
    .map(([name, span]) => diagnose("RT0119", { package: project.name, name }, { span, help: suggestion(name, names) }));
}

function parseOne(config: Config): Outcome<Parsed> {
  const declarations = readDeclarations(config.files);
  const { brokenNames, isIncomplete } = declarations.value;
  // A file without a declaration may have one in a YAML file that could not be read.
  const mayBeDeclared = (name: string): boolean => isIncomplete || brokenNames.has(name);
  const variants = expandVersions(declarations.value.models);
  const models = readModels(config, variants.value, mayBeDeclared);
  const seeds = readSeeds(config, declarations.value.seeds, mayBeDeclared);
  const snapshots = readSnapshots(config, declarations.value.snapshots, mayBeDeclared);
  const sources = readSources(config, declarations.value.sources);
  const macros = readMacros(config, declarations.value.macros, mayBeDeclared);
  const groups = readGroups(config, declarations.value.groups);
  const operations = readOperations(config, declarations.value.operations);
  const exposures = readExposures(config, declarations.value.exposures);
  // Nothing is sent anywhere because a package was installed.
  const exports = config.without ? { value: [], diagnostics: [] } : readExports(config, declarations.value.exports);
  const singular = readSingularTests(config);
  const generic = readAllGenericTests(
    config,
    { ...declarations.value, models: variants.value },
    [...models.value, ...seeds.value, ...snapshots.value],
    sources.value,
  );
  const tested = [...models.value, ...seeds.value, ...snapshots.value, ...sources.value];
  const units = readUnitTests(config, declarations.value.unit_tests, tested, mayBeDeclared);

  const parts = [declarations, variants, models, groups, operations, seeds, snapshots, sources, macros, exposures, exports, singular, generic, units];
  const nodes: Resource[] = [
    ...models.value,
    ...seeds.value,
    ...snapshots.value,
    ...sources.value,
    ...generic.value,
    ...singular.value,
    ...units.value,
    ...exposures.value,
    ...exports.value,
  ];
  const lacking = models.diagnostics
    .concat(seeds.diagnostics, snapshots.diagnostics)
    .flatMap((d) => (d.code === "RT0202" ? [/"([^"]+)"/.exec(d.message)?.[1] ?? ""] : []));
  return {
    value: {
      nodes,
      groups: groups.value,
      operations: operations.value,
      macros: macros.value,
      brokenNames: new Set([...brokenNames, ...lacking]),
      isIncomplete,
    },
    diagnostics: [...parts.flatMap((part) => part.diagnostics), ...findDuplicates(nodes, declarations.value.macros)],
  };
}

function readAllGenericTests(
  config: Config,
  declarations: Omit<Declarations, "models"> & { readonly models: readonly Declared<ModelVariant>[] },
  owners: readonly GenericTest["owner"][],
  tables: readonly GenericTest["owner"][],
): Outcome<readonly GenericTest[]> {
  const byId = new Map([...owners, ...tables].map((owner) => [owner.uniqueId, owner]));
  const project = config.project.name;
  const outcomes: Outcome<readonly GenericTest[]>[] = [];
  for (const [kind, list] of [
    ["model", declarations.models],
    ["seed", declarations.seeds],
    ["snapshot", declarations.snapshots],
  ] as const) {
    for (const declared of list) {
      const version = "version" in declared.value ? declared.value.version : undefined;
      const owner = byId.get(`${kind}.${project}.${declared.value.name}${version ? `.v${version.v}` : ""}`);
      if (owner) outcomes.push(readGenericTests(config, declared, declared.value, owner));
    }
  }
  for (const declared of declarations.sources) {
    declared.value.tables.forEach((table, i) => {
      const owner = byId.get(`source.${project}.${declared.value.name}.${table.name}`);
      if (owner) outcomes.push(readGenericTests(config, declared, table, owner, ["tables", i]));
    });
  }
  return { value: outcomes.flatMap((o) => o.value), diagnostics: outcomes.flatMap((o) => o.diagnostics) };
}

function findDuplicates(nodes: readonly Resource[], macros: readonly Declared<{ readonly name: string }>[]): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const spaces = groupBy(nodes, (node) => {
    // The versions of a model share its name; the latest one stands for all of them.
    const isOlder = node.resourceType === "model" && node.version !== undefined && node.version !== node.latestVersion;
    if (isOlder) return `model "${node.name}" ${node.version}`;
    if (isBuilt(node)) return `model, seed or snapshot "${node.name}"`;
    if (node.resourceType === "source") return `source "${node.sourceName}.${node.name}"`;
    // There are more tests than anything else, and their ids are no other kind's.
    if (node.resourceType === "test") return node.uniqueId;
    if (node.resourceType === "unit_test") return `unit test "${node.title}"`;
    return `exposure or export "${node.name}"`;
  });
  const repeated = new Set([...spaces.values()].filter((group) => group.length > 1).map((group) => group[0]?.uniqueId));
  for (const [space, group] of spaces) {
    const [sample] = group;
    // The tests of a node that is declared twice are all there twice, too: that is one mistake, not many.
    if (sample?.resourceType === "test" && sample.testKind === "generic" && repeated.has(sample.owner.uniqueId)) continue;
    if (group.length === 1) continue;
    const [kind, name] = sample?.resourceType === "test" ? ["test", sample.title] : [space.slice(0, space.indexOf(' "')), /"([^"]*)"/.exec(space)?.[1] ?? ""];
    for (const other of group.slice(1)) {
      const first = group[0]?.span;
      diagnostics.push(diagnose("RT0206", { kind, name }, { span: other.span, notes: first ? [{ message: "first declared here", span: first }] : [] }));
    }
  }
  for (const [name, [first, ...others]] of groupBy(macros, (macro) => macro.value.name)) {
    for (const other of others) {
      diagnostics.push(
        diagnose("RT0206", { kind: "macro", name }, { span: nameSpan(other), notes: first ? [{ message: "first declared here", span: nameSpan(first) }] : [] }),
      );
    }
  }
  return diagnostics;
}
