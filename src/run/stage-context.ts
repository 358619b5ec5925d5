/** What the parts of a stage are handed: the run's clock and dialect, and what stood in the warehouse when the run began. */
import type { RelationType } from "../compile/materializations/materialization.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { FailureFile } from "./run-test.ts";

export interface StageContext {
  readonly dialect: Dialect;
  readonly now: () => Date;
  readonly thread: number;
  /** What stands in the warehouse under `schema.name`, in lower case, before the run. */
  readonly existing: ReadonlyMap<string, RelationType>;
  readonly failureFile: (name: string) => FailureFile | undefined;
}
