/** A plan as people and programs read it: the same stages that the executor runs. */
import { plural } from "../core/names.ts";
import type { Plan, Stage } from "../plan/plan.ts";

export function describePlan(plan: Plan): string {
  const width = Math.max(0, ...plan.stages.map((stage) => titleOf(stage).length));
  const lines = plan.stages.map((stage) => {
    const tests = stage.kind === "test" || stage.tests.length === 0 ? "" : `, ${plural(stage.tests.length, "test")} before it is published`;
    const what = stage.kind === "model" ? stage.materialized : stage.kind;
    return `  ${titleOf(stage).padEnd(width)}  ${what}${tests}`;
  });
  return `${plural(plan.stages.length, "stage")} for ${plan.command} in target ${plan.targetName}; nothing was run\n${lines.join("\n")}${lines.length > 0 ? "\n" : ""}`;
}

export function planData(plan: Plan): unknown {
  return {
    command: plan.command,
    target: plan.targetName,
    schemas: plan.schemas,
    stages: plan.stages.map((stage) => ({
      unique_id: stage.id,
      name: titleOf(stage),
      kind: stage.kind,
      depends_on: stage.dependsOn,
      ...(stage.kind === "model" && {
        materialized: stage.materialized,
        relation: stage.relation.sql,
        sql: stage.steps.flatMap((step) => (step.kind === "sql" ? [step.sql.text] : [])),
      }),
      ...(stage.kind === "seed" && {
        relation: stage.relation.sql,
        file: stage.load.file,
      }),
      tests: (stage.kind === "test" ? [stage.test] : stage.tests).map((test) => ({
        unique_id: test.id,
        name: test.title,
        severity: test.severity,
        sql: test.sql.text,
      })),
    })),
  };
}

function titleOf(stage: Stage): string {
  return stage.kind === "test" ? stage.test.title : stage.name;
}
