/** Reads the `tests` (or `data_tests`) of models, seeds, sources and their columns into test resources. */
import type { Config } from "../config/config.ts";
import { checkSchema } from "../core/check-schema.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import type { YamlPath } from "../core/yaml.ts";
import { inlineTemplate } from "./inline-template.ts";
import type { Declared } from "./read-declarations.ts";
import type { GenericTest, TestArgument } from "./resource.ts";
import { testConfigSchema } from "./resource-schema.ts";
import { foldersBelow } from "./settings.ts";
import { readRelationText } from "./template.ts";
import { nameGenericTest, ownerTitle, testUniqueId } from "./test-name.ts";
import { nameWithVersion } from "./versions.ts";

interface TestableColumn {
  readonly name: string;
  readonly tags?: readonly string[] | undefined;
  readonly tests?: readonly unknown[] | undefined;
  readonly data_tests?: readonly unknown[] | undefined;
}

interface Testable {
  readonly tests?: readonly unknown[] | undefined;
  readonly data_tests?: readonly unknown[] | undefined;
  readonly columns: readonly TestableColumn[];
}

const settingNames: ReadonlySet<string> = new Set(Object.keys(testConfigSchema.shape));
const nothing = {};
const defaultSettings = Object.freeze(testConfigSchema.parse({}));

export function readGenericTests(
  config: Config,
  declared: Declared<unknown>,
  testable: Testable,
  owner: GenericTest["owner"],
  subpath: readonly (string | number)[] = [],
): Outcome<readonly GenericTest[]> {
  const tests: GenericTest[] = [];
  const diagnostics: Diagnostic[] = [];
  const readList = (list: readonly unknown[] | undefined, key: string, column: TestableColumn | undefined, path: YamlPath): void => {
    list?.forEach((entry, i) => {
      const made = readTest({ config, declared, owner, column, folders }, entry, [...path, key, i]);
      diagnostics.push(...made.diagnostics);
      if (made.value) tests.push(made.value);
    });
  };
  const folders = foldersBelow(declared.file);
  const base = [...declared.path, ...subpath];
  readList(testable.tests, "tests", undefined, base);
  readList(testable.data_tests, "data_tests", undefined, base);
  testable.columns.forEach((column, i) => {
    readList(column.tests, "tests", column, [...base, "columns", i]);
    readList(column.data_tests, "data_tests", column, [...base, "columns", i]);
  });
  return { value: tests, diagnostics };
}

/** What a test is declared on. */
interface Tested {
  readonly config: Config;
  readonly declared: Declared<unknown>;
  readonly owner: GenericTest["owner"];
  readonly column: TestableColumn | undefined;
  readonly folders: readonly string[];
}

