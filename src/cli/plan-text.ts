/** A plan as people and programs read it: the same stages that the executor runs. */
import { plural } from "../core/names.ts";
import { type Plan, type Stage, testsOf } from "../plan/plan.ts";
import { plannedSql } from "../plan/planned-sql.ts";
import type { Changed } from "../session/changed.ts";

/** What --changed found: the nodes that are left as they are, and why the others are not. */
type ChangedNodes = Pick<Changed, "reused" | "reasons"> | undefined;

export function describePlan(plan: Plan, changed?: ChangedNodes): string {
  const width = Math.max(0, ...plan.stages.map((stage) => titleOf(stage).length));
  const lines = plan.stages.map((stage) => {
    const attached = stage.kind === "test" ? 0 : testsOf(stage).length;
    const tests = attached === 0 ? "" : `, ${plural(attached, "test")} before it is published`;
    const reason = changed?.reasons.get(stage.id);
    return `  ${titleOf(stage).padEnd(width)}  ${waysOf(stage)}${tests}${reason === undefined ? "" : ` (${reason})`}`;
  });
  const left = changed && changed.reused.length > 0 ? `, ${changed.reused.length} reused` : "";
  return `${plural(plan.stages.length, "stage")} for ${plan.command} in target ${plan.targetName}${left}; nothing was run\n${lines.join("\n")}${lines.length > 0 ? "\n" : ""}`;
}

/** `table`, or for an incremental model which way is gone when. */
function waysOf(stage: Stage): string {
  const kept = "trial" in stage && stage.trial ? ", left as it is if it is there" : "";
  if (stage.kind !== "model") return `${stage.kind.replace("_", " ")}${kept}`;
  if (kept !== "") return `${stage.materialized}${kept}`;
  if (stage.files) {
    const { location, partitionBy, newRows, isAnew } = stage.files;
    const how = partitionBy.length === 0 ? "" : newRows && !isAnew ? `, partitions of ${partitionBy.join(", ")} that change` : `, by ${partitionBy.join(", ")}`;
    return `external: ${location}${how}`;
  }
  if (stage.materialized !== "incremental") return stage.materialized;
  if (stage.batches) return `incremental: batches of a ${stage.batches.size}${stage.batches.isAnew ? ", from the beginning" : " that are not done"}`;
  return stage.increment && !stage.increment.isAnew
    ? `incremental: ${stage.increment.strategy} if the table is there, made anew if not`
    : "incremental: made anew";
}

export function planData(plan: Plan, changed?: ChangedNodes): unknown {
  return {
    command: plan.command,
    target: plan.targetName,
    schemas: plan.schemas,
    ...(plan.onRunStart.length > 0 && { on_run_start: plan.onRunStart.map(({ sql }) => sql.text) }),
    ...(plan.onRunEnd.length > 0 && { on_run_end: plan.onRunEnd.map(({ sql }) => sql.text) }),
    ...(changed && { reused: changed.reused.map(({ uniqueId }) => uniqueId) }),
    stages: plan.stages.map((stage) => ({
      unique_id: stage.id,
      name: titleOf(stage),
      kind: stage.kind,
      depends_on: stage.dependsOn,
      ...(changed && { reason: changed.reasons.get(stage.id) ?? null }),
      ...(stage.kind === "model" && {
        materialized: stage.materialized,
        relation: stage.relation.sql,
        sql: plannedSql(stage)[0]?.statements ?? [],
        ...(stage.batches && {
          strategy: "microbatch",
          on_schema_change: stage.batches.onSchemaChange,
          begin: stage.batches.begin,
          batch_size: stage.batches.size,
          lookback: stage.batches.lookback,
          ways: plannedSql(stage),
        }),
        ...(stage.trial && { ways: plannedSql(stage) }),
        ...(stage.increment &&
          !stage.increment.isAnew && {
            strategy: stage.increment.strategy,
            on_schema_change: stage.increment.onSchemaChange,
            ways: plannedSql(stage),
          }),
      }),
      ...(stage.kind === "snapshot" && {
        materialized: stage.kind,
        relation: stage.relation.sql,
        strategy: stage.snapshot.strategy,
        hard_deletes: stage.snapshot.hardDeletes,
        sql: plannedSql(stage)[0]?.statements ?? [],
      }),
      ...(stage.kind === "seed" && {
        relation: stage.relation.sql,
        file: stage.load.file,
      }),
      ...("hooks" in stage && stage.hooks.pre.length > 0 && { pre_hooks: stage.hooks.pre.map((hook) => hook.sql.text) }),
      ...("hooks" in stage && stage.hooks.post.length > 0 && { post_hooks: stage.hooks.post.map((hook) => hook.sql.text) }),
      tests: testsOf(stage).map((test) => ({
        unique_id: test.id,
        name: test.title,
        severity: test.severity,
        sql: test.sql.text,
      })),
    })),
  };
}

function titleOf(stage: Stage): string {
  if (stage.kind === "unit_test") return stage.title;
  return stage.kind === "test" ? stage.test.title : stage.name;
}
