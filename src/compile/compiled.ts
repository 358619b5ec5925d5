/** What compilation makes of each node: SQL that knows where it came from, and nothing that depends on a database. */
import type { MappedText } from "../core/mapped-text.ts";
import type { Model, Seed, Snapshot, Test } from "../parse/resource.ts";
import type { CompiledConstraint } from "./constraints.ts";
import type { CompiledHooks } from "./hooks.ts";
import type { JavascriptTask } from "./javascript.ts";
import type { CompiledOperation } from "./operations.ts";
import type { Privacy } from "./privacy.ts";
import type { CompiledUnitTest, NamedShape } from "./unit/compiled-unit-test.ts";
import type { Relation } from "./values.ts";

/** What all have that become a relation. */
interface CompiledRelation {
  readonly relation: Relation;
  readonly hooks: CompiledHooks;
  /** What of its rows must not be shown. */
  readonly privacy: Privacy;
}

export interface CompiledModel extends CompiledRelation {
  readonly kind: "model";
  readonly node: Model;
  /** One query, without a semicolon: the whole of it, with `is_incremental` false. Of a model in JavaScript it reads what was published. */
  readonly sql: MappedText;
  readonly javascript?: JavascriptTask | undefined;
  /** Those that are in force. */
  readonly constraints: readonly CompiledConstraint[];
  /** The same where an incremental model adds to what is there. */
  readonly increment?: CompiledIncrement | undefined;
  /** Where the files of an external model go. */
  readonly location?: string | undefined;
}

export interface CompiledIncrement {
  /** The query for the new rows, with `is_incremental` true. */
  readonly rows: MappedText;
  readonly predicates: readonly MappedText[];
  /** The query for the rows of one batch, with marks for its window, where no table is there yet; with microbatch only. */
  readonly firstBatch?: MappedText;
}

export interface CompiledSeed extends CompiledRelation {
  readonly kind: "seed";
  readonly node: Seed;
}

export interface CompiledSnapshot extends CompiledRelation {
  readonly kind: "snapshot";
  readonly node: Snapshot;
  /** The query for the rows as they are now. */
  readonly sql: MappedText;
}

export interface CompiledTest {
  readonly kind: "test";
  readonly node: Test;
  /** A query for the rows that should not be there. */
  readonly sql: MappedText;
  readonly privacy: Privacy;
}

export type Compiled = CompiledModel | CompiledSeed | CompiledSnapshot | CompiledTest | CompiledUnitTest;

export interface CompiledProject {
  readonly nodes: ReadonlyMap<string, Compiled>;
  /** Nodes whose SQL may be another one in the next run of the same project: they ask for the run itself, or call functions of the project's own. */
  readonly changing: ReadonlySet<string>;
  /** Of everything that the inputs of unit tests stand for, and of what that is made from; parents first. */
  readonly shapes: ReadonlyMap<string, NamedShape>;
  /** What every run begins and ends with. */
  readonly operations: readonly CompiledOperation[];
}

/** The text that a model or test becomes: SQL, or the JavaScript that it is. */
export function codeOf(entry: Exclude<Compiled, CompiledSeed>): string {
  return entry.kind === "model" && entry.javascript ? entry.node.template.source.text : entry.sql.text;
}
