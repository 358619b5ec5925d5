/**
 * The resources of a project, one kind an interface. They are what the YAML and SQL files say, checked and with settings
 * merged, each knowing its place; how they depend on each other is the graph's to find out.
 */
import type { ModuleFunction } from "../config/config.ts";
import type { ModelConfig, SeedConfig, SnapshotConfig } from "../config/schema.ts";
import type { Span } from "../core/span.ts";
import type { Constraint } from "./constraints.ts";
import type { Fixture } from "./fixture.ts";
import type { Hooks } from "./hooks.ts";
import type { Operation } from "./operations.ts";
import type { ArgumentDeclaration, ExportDeclaration, ExposureDeclaration, Freshness, GroupDeclaration, TestConfig } from "./resource-schema.ts";
import type { Dependency, Template } from "./template.ts";
import type { UnitTestDeclaration } from "./unit-test-schema.ts";
import type { Version } from "./versions.ts";

export interface Column {
  readonly name: string;
  readonly description: string;
  readonly dataType: string | undefined;
  /** Kind of personal data, when it is any. */
  readonly pii: string | undefined;
  /** Whether somebody has said if it is personal. */
  readonly isPiiDeclared: boolean;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly span: Span;
}

interface Base {
  /** As dbt shapes them: `model.<project>.<name>`, `source.<project>.<source>.<table>`, … */
  readonly uniqueId: string;
  readonly name: string;
  readonly packageName: string;
  /** The file that defines it, relative to the project. */
  readonly originalFilePath: string;
  /** The same below its configured folder. */
  readonly path: string;
  /** The YAML file that declares it. */
  readonly patchPath: string | undefined;
  readonly fqn: readonly string[];
  readonly description: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
  /** The place of its name in YAML, or of its file. */
  readonly span: Span;
}

/** Something that becomes a relation. */
interface RelationBase extends Base {
  readonly enabled: boolean;
  readonly schema: string;
  readonly alias: string;
  readonly columns: readonly Column[];
  readonly checksum: string;
  /** The settings as they are written, with ${VAR} of retain.yml not replaced. */
  readonly unrenderedConfig: Readonly<Record<string, unknown>>;
  readonly hooks: Hooks;
}

export interface SettingPlaces<C> {
  /** Where each setting stands that its own YAML makes; one that comes from a folder has no place here. */
  readonly settingSpans: Readonly<Partial<Record<keyof C, Span>>>;
}

export interface Model extends RelationBase, SettingPlaces<ModelConfig> {
  readonly resourceType: "model";
  readonly config: ModelConfig;
  readonly language: "sql" | "javascript";
  /** Of a model that is versioned. */
  readonly version: Version | undefined;
  readonly latestVersion: Version | undefined;
  /** `2026-12-31`, perhaps with a time. */
  readonly deprecationDate: string | undefined;
  readonly materialized: string;
  /** Of a model in JavaScript the text is that of its file, and the only calls are the relations that it declares to read. */
  readonly template: Template;
  readonly constraints: readonly Constraint[];
  /** The conditions under `incremental_predicates`, which are templates, too. */
  readonly predicates: readonly Template[];
  /** Where external files go, which is a template, too. */
  readonly location: Template | undefined;
}

export interface Seed extends RelationBase {
  readonly resourceType: "seed";
  readonly config: SeedConfig;
  readonly header: readonly string[];
}

/** The history of a relation: a version of each row for each time that it changed. */
export interface Snapshot extends RelationBase, SettingPlaces<SnapshotConfig> {
  readonly resourceType: "snapshot";
  readonly config: SnapshotConfig;
  /** The query whose rows are kept. */
  readonly template: Template;
}

/** What becomes a relation of the warehouse. */
export type Built = Model | Seed | Snapshot;

export function isBuilt(node: Resource): node is Built {
  return node.resourceType === "model" || node.resourceType === "seed" || node.resourceType === "snapshot";
}

