/** Keeps what each node's last good build in a target was made of, and reads it back together with how that build ended. */
import type { Relation } from "../../compile/values.ts";
import type { Parts } from "../../plan/fingerprint.ts";
import type { RecordedBuild } from "../../plan/reuse.ts";
import { createStamper, inputsOf, type RecordedStamp, type Stamp, type StampContext } from "../../plan/stamps.ts";
import type { Connection } from "../../ports/engine.ts";
import type { NodeResult } from "../../ports/run-event.ts";
import { findUntracked, type Reading } from "./find-untracked.ts";
import { replaceRows } from "./replace-rows.ts";
import type { FingerprintRow, NodeBuildRow } from "./tables.ts";

export interface Recorded {
  readonly recorded: ReadonlyMap<string, RecordedStamp>;
  readonly untracked: ReadonlyMap<string, string>;
  readonly builds: ReadonlyMap<string, RecordedBuild>;
}

export async function readRecorded(connection: Connection, target: string): Promise<Recorded> {
  const stamps = await connection.query("select unique_id, warehouse, version, parts, untracked from fingerprints where target = $1", [target]);
  const builds = await connection.query("select unique_id, status, tested from node_builds where target = $1", [target]);
  const rows = stamps.rows as unknown as readonly Omit<FingerprintRow, "target">[];
  return {
    recorded: new Map(rows.map(({ unique_id, warehouse, version, parts }) => [unique_id, { warehouse, version, parts: JSON.parse(parts) as Parts }])),
    untracked: new Map(rows.flatMap(({ unique_id, untracked }) => (untracked === null ? [] : [[unique_id, untracked] as const]))),
    builds: new Map((builds.rows as unknown as readonly NodeBuildRow[]).map(({ unique_id, status, tested }) => [unique_id, { status, tested }])),
  };
}

/** What of a run has to be known to record what it built. */
export interface RunFacts extends Omit<StampContext, "recorded" | "untracked"> {
  /** Path of the warehouse, seen from the project. */
  readonly warehouse: string;
  /** The relation under which SQL reads a node or source. */
  readonly relation: (id: string) => Relation | undefined;
}

/**
 * A good build or a passed test gets the stamp of what it was made of. What failed loses its own, unless the relation from
 * before is sure to be there still; what was left as it was keeps it. Without facts, everything that the run touched loses
 * its stamp: of a run that was killed, or that read only a part of its inputs, nobody knows enough. Its caller opens the
 * transaction.
 */
export async function recordStamps(connection: Connection, target: string, results: readonly NodeResult[], facts: RunFacts | undefined): Promise<void> {
  const touched = results.filter(({ status }) => status !== "reused");
  const lost: string[] = [];
  const rows: FingerprintRow[] = [];
  if (!facts) lost.push(...touched.map(({ uniqueId }) => uniqueId));
  else {
    const byId = new Map(touched.map((result) => [result.uniqueId, result]));
    const before = await readRecorded(connection, target);
    const { recorded } = before;
    const untracked = new Map<string, string>();
    const stamper = createStamper({ ...facts, recorded, untracked });
    const readings: Reading[] = [];
    for (const { uniqueId } of touched.filter(isGood)) {
      const entry = facts.compiled.nodes.get(uniqueId);
      if (!entry) continue;
      // The same text with the same names in it reads the same.
      if (stamper.isAsRecorded(uniqueId)) {
        const known = before.untracked.get(uniqueId);
        if (known !== undefined) untracked.set(uniqueId, known);
      } else readings.push({ entry, known: inputsOf(facts, uniqueId).flatMap((id) => facts.relation(id) ?? []) });
    }
    for (const [id, name] of await findUntracked(connection, readings)) untracked.set(id, name);
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
  await replaceRows(connection, "fingerprints", { target, ids: lost, rows });
}

function isGood({ status }: NodeResult): boolean {
  return status === "success" || status === "pass";
}

function isSame(recorded: RecordedStamp | undefined, stamp: Stamp, warehouse: string): boolean {
  if (!recorded || recorded.version !== stamp.version || recorded.warehouse !== warehouse) return false;
  const keys = Object.keys(stamp.parts);
  return keys.length === Object.keys(recorded.parts).length && keys.every((key) => recorded.parts[key] === stamp.parts[key]);
}
