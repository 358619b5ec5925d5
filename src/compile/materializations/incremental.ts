/** A table that is computed once and then added to: how is its strategy's to say. */
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { mapSql } from "../../core/mapped-text.ts";
import { listOf } from "../../core/names.ts";
import type { Model } from "../../parse/resource.ts";
import type { CompiledModel } from "../compiled.ts";
import { batchPlan, checkBatches } from "./incremental/batches.ts";
import { strategies, strategyOf } from "./incremental/strategies.ts";
import type { Increment } from "./incremental/strategy.ts";
import type { Materialization } from "./materialization.ts";

export const incremental: Materialization = {
  description: "a table that is computed once and then added to",
  relationType: "table",
  isIncremental: true,
  check: checkIncremental,
  // Without constraints: with an index on it, the rows of a table could not be replaced freely. The build checks them instead.
  steps: ({ relation, sql }) => [
    { kind: "drop_other_type", relation, keep: "table" },
    { kind: "sql", sql: mapSql(undefined)`create or replace table ${relation.sql} as (\n${sql}\n)` },
  ],
  increment,
  batches: batchPlan,
};

/** Settings that may turn out wrong only when their columns are seen. */
const pointedAt = ["unique_key", "partition_by", "merge_update_columns", "merge_exclude_columns", "on_schema_change"] as const;

function increment({ node, increment: compiled }: CompiledModel): Increment | undefined {
  const { config } = node;
  const strategy = strategyOf(config);
  if (!compiled || strategy === "microbatch") return undefined;
  const { keySetting } = strategies[strategy];
  return {
    strategy,
    rows: compiled.rows,
    onSchemaChange: config.on_schema_change ?? "ignore",
    keys: keySetting === undefined ? [] : (config[keySetting] ?? []),
    predicates: compiled.predicates,
    updateColumns: config.merge_update_columns,
    keepColumns: config.merge_exclude_columns ?? [],
    places: Object.fromEntries(pointedAt.flatMap((key) => (node.settingSpans[key] ? [[key, node.settingSpans[key]]] : []))),
  };
}

function checkIncremental(node: Model, run: { readonly startedAt: string }): readonly Diagnostic[] {
  const { config } = node;
  const name = strategyOf(config);
  const { keySetting } = strategies[name];
  const fail = (problem: string, key: keyof typeof config, help?: string) =>
    diagnose("RT0320", { model: node.name, problem }, { span: node.settingSpans[key] ?? node.span, help });
  const problems: Diagnostic[] = name === "microbatch" ? [...checkBatches(node, run)] : [];
  if (keySetting !== undefined && config[keySetting] === undefined)
    problems.push(fail(`the strategy ${name} needs ${keySetting}`, "incremental_strategy", `name the columns: ${keySetting}: [id]`));
  if (name === "replace_from" && (config.partition_by?.length ?? 1) !== 1)
    problems.push(
      fail("the strategy replace_from takes one column in partition_by", "partition_by", "name the day or the time from which on rows are replaced"),
    );
  if (config.merge_update_columns && config.merge_exclude_columns)
    problems.push(fail("merge_update_columns and merge_exclude_columns exclude each other", "merge_exclude_columns", "keep the shorter one"));
  const reaction = config.on_schema_change ?? "ignore";
  if (config.contract?.enforced && reaction !== "append_new_columns" && reaction !== "fail") {
    const help = "set on_schema_change to append_new_columns or fail";
    problems.push(fail(`with an enforced contract, on_schema_change must not be ${reaction}`, "on_schema_change", help));
  }
  return [...problems, ...findIdleSettings(node, name)];
}

/** Settings in the model's own YAML that its strategy does nothing with: most likely the strategy is not the one that was meant. */
function findIdleSettings(node: Model, name: keyof typeof strategies): readonly Diagnostic[] {
  const used = strategies[name].settings;
  const all = [...new Set(Object.values(strategies).flatMap(({ settings }) => settings))];
  return all
    .filter((key) => !used.includes(key) && Object.hasOwn(node.settingSpans, key))
    .map((key) => {
      const users = Object.entries(strategies).flatMap(([other, { settings }]) => (settings.includes(key) ? [other] : []));
      const help = `it belongs to ${listOf(users)}; change the strategy or remove the setting`;
      return diagnose("RT0321", { model: node.name, setting: key, strategy: name }, { span: node.settingSpans[key] ?? node.span, help });
    });
}
