/** All incremental strategies by name: a new one is a file and a line here, and its name in the settings' schema. */
import type { ModelConfig } from "../../../config/schema.ts";
import type { MappedText } from "../../../core/mapped-text.ts";
import { append } from "./append.ts";
import { deleteInsert } from "./delete-insert.ts";
import { insertOverwrite } from "./insert-overwrite.ts";
import { merge } from "./merge.ts";
import { microbatch } from "./microbatch.ts";
import { replaceFrom } from "./replace-from.ts";
import { stageRows } from "./statements.ts";
import type { Increment, IncrementalStrategy, StrategyName } from "./strategy.ts";

export const strategies: Readonly<Record<StrategyName, IncrementalStrategy>> = {
  append,
  "delete+insert": deleteInsert,
  merge,
  insert_overwrite: insertOverwrite,
  replace_from: replaceFrom,
  microbatch,
};

/** As in dbt, a key alone asks for its rows to be replaced. */
export function strategyOf(config: ModelConfig): StrategyName {
  return config.incremental_strategy ?? (config.unique_key ? "delete+insert" : "append");
}

/** What is run when the columns of the new rows are those of the table; where they differ, on_schema_change adds to it. */
export function plannedStatements(increment: Increment, table: string): readonly MappedText[] {
  return [stageRows(increment), ...strategies[increment.strategy].statements(increment, table, undefined)];
}