function readTest(tested: Tested, entry: unknown, path: YamlPath): Outcome<GenericTest | undefined> {
  const { config, declared, owner, column, folders } = tested;
  const columnName = column?.name;
  // A column's test stands at …, columns, i, tests, j; its name at …, columns, i, name.
  const columnPath = columnName === undefined ? undefined : [...path.slice(0, -2), "name"];
  const { yaml, file } = declared;
  const entries = entry !== null && typeof entry === "object" && !Array.isArray(entry) ? Object.entries(entry) : [];
  const isNamed = typeof entry === "string";
  const body: unknown = isNamed ? nothing : (entries[0]?.[1] ?? nothing);
  if ((!isNamed && entries.length !== 1) || body === null || typeof body !== "object" || Array.isArray(body)) {
    const problem = "a test is a name such as `unique`, or one name with its arguments such as `accepted_values: {values: [a, b]}`";
    return { value: undefined, diagnostics: [diagnose("RT0104", { where: "tests", problem }, { span: yaml.spanOf(path) })] };
  }
  const testName = isNamed ? entry : (entries[0]?.[0] ?? "");
  const bodyPath: YamlPath = isNamed ? path : [...path, testName];

  const { name: givenName, description = "", config: nested, arguments: explicit, ...rest } = body as Record<string, unknown>;
  const all = Object.entries(rest);
  const beside = Object.fromEntries(all.filter(([key]) => settingNames.has(key)));
  const loose = Object.fromEntries(all.filter(([key]) => !settingNames.has(key)));
  const given: Record<string, unknown> = explicit ? { ...loose, ...explicit } : loose;
  const settingsGiven = nested ? { ...beside, ...nested } : beside;
  // Most tests set nothing; checking nothing thousands of times is felt.
  const settings =
    Object.keys(settingsGiven).length === 0
      ? { value: defaultSettings, diagnostics: [] }
      : checkSchema(testConfigSchema, settingsGiven, settingsPlaces(declared, nested), bodyPath, `test "${testName}"`);
  if (settings.value === undefined) return { value: undefined, diagnostics: settings.diagnostics };

  const diagnostics: Diagnostic[] = [];
  const argumentPath = (key: string): YamlPath => (Object.hasOwn(loose, key) ? [...bodyPath, key] : [...bodyPath, "arguments", key]);
  const testArguments: Record<string, TestArgument> = {};
  for (const [key, value] of Object.entries(given)) testArguments[key] = readArgument(value, declared, argumentPath(key), diagnostics);
  const wherePath = nested && Object.hasOwn(nested, "where") ? [...bodyPath, "config", "where"] : [...bodyPath, "where"];
  const where = settings.value.where === undefined ? undefined : asTemplate(settings.value.where, declared, wherePath, diagnostics);

  const ownerName = owner.resourceType === "source" ? `source_${owner.sourceName}_${owner.name}` : nameWithVersion(owner).replace(".", "_");
  const keywords = columnName === undefined ? given : { ...given, column_name: columnName };
  const names = nameGenericTest(testName, ownerName, keywords);
  const name = typeof givenName === "string" ? givenName : names.name;
  const fullName = typeof givenName === "string" ? givenName : names.fullName;
  const packageName = config.project.name;
  return {
    value: {
      resourceType: "test",
      testKind: "generic",
      uniqueId: testUniqueId(packageName, fullName, { ...keywords, test: testName, owner: owner.uniqueId, where: settings.value.where }),
      name,
      title: typeof givenName === "string" ? givenName : `${testName} ${ownerTitle(owner)}${columnName === undefined ? "" : `.${columnName}`}`,
      packageName,
      originalFilePath: file.path,
      path: `${name}.sql`,
      patchPath: undefined,
      fqn: [packageName, ...folders, name],
      description: String(description),
      tags: joinTags(column?.tags, settings.value.tags),
      meta: settings.value.meta ?? {},
      span: isNamed ? yaml.spanOf(path) : yaml.keySpanOf(bodyPath),
      config: settings.value,
      testName,
      owner,
      columnName,
      columnSpan: columnPath && yaml.spanOf(columnPath),
      arguments: testArguments,
      where,
    },
    diagnostics,
  };
}

const noTags: readonly string[] = [];

/** A test of a column has the column's tags, too. */
function joinTags(outer: readonly string[] = noTags, own: readonly string[] = noTags): readonly string[] {
  if (outer.length === 0) return own;
  return own.length === 0 ? outer : [...new Set([...outer, ...own])];
}

/** Settings may stand under `config:` or beside the arguments; a problem is shown where the key really stands. */
function settingsPlaces(declared: Declared<unknown>, nested: unknown): Declared<unknown>["yaml"] {
  const { yaml } = declared;
  const inConfig = (path: YamlPath): YamlPath => {
    const key = path.at(-1);
    return nested !== null && typeof nested === "object" && key !== undefined && Object.hasOwn(nested, key) ? [...path.slice(0, -1), "config", key] : path;
  };
  return { ...yaml, spanOf: (path) => yaml.spanOf(inConfig(path)), keySpanOf: (path) => yaml.keySpanOf(inConfig(path)) };
}

function readArgument(value: unknown, declared: Declared<unknown>, path: YamlPath, diagnostics: Diagnostic[]): TestArgument {
  const span = declared.yaml.spanOf(path);
  if (typeof value !== "string") return { kind: "value", value, span };
  const dependency = readRelationText(value, span);
  return dependency ? { kind: "relation", dependency, span } : asTemplate(value, declared, path, diagnostics);
}

function asTemplate(text: string, declared: Declared<unknown>, path: YamlPath, diagnostics: Diagnostic[]): TestArgument {
  const template = inlineTemplate(declared, text, path);
  diagnostics.push(...template.diagnostics);
  return { kind: "template", template, span: declared.yaml.spanOf(path) };
}
