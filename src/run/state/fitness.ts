/** Whether what a target holds of a node may be exported: its last build succeeded and its tests passed. */
import type { StateDatabase } from "./tables.ts";

/** Why a node is not fit, for each that is not; nodes that are fit are left out. */
export async function findUnfit(db: StateDatabase, target: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("node_builds").selectAll().where("target", "=", target).where("unique_id", "in", ids).execute();
  const byId = new Map(rows.map((row) => [row.unique_id, row]));
  const unfit = new Map<string, string>();
  for (const id of ids) {
    const row = byId.get(id);
    if (!row) unfit.set(id, `it was never built in the target "${target}"`);
    else if (row.status !== "success") unfit.set(id, row.message ? `its last build failed (${row.message})` : `its last build ended as ${row.status}`);
    else if (row.tested === "fail") unfit.set(id, "its tests failed");
    else if (row.tested !== "pass") unfit.set(id, row.message ?? "it was built without running all of its tests");
  }
  return unfit;
}
