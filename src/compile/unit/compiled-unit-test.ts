/** What compilation makes of a unit test: the model's query on its inputs, and queries for all that is expected. Data only. */
import type { MappedText } from "../../core/mapped-text.ts";
import type { Span } from "../../core/span.ts";
import type { RowFixture } from "../../parse/fixture.ts";
import type { Seed, UnitTest } from "../../parse/resource.ts";
import type { Increment } from "../materializations/incremental/strategy.ts";
import type { Step } from "../materializations/materialization.ts";
import type { Privacy } from "../privacy.ts";
import type { Relation } from "../values.ts";

/** Rows whose types are not known yet. */
export type FixtureRows = RowFixture | { readonly kind: "sql"; readonly sql: MappedText; readonly span: Span };

export interface UnitTestRelation {
  /** As people write it: ref('orders'), source('shop', 'orders'), this. */
  readonly label: string;
  readonly relation: Relation;
  readonly rows: FixtureRows;
  /** The node whose columns and types it has. */
  readonly shapeOf: string;
  readonly span: Span;
}

export interface Expectation {
  /** `rows`, `cte "paid"` or `table`, as problems name it. */
  readonly of: string;
  readonly sql: MappedText;
  readonly rows: FixtureRows;
}

/** How the model's table is written, for a test that asks what stands in it afterwards. */
export interface UnitTestWrite {
  /** The table; there before, with the rows of `this`, where those are given. */
  readonly relation: Relation;
  /** How it is made anew. */
  readonly steps: readonly Step[];
  /** How the new rows are brought in; `undefined` where the table is made anew. */
  readonly increment: Increment | undefined;
  readonly expectation: Expectation;
}

export interface CompiledUnitTest {
  readonly kind: "unit_test";
  readonly node: UnitTest;
  /** The model's query, reading the inputs. */
  readonly sql: MappedText;
  /** The schema that holds the inputs while the test runs. */
  readonly schema: string;
  readonly inputs: readonly UnitTestRelation[];
  /** Of the query; they are looked at before anything is written. */
  readonly expectations: readonly Expectation[];
  readonly write: UnitTestWrite | undefined;
  /** Rows of a test are made up by whoever wrote it: all of them are shown. */
  readonly privacy: Privacy;
}

export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/** How the columns and types of a relation become known without its being there. */
export type Shape =
  /** They are declared, all of them. */
  | { readonly kind: "columns"; readonly columns: readonly TypedColumn[] }
  /** By its file; some types are guessed as loading it would. */
  | { readonly kind: "seed"; readonly seed: Seed }
  /** By looking into its files, with the types that are declared; by these alone where the files are not there and all have one. */
  | { readonly kind: "files"; readonly read: string; readonly declared: readonly TypedColumn[]; readonly isComplete: boolean }
  /** By describing its query on the shapes that it needs. */
  | { readonly kind: "query"; readonly sql: MappedText; readonly needs: readonly string[]; readonly declared: readonly TypedColumn[] | undefined }
  | { readonly kind: "unknown"; readonly why: string; readonly help: string };

export interface NamedShape {
  readonly label: string;
  /** The empty relation that stands for it while others are described. */
  readonly relation: Relation;
  readonly shape: Shape;
  readonly span: Span;
}
