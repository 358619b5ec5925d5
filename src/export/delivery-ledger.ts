/**
 * What the ledger learns while people are sent. Before the first batch, everything that will be sent is written down as
 * planned; each answer settles its batch. Whatever a dead process leaves as planned is uncertain, and the next difference
 * sends it again: nobody is lost, nobody is forgotten on the platform, and who may not be addressed any more is not resent.
 */
import { sql } from "kysely";
import type { DeliveryOperation, DeliveryStep } from "../ports/destination.ts";
import { type AudienceScope, inScope } from "./audience-scope.ts";
import type { PartPlace } from "./difference.ts";
import { changes } from "./difference-sql.ts";
import type { ExportLedger } from "./ledger-tables.ts";

export interface PlannedPart extends DeliveryStep {
  readonly place: PartPlace;
  /** The ids of its batches, in order. A part of nobody has one all the same when it counts as a whole. */
  readonly batchIds: readonly number[];
}

export interface PlannedDelivery {
  readonly scope: AudienceScope;
  readonly runId: string;
  readonly parts: readonly PlannedPart[];
  /** The batch of those whom a replacement leaves out: nobody names them, and they are out when it is finished. */
  readonly leftOutBatchId: number | undefined;
}

interface Plan {
  readonly scope: AudienceScope;
  readonly runId: string;
  readonly steps: readonly DeliveryStep[];
  readonly places: readonly PartPlace[];
  readonly batchSize: number;
  /** Whether also those are sent again who are there unchanged. */
  readonly resendsAll: boolean;
  readonly at: string;
}

export async function planDelivery(ledger: ExportLedger, plan: Plan): Promise<PlannedDelivery> {
  const { scope, runId } = plan;
  return ledger.transaction().execute(async (transaction) => {
    await transaction
      .updateTable("export_batches")
      .set({ status: "abandoned" })
      .where("status", "=", "planned")
      .where(sql.raw<boolean>(inScope(scope, "export_batches")))
      .execute();
    const last = await transaction.selectFrom("export_batches").select(sql<number>`coalesce(max(batch_id), 0)`.as("id")).executeTakeFirstOrThrow();
    let next = Number(last.id) + 1;
    const parts = plan.places.map((place, i): PlannedPart => {
      const step = plan.steps[i] as DeliveryStep;
      const count = Math.max(Math.ceil(place.people / plan.batchSize), step.operation === "replace" ? 1 : 0);
      const batchIds = Array.from({ length: count }, (_, k) => next + k);
      next += count;
      return { ...step, place, batchIds };
    });
    for (const part of parts) await insertBatches(transaction, plan, part);
    const leftOut = parts.some(({ operation }) => operation === "replace") ? await countLeftOut(transaction) : 0;
    const leftOutBatchId = leftOut === 0 ? undefined : next;
    if (leftOutBatchId !== undefined) {
      const place = { operation: "remove", firstPosition: 1, people: leftOut } as const;
      await insertBatches(transaction, { ...plan, batchSize: leftOut }, { operation: "remove", place, batchIds: [leftOutBatchId] });
    }
    await planMembers(transaction, plan, parts, leftOutBatchId);
    return { scope, runId, parts, leftOutBatchId };
  });
}

/** Whoever is to be removed and is in no part. */
async function countLeftOut(ledger: ExportLedger): Promise<number> {
  const counted = sql<{ readonly people: number }>`select count(*) as people from ${sql.raw(changes)} where operation = 'remove' and part is null`;
  return Number((await counted.execute(ledger)).rows[0]?.people);
}

async function insertBatches(
  ledger: ExportLedger,
  { scope, runId, batchSize }: Plan,
  { operation, place, batchIds }: Omit<PlannedPart, "counts">,
): Promise<void> {
  const rows = batchIds.map((batch_id, i) => ({
    batch_id,
    target: scope.target,
    export_name: scope.exportName,
    audience: scope.audience,
    run_id: runId,
    operation,
    people: Math.min(batchSize, place.people - i * batchSize),
    status: "planned",
    batch_references: null,
    received: null,
    invalid: null,
    settled_at: null,
  }));
  for (let i = 0; i < rows.length; i += 500)
    await ledger
      .insertInto("export_batches")
      .values(rows.slice(i, i + 500))
      .execute();
}

