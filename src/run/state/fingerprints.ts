/** Keeps what each node's last good build in a target was made of, and reads it back together with how that build ended. */
import type { Relation } from "../../compile/values.ts";
import type { Parts } from "../../plan/fingerprint.ts";
import type { RecordedBuild } from "../../plan/reuse.ts";
import { createStamper, inputsOf, type RecordedStamp, type Stamp, type StampContext } from "../../plan/stamps.ts";
import type { Connection } from "../../ports/engine.ts";
import type { NodeResult } from "../../ports/run-event.ts";
import { findUntracked } from "./find-untracked.ts";
import type { FingerprintRow, StateDatabase } from "./tables.ts";

export interface Recorded {
  readonly recorded: ReadonlyMap<string, RecordedStamp>;
  readonly untracked: ReadonlyMap<string, string>;
  readonly builds: ReadonlyMap<string, RecordedBuild>;
}

export async function readRecorded(db: StateDatabase, target: string): Promise<Recorded> {
  const stamps = await db.selectFrom("fingerprints").selectAll().where("target", "=", target).execute();
  const builds = await db.selectFrom("node_builds").select(["unique_id", "status", "tested"]).where("target", "=", target).execute();
  return {
    recorded: new Map(stamps.map(({ unique_id, warehouse, version, parts }) => [unique_id, { warehouse, version, parts: JSON.parse(parts) as Parts }])),
    untracked: new Map(stamps.flatMap(({ unique_id, untracked }) => (untracked === null ? [] : [[unique_id, untracked] as const]))),
    builds: new Map(builds.map(({ unique_id, status, tested }) => [unique_id, { status, tested }])),
  };
}

/** What of a run has to be known to record what it built. */
export interface RunFacts extends Omit<StampContext, "recorded" | "untracked"> {
  /** Path of the warehouse, seen from the project. */
  readonly warehouse: string;
  /** The relation under which SQL reads a node or source. */
  readonly relation: (id: string) => Relation | undefined;
}

const batchSize = 500;

/**
 * A good build or a passed test gets the stamp of what it was made of. What failed loses its own, unless the relation from
 * before is sure to be there still; what was left as it was keeps it. Without facts, everything that the run touched loses
 * its stamp: of a run that was killed, or that read only a part of its inputs, nobody knows enough.
 */
export async function recordStamps(
  db: StateDatabase,
  connection: Connection,
  target: string,
  results: readonly NodeResult[],
  facts: RunFacts | undefined,
): Promise<void> {
  const touched = results.filter(({ status }) => status !== "reused");
  const lost: string[] = [];
  const rows: FingerprintRow[] = [];
  if (!facts) lost.push(...touched.map(({ uniqueId }) => uniqueId));
  else {
    const byId = new Map(touched.map((result) => [result.uniqueId, result]));
    const { recorded } = await readRecorded(db, target);
    const readings = touched.filter(isGood).flatMap(({ uniqueId }) => {
      const entry = facts.compiled.nodes.get(uniqueId);
      return entry ? [{ entry, known: inputsOf(facts, uniqueId).flatMap((id) => facts.relation(id) ?? []) }] : [];
    });
    const untracked = await findUntracked(connection, readings);
    const stamper = createStamper({ ...facts, recorded, untracked });
    for (const id of facts.graph.nodes.keys()) {
      const result = byId.get(id);
      if (!result || result.status === "skipped") continue;
      if (isGood(result)) {
        const stamp = result.kind === "test" ? { parts: stamper.parts(id), version: "" } : stamper.build(id);
        if (isSame(recorded.get(id), stamp, facts.warehouse)) continue;
        const { parts, version } = stamp;
        rows.push({ target, unique_id: id, warehouse: facts.warehouse, version, parts: JSON.stringify(parts), untracked: untracked.get(id) ?? null });
      }
      if (isGood(result) || result.kind === "test" || !stamper.isPure(id)) lost.push(id);
    }
  }
  await db.transaction().execute(async (transaction) => {
    for (let i = 0; i < lost.length; i += batchSize) {
      await transaction
        .deleteFrom("fingerprints")
        .where("target", "=", target)
        .where("unique_id", "in", lost.slice(i, i + batchSize))
        .execute();
    }
    for (let i = 0; i < rows.length; i += batchSize)
      await transaction
        .insertInto("fingerprints")
        .values(rows.slice(i, i + batchSize))
        .execute();
  });
}

function isGood({ status }: NodeResult): boolean {
  return status === "success" || status === "pass";
}

function isSame(recorded: RecordedStamp | undefined, stamp: Stamp, warehouse: string): boolean {
  if (!recorded || recorded.version !== stamp.version || recorded.warehouse !== warehouse) return false;
  const keys = Object.keys(stamp.parts);
  return keys.length === Object.keys(recorded.parts).length && keys.every((key) => recorded.parts[key] === stamp.parts[key]);
}