export interface SourceTable extends Base {
  readonly resourceType: "source";
  readonly sourceName: string;
  readonly sourceDescription: string;
  readonly database: string | undefined;
  readonly schema: string;
  readonly identifier: string;
  readonly location: string | undefined;
  readonly format: "csv" | "json" | "parquet" | "excel" | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly columns: readonly Column[];
  /** Column with the time of each row. */
  readonly eventTime: string | undefined;
  readonly loadedAtField: string | undefined;
  readonly loadedAtQuery: Template | undefined;
  /** Where the field or the query is said. */
  readonly loadedAtSpan: Span | undefined;
  /** How old the newest data may be; undefined where nobody cares. */
  readonly freshness: Freshness | undefined;
  /** Where that is said. */
  readonly freshnessSpan: Span | undefined;
}

interface TestBase extends Base {
  readonly resourceType: "test";
  readonly config: TestConfig;
  /** The name as people read it, such as `not_null orders.order_id`. */
  readonly title: string;
}

/** A value given to a generic test. */
export type TestArgument =
  | { readonly kind: "value"; readonly value: unknown; readonly span: Span }
  | { readonly kind: "relation"; readonly dependency: Dependency; readonly span: Span }
  | { readonly kind: "template"; readonly template: Template; readonly span: Span };

export interface GenericTest extends TestBase {
  readonly testKind: "generic";
  readonly testName: string;
  readonly owner: Built | SourceTable;
  readonly columnName: string | undefined;
  /** Where the tested column is named. */
  readonly columnSpan: Span | undefined;
  readonly arguments: Readonly<Record<string, TestArgument>>;
  /** The condition under `where`, as written. */
  readonly where: TestArgument | undefined;
}

export interface SingularTest extends TestBase {
  readonly testKind: "singular";
  readonly template: Template;
  readonly checksum: string;
}

export type Test = GenericTest | SingularTest;

/** Rows that a unit test puts in the place of something that its model reads. */
export interface UnitTestInput {
  readonly input: Dependency | "this";
  /** As written. */
  readonly text: string;
  readonly fixture: Fixture;
  readonly span: Span;
}

/** A model's query on given rows, and what must come of it. Needs no relation of the warehouse. */
export interface UnitTest extends Base {
  readonly resourceType: "unit_test";
  readonly enabled: boolean;
  readonly owner: Model;
  /** `model.test` */
  readonly title: string;
  readonly given: readonly UnitTestInput[];
  readonly expect: {
    /** What the model's query returns. */
    readonly rows: Fixture | undefined;
    readonly ctes: readonly { readonly name: string; readonly fixture: Fixture; readonly span: Span }[];
    /** What stands in an incremental model's table after the run. */
    readonly table: Fixture | undefined;
  };
  /** What macros return instead of being called. */
  readonly macros: readonly { readonly name: string; readonly value: unknown; readonly span: Span }[];
  readonly declaration: UnitTestDeclaration;
  readonly checksum: string;
}

export interface Exposure extends Base {
  readonly resourceType: "exposure";
  readonly declaration: Omit<ExposureDeclaration, "depends_on">;
  readonly dependencies: readonly Dependency[];
}

/** An audience export; other tools see it as an exposure of type `application`. */
export interface AudienceExport extends Base {
  readonly resourceType: "export";
  readonly declaration: ExportDeclaration;
  readonly dependencies: readonly Dependency[];
}

export interface Macro {
  readonly name: string;
  readonly packageName: string;
  readonly kind: "macro" | "test";
  readonly description: string;
  readonly arguments: readonly ArgumentDeclaration[];
  readonly originalFilePath: string;
  /** SHA-256 of its file: a function may call whatever else is in there. */
  readonly checksum: string;
  readonly span: Span;
  readonly body: { readonly kind: "template"; readonly template: Template } | { readonly kind: "function"; readonly call: ModuleFunction };
}

/** What the graph is made of. */
export type Resource = Built | SourceTable | Test | UnitTest | Exposure | AudienceExport;

/** Who owns models together. It is no node: nothing is built of it. */
export interface Group {
  readonly uniqueId: string;
  readonly name: string;
  readonly packageName: string;
  readonly originalFilePath: string;
  readonly path: string;
  readonly description: string;
  readonly owner: GroupDeclaration["owner"];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly span: Span;
}

export interface Resources {
  readonly nodes: readonly Resource[];
  readonly groups: readonly Group[];
  readonly operations: readonly Operation[];
  readonly macros: readonly Macro[];
}