/** Ties everybody's identifiers to the batch that they go out in, and writes those down that are new. */
async function planMembers(ledger: ExportLedger, plan: Plan, parts: readonly PlannedPart[], leftOutBatchId: number | undefined): Promise<void> {
  const { scope, batchSize, at } = plan;
  const filled = parts.filter(({ batchIds }) => batchIds.length > 0);
  const batchOf = filled.map(
    ({ place, batchIds }) => `when part = '${place.operation}' then ${batchIds[0]} + (position - ${place.firstPosition}) // ${batchSize}`,
  );
  const resent = plan.resendsAll ? "('remove', 'refresh', 'keep')" : "('remove', 'refresh')";
  const batchId = sql.raw(`case ${batchOf.join(" ")} else ${leftOutBatchId ?? "null"} end`);
  const inBatch = leftOutBatchId === undefined ? "part is not null" : "true";
  if (filled.length === 0) return;
  await sql`update export_members
set was_there = planned.operation <> 'remove' and (
    coalesce(export_members.was_there, false)
    or export_members.batch_id is null
    or export_members.batch_id in (select batch_id from export_batches where operation <> 'remove' and status in ('accepted', 'done'))
  ), batch_id = planned.planned_batch, attributes = planned.attributes, sent_at = if(planned.operation = 'remove', export_members.sent_at, ${at})
from (select member_key, identifiers, attributes, operation, ${batchId} as planned_batch from ${sql.raw(changes)} where operation in ${sql.raw(resent)} and ${sql.raw(inBatch)}) as planned
where ${sql.raw(inScope(scope, "export_members"))}
  and export_members.member_key = planned.member_key and export_members.identifiers = planned.identifiers`.execute(ledger);
  // Whoever changes an address has been in the audience since the first one was sent.
  await sql`insert into export_members (target, export_name, audience, member_key, identifiers, attributes, first_sent_at, sent_at, batch_id)
with new_rows as (
  select member_key, identifiers, attributes, ${batchId} as planned_batch from ${sql.raw(changes)} where operation = 'add'
),
known_people as (
  select member_key, min(first_sent_at) as first_sent_at
  from export_members
  where ${sql.raw(inScope(scope, "export_members"))} and member_key in (select member_key from new_rows)
  group by member_key
)
select ${scope.target}, ${scope.exportName}, ${scope.audience}, new_rows.member_key, new_rows.identifiers, new_rows.attributes, coalesce(known_people.first_sent_at, ${at}), ${at}, new_rows.planned_batch
from new_rows
left join known_people on known_people.member_key = new_rows.member_key`.execute(ledger);
}

/** What the platform has said of a batch. */
export interface BatchAnswer {
  readonly batchId: number;
  readonly operation: DeliveryOperation;
  /** `accepted` where the platform will say later what became of it. */
  readonly status: "accepted" | "done" | "refused";
  readonly references?: readonly string[];
  readonly received?: number | undefined;
  readonly invalid?: number | undefined;
  readonly at: string;
}

export async function settleBatch(ledger: ExportLedger, answer: BatchAnswer): Promise<void> {
  await ledger.transaction().execute(async (transaction) => settle(transaction, answer));
}

async function settle(ledger: ExportLedger, { batchId, operation, status, references, received, invalid, at }: BatchAnswer): Promise<void> {
  await ledger
    .updateTable("export_batches")
    .set({
      status,
      settled_at: at,
      ...(references && { batch_references: JSON.stringify(references) }),
      ...(received !== undefined && { received }),
      ...(invalid !== undefined && { invalid }),
    })
    .where("batch_id", "=", batchId)
    .execute();
  if (operation === "remove" && status === "done") await ledger.deleteFrom("export_members").where("batch_id", "=", batchId).execute();
}

/** What can be asked about later of a delivery that counts as a whole: by batch, and of those whom a replacement leaves out. */
export interface FinishedReferences {
  readonly batches: ReadonlyMap<number, readonly string[]>;
  readonly leftOut: string | undefined;
}

/** Everything that counts only when the delivery is finished, at once. */
export async function settleFinished(ledger: ExportLedger, planned: PlannedDelivery, { batches, leftOut }: FinishedReferences, at: string): Promise<void> {
  const finished = planned.parts.filter(({ counts }) => counts === "when finished");
  const all = finished.flatMap(({ operation, batchIds }) => batchIds.map((batchId) => ({ batchId, operation, references: batches.get(batchId) ?? [] })));
  if (planned.leftOutBatchId !== undefined) {
    all.push({ batchId: planned.leftOutBatchId, operation: "remove", references: leftOut === undefined ? [] : [leftOut] });
  }
  await ledger.transaction().execute(async (transaction) => {
    for (const { batchId, operation, references } of all) {
      const status = references.length > 0 ? "accepted" : "done";
      await settle(transaction, { batchId, operation, status, references, at });
    }
  });
}
