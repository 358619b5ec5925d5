/** Reads `unit_tests`: each with the model that it tests, the rows that it gives, and the rows that it expects. */
import { hash } from "node:crypto";
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { groupBy } from "../core/group-by.ts";
import type { YamlPath } from "../core/yaml.ts";
import { type Fixture, namedByFirstRow, readFixture } from "./fixture.ts";
import { type Declared, nameSpan } from "./read-declarations.ts";
import type { Model, Resource, UnitTest, UnitTestInput } from "./resource.ts";
import { foldersBelow } from "./settings.ts";
import { readRelationText } from "./template.ts";
import type { FixtureDeclaration, UnitTestDeclaration } from "./unit-test-schema.ts";
import { nameWithVersion } from "./versions.ts";

export function readUnitTests(
  config: Config,
  declarations: readonly Declared<UnitTestDeclaration>[],
  nodes: readonly Resource[],
  mayBeDeclared: (name: string) => boolean,
): Outcome<readonly UnitTest[]> {
  const diagnostics: Diagnostic[] = [];
  const models = groupBy(
    nodes.filter((node): node is Model => node.resourceType === "model"),
    (node) => node.name,
  );
  const tests = declarations.flatMap((declared) => {
    const { model } = declared.value;
    const owners = (models.get(model) ?? []).filter((owner) => isChosen(owner, declared.value));
    diagnostics.push(...findUnknownVersions(declared, models.get(model) ?? []));
    const [owner] = owners;
    if (owner?.language === "javascript") {
      const help = "test its function with the test runner of your choice, or the models that read it";
      diagnostics.push(diagnose("RT0239", { test: declared.value.name, model }, { span: declared.yaml.spanOf([...declared.path, "model"]), help }));
      return [];
    }
    if (models.has(model)) return owners.map((each) => makeUnitTest(config, declared, each, diagnostics));
    if (mayBeDeclared(model)) return [];
    const other = nodes.find((node) => node.name === model && (node.resourceType === "seed" || node.resourceType === "source"));
    diagnostics.push(
      diagnose(
        "RT0235",
        { test: declared.value.name, model },
        {
          span: declared.yaml.spanOf([...declared.path, "model"]),
          help: other ? `"${model}" is a ${other.resourceType}; unit tests are of models` : suggestion(model, models.keys()),
        },
      ),
    );
    return [];
  });
  return { value: tests, diagnostics };
}

function findUnknownVersions({ value, yaml, path }: Declared<UnitTestDeclaration>, owners: readonly Model[]): readonly Diagnostic[] {
  if (!value.versions || owners.length === 0) return [];
  const known = owners.flatMap(({ version }) => (version === undefined ? [] : [String(version)]));
  const key = value.versions.include ? "include" : "exclude";
  return (value.versions[key] ?? []).flatMap((version, i) => {
    if (known.includes(String(version))) return [];
    const span = yaml.spanOf([...path, "versions", key, i]);
    const help = known.length > 0 ? `its versions are ${known.join(", ")}` : "it has no versions: leave `versions` away";
    return [diagnose("RT0240", { test: value.name, model: value.model, version: String(version) }, { span, help })];
  });
}

/** A test of a model with versions is one of each of them, unless it says which. */
function isChosen({ version }: Model, { versions }: UnitTestDeclaration): boolean {
  if (version === undefined || versions === undefined) return true;
  const isIn = (list: readonly (string | number)[]): boolean => list.some((v) => String(v) === String(version));
  return versions.include ? isIn(versions.include) : !isIn(versions.exclude ?? []);
}

