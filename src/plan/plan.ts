/**
 * A plan is data: what will be done, in which order, with which SQL. The executor runs it and --dry-run prints it; both
 * read the same stages. Frozen once made.
 */
import type { CompiledConstraint } from "../compile/constraints.ts";
import type { CompiledHooks } from "../compile/hooks.ts";
import type { FileOutput } from "../compile/materializations/external.ts";
import type { BatchPlan } from "../compile/materializations/incremental/batches.ts";
import type { Increment } from "../compile/materializations/incremental/strategy.ts";
import type { RelationType, Step } from "../compile/materializations/materialization.ts";
import type { SnapshotSpec } from "../compile/materializations/snapshot.ts";
import type { CompiledOperation } from "../compile/operations.ts";
import type { Privacy } from "../compile/privacy.ts";
import type { CompiledUnitTest, NamedShape, Shape } from "../compile/unit/compiled-unit-test.ts";
import type { Relation } from "../compile/values.ts";
import type { MappedText } from "../core/mapped-text.ts";
import type { Span } from "../core/span.ts";
import type { TestConfig } from "../parse/resource-schema.ts";

/** Columns that a contract declares; a column without type may have any. */
export interface ContractColumn {
  readonly name: string;
  readonly type: string | undefined;
  readonly span: Span;
}

export interface Contract {
  readonly columns: readonly ContractColumn[];
  /** Whether `int` is as good as the database's own `integer`. */
  readonly aliasTypes: boolean;
}

/** Descriptions that are written into the warehouse. */
export interface Comments {
  readonly relation: string | undefined;
  /** Only those of columns that are there can be written. */
  readonly columns: readonly { readonly name: string; readonly text: string }[];
}

export interface TestCheck {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** Name of the node that it is declared on, if it is on one. */
  readonly owner: string | undefined;
  /** The query for failing rows. */
  readonly sql: MappedText;
  readonly severity: "error" | "warn";
  /** False when its rows mean nothing, because no input is read: then it must only run. */
  readonly isJudged: boolean;
  readonly warnIf: string;
  readonly errorIf: string;
  readonly failCalc: string;
  readonly limit: number | undefined;
  /** Name under which failing rows are kept; tests that share a name have it made unique. */
  readonly keepAs: string;
  /** Where the failing rows are kept in the warehouse, too, and as what. */
  readonly storeAs: (Relation & { readonly type: RelationType }) | undefined;
  /** What of its rows is masked. */
  readonly privacy: Privacy;
  readonly span: Span;
}

export interface SeedLoad {
  readonly name: string;
  /** Path relative to the project, for messages, and absolute, for reading. */
  readonly file: string;
  readonly absolutePath: string;
  readonly delimiter: string;
  /** Whether the table gets its columns and no rows. */
  readonly isEmpty: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string | undefined;
    readonly isPii: boolean;
    /** Where its type is declared. */
    readonly span: Span | undefined;
  }[];
}

interface StageBase {
  readonly id: string;
  readonly name: string;
  /** Ids of the stages that must have succeeded before. */
  readonly dependsOn: readonly string[];
  readonly span: Span;
}

export interface FileStage extends FileOutput {
  /** Absolute path of the location, with slashes. */
  readonly path: string;
  /** Absolute path of the folder with this target's versions. */
  readonly versions: string;
  /** Whether all partitions are to be written, whatever is there. */
  readonly isAnew: boolean;
}

export interface IncrementStage extends Increment {
  /** Whether to make the table anew, whatever is there. */
  readonly isAnew: boolean;
}

export interface BatchStage extends BatchPlan {
  /** Whether to begin from the beginning, whatever is there. */
  readonly isAnew: boolean;
  /** Only batches of this time, and all of them; milliseconds since 1970. */
  readonly from: number | undefined;
  readonly until: number | undefined;
}

