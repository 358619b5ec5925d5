/**
 * Holds a model to what it declares: its contract before anything is computed where its query tells, and what only its
 * rows can show before they are published. Says all that is wrong; changes nothing.
 */
import type { Diagnostic } from "../core/diagnostic.ts";
import { mapSql } from "../core/mapped-text.ts";
import type { ModelStage } from "../plan/plan.ts";
import { type Connection, EngineError } from "../ports/engine.ts";
import { checkConditions, checkConstraints } from "./check-constraints.ts";
import { checkContract, type TypeNames } from "./check-contract.ts";

export async function auditQuery(connection: Connection, stage: ModelStage, types: TypeNames): Promise<readonly Diagnostic[]> {
  if (!stage.contract || !stage.query) return [];
  const rows = mapSql(undefined)`(\n${stage.query}\n)`;
  const broken = await checkContract(connection, stage, stage.contract, mapSql(undefined)`${rows} as checked`, types);
  return broken.length > 0 ? broken : checkConditions(connection, stage, rows);
}

export async function auditRelation(connection: Connection, stage: ModelStage, types: TypeNames): Promise<readonly Diagnostic[]> {
  const broken = stage.contract && !stage.query ? await checkContract(connection, stage, stage.contract, mapSql(undefined)`${stage.relation.sql}`, types) : [];
  if (broken.length > 0) return broken;
  const unheld = stage.constraints.filter((constraint) => !stage.holdsConstraints || constraint.sql === undefined);
  return checkConstraints(connection, stage, unheld, stage.relation.sql);
}

/** Why the database refused the rows, after the transaction was rolled back; empty if a constraint was not the reason. */
export async function explainRefusal(connection: Connection, stage: ModelStage, error: unknown): Promise<readonly Diagnostic[]> {
  if (!(error instanceof EngineError) || error.kind !== "constraint" || !stage.query) return [];
  return checkConstraints(connection, stage, stage.constraints, mapSql(undefined)`(\n${stage.query}\n)`);
}
