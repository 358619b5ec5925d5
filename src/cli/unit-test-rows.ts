/** For `show`: what comes of the rows that unit tests give, computed in a database in memory without the warehouse. */
import type { CompiledUnitTest } from "../compile/unit/compiled-unit-test.ts";
import type { Diagnostic, Outcome } from "../core/diagnostic.ts";
import { makePlan } from "../plan/make-plan.ts";
import { createDescriber } from "../run/unit/describe-shapes.ts";
import { unitTestRows } from "../run/unit/run-unit-test.ts";
import { openScratch, type Session } from "../session/session.ts";
import type { CliContext } from "./context.ts";
import type { NamedRows } from "./rows-output.ts";

export async function showUnitTests(
  context: CliContext,
  session: Session,
  tests: readonly CompiledUnitTest[],
  limit: number,
): Promise<Outcome<readonly NamedRows[]>> {
  if (tests.length === 0) return { value: [], diagnostics: [] };
  const { config, graph, compiled } = session;
  const byId = new Map(tests.map((test) => [test.node.uniqueId, test]));
  const request = { command: "test", targetName: config.targetName, targetSchema: config.target.schema, projectDir: config.projectDir } as const;
  const plan = makePlan(graph, compiled, { ...request, selected: new Set(byId.keys()) });
  const opened = await openScratch(context, session);
  if (!opened.value) return { value: [], diagnostics: opened.diagnostics };
  const diagnostics: Diagnostic[] = [...opened.diagnostics];
  const connection = await opened.value.connect();
  const describe = createDescriber(plan.shapes, context.dialect);
  const shown: NamedRows[] = [];
  for (const stage of plan.stages) {
    const test = byId.get(stage.id);
    if (stage.kind !== "unit_test" || !test) continue;
    const rows = await unitTestRows(connection, stage, test.sql, describe, limit);
    diagnostics.push(...rows.diagnostics);
    if (rows.value) shown.push({ name: stage.title, result: rows.value });
  }
  connection.close();
  opened.value.close();
  return { value: shown, diagnostics };
}