/** What all stages have that write a relation. */
interface WritingStage extends StageBase {
  readonly relation: Relation;
  readonly hooks: CompiledHooks;
  readonly comments: Comments | undefined;
  /** Whether those who read the relation are built although it failed, from what was published before. */
  readonly childrenGoOn: boolean;
  /** Whether it grows over the runs, but is made of a part of its inputs now: then nothing may be added to it later. */
  readonly isPartial: boolean;
  /** What is run instead when what is there was made of whole inputs and must not be replaced by a part: nothing is written then. */
  readonly trial: MappedText | undefined;
  /** Run inside the same transaction, before it is committed. */
  readonly tests: readonly TestCheck[];
}

export interface ModelStage extends WritingStage {
  readonly kind: "model";
  readonly materialized: string;
  readonly relationType: "view" | "table";
  /** How the relation is made anew. */
  readonly steps: readonly Step[];
  /** The query whose rows the relation has, all of them, where there is one. */
  readonly query: MappedText | undefined;
  readonly contract: Contract | undefined;
  readonly constraints: readonly CompiledConstraint[];
  /** Whether the database holds those of them that have SQL of their own. */
  readonly holdsConstraints: boolean;
  /** How a table that is there already is added to, and what its rows must be like also when it is made anew. */
  readonly increment: IncrementStage | undefined;
  /** How it is made in batches of time, each in a transaction of its own, instead. */
  readonly batches: BatchStage | undefined;
  /** The files that it is made of, if it is not made of rows in the warehouse. */
  readonly files: FileStage | undefined;
  /** What of its rows is masked. */
  readonly privacy: Privacy;
}

export interface SeedStage extends WritingStage {
  readonly kind: "seed";
  readonly load: SeedLoad;
}

export interface SnapshotStage extends WritingStage {
  readonly kind: "snapshot";
  readonly snapshot: SnapshotSpec;
  /** What of its rows is masked. */
  readonly privacy: Privacy;
}

/** A stage that writes a relation. */
export type BuiltStage = ModelStage | SeedStage | SnapshotStage;

/** A test of its own: of sources, of several models, of what was built earlier. */
export interface TestStage extends StageBase {
  readonly kind: "test";
  readonly test: TestCheck;
}

/** A model's query on given rows. Runs before the model, in a database of its own. */
export interface UnitTestStage extends StageBase, Pick<CompiledUnitTest, "schema" | "inputs" | "expectations" | "write"> {
  readonly kind: "unit_test";
  readonly title: string;
  /** The tested model. */
  readonly modelName: string;
}

export type Stage = BuiltStage | TestStage | UnitTestStage;

/** The data tests that a stage runs. */
export function testsOf(stage: Stage): readonly TestCheck[] {
  switch (stage.kind) {
    case "unit_test":
      return [];
    case "test":
      return [stage.test];
    default:
      return stage.tests;
  }
}

/** How the types of an input of unit tests become known, as the executor finds them out. */
export type PlannedShape = Omit<NamedShape, "shape"> & {
  readonly shape: Exclude<Shape, { readonly kind: "seed" }> | { readonly kind: "seed"; readonly load: SeedLoad };
};

export type RunCommand = "build" | "run" | "seed" | "snapshot" | "test";

export interface Plan {
  readonly command: RunCommand;
  readonly targetName: string;
  /** Schemas that are created before anything else. */
  readonly schemas: readonly string[];
  /** Stages in an order in which they could run one by one. */
  readonly stages: readonly Stage[];
  /** What runs before the first stage and after the last one. */
  readonly onRunStart: readonly CompiledOperation[];
  readonly onRunEnd: readonly CompiledOperation[];
  /** By unique id; parents first. */
  readonly shapes: ReadonlyMap<string, PlannedShape>;
}

/** Schema of what retain itself remembers in the warehouse, because it must be committed together with what it is about. */
export const memorySchema = "retain_memory";

/** Schema of what keeps the failing rows of tests: dbt's name for it, or one with the suffix that a test sets. */
export function auditSchemaName(targetSchema: string, suffix = "dbt_test__audit"): string {
  return `${targetSchema}_${suffix}`;
}

/** What the failing rows of a test are kept as in the warehouse, if they are. */
export function keptAs({ store_failures, store_failures_as }: TestConfig): RelationType | undefined {
  const kind = store_failures_as ?? (store_failures ? "table" : "ephemeral");
  return kind === "ephemeral" ? undefined : kind;
}
