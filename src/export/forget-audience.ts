/** Forgets who is in an audience that is no more. The history and the arms of the experiment stay. */
import type { AudienceScope } from "./audience-scope.ts";
import type { ExportLedger } from "./ledger-tables.ts";

export async function forgetAudience(ledger: ExportLedger, { target, exportName, audience }: AudienceScope): Promise<void> {
  await ledger.transaction().execute(async (transaction) => {
    for (const table of ["export_members", "export_audiences"] as const) {
      await transaction.deleteFrom(table).where("target", "=", target).where("export_name", "=", exportName).where("audience", "=", audience).execute();
    }
  });
}