function makeUnitTest(config: Config, declared: Declared<UnitTestDeclaration>, owner: Model, diagnostics: Diagnostic[]): UnitTest {
  const { value, file, yaml, path } = declared;
  const packageName = config.project.name;
  const reader = { declared, what: `unit test "${value.name}"`, files: config.files, diagnostics };
  const fixtureAt = (declaration: FixtureDeclaration, at: YamlPath): Fixture | undefined => readFixture(reader, declaration, at);
  const expectedAt = (declaration: FixtureDeclaration, at: YamlPath): Fixture | undefined => {
    const made = fixtureAt(declaration, at);
    return made?.kind === "rows" ? namedByFirstRow(made, reader) : made;
  };
  const { rows, fixture, ctes, table } = value.expect;
  const expectPath = [...path, "expect"];
  const hasRows = rows !== undefined || fixture !== undefined;
  if (!hasRows && Object.keys(ctes).length === 0 && table === undefined) {
    const help = "write `rows: [...]`; `rows: []` if no rows are expected";
    diagnostics.push(diagnose("RT0236", { what: reader.what, problem: "nothing is expected" }, { span: yaml.keySpanOf(expectPath), help }));
  }
  return {
    resourceType: "unit_test",
    uniqueId: `unit_test.${packageName}.${nameWithVersion(owner)}.${value.name}`,
    name: value.name,
    title: `${nameWithVersion(owner)}.${value.name}`,
    packageName,
    originalFilePath: file.path,
    path: file.path.slice(file.root.length + 1),
    patchPath: file.path,
    fqn: [packageName, ...foldersBelow(file), owner.name, value.name],
    description: value.description,
    tags: [...new Set([...(value.tags ?? []), ...(value.config.tags ?? [])])],
    meta: { ...value.meta, ...value.config.meta },
    span: nameSpan(declared),
    enabled: value.config.enabled,
    owner,
    declaration: value,
    given: readGiven(declared, fixtureAt, diagnostics),
    expect: {
      rows: hasRows ? expectedAt(value.expect, expectPath) : undefined,
      ctes: Object.entries(ctes).flatMap(([name, declaration]) => {
        const at = [...expectPath, "ctes", name];
        const made = expectedAt(declaration, at);
        return made ? [{ name, fixture: made, span: yaml.keySpanOf(at) }] : [];
      }),
      table: table && expectedAt(table, [...expectPath, "table"]),
    },
    macros: Object.entries(value.overrides.macros).map(([name, macro]) => ({
      name,
      value: macro,
      span: yaml.keySpanOf([...path, "overrides", "macros", name]),
    })),
    checksum: hash("sha256", JSON.stringify([value, fixtureChecksums(config, value)]), "hex"),
  };
}

function readGiven(
  declared: Declared<UnitTestDeclaration>,
  fixtureAt: (declaration: FixtureDeclaration, at: YamlPath) => Fixture | undefined,
  diagnostics: Diagnostic[],
): readonly UnitTestInput[] {
  const { value, yaml, path } = declared;
  return value.given.flatMap((given, i): readonly UnitTestInput[] => {
    const at = [...path, "given", i];
    const span = yaml.spanOf([...at, "input"]);
    const input = /^\s*(\{\{)?\s*this\s*(\}\})?\s*$/.test(given.input) ? "this" : readRelationText(given.input, span);
    const fixture = fixtureAt(given, at);
    if (!input) {
      const problem = `"${given.input}" is neither ref('model') nor source('name', 'table') nor this`;
      diagnostics.push(diagnose("RT0238", { test: value.name, problem }, { span, help: quoteHint(given.input) }));
    }
    return input && fixture ? [{ input, text: given.input, fixture, span }] : [];
  });
}

/** People write the name alone. */
function quoteHint(input: string): string | undefined {
  return /^\w+$/.test(input) ? `write ref('${input}')` : undefined;
}

function fixtureChecksums(config: Config, { given, expect }: UnitTestDeclaration): readonly string[] {
  const names = [...given, expect, ...Object.values(expect.ctes), ...(expect.table ? [expect.table] : [])].flatMap(({ fixture }) => fixture ?? []);
  if (names.length === 0) return [];
  return config.files.flatMap(({ path, checksum }) => (names.some((name) => path.includes(`/fixtures/`) && path.includes(name)) ? [checksum] : []));
}
