/**
 * People of this export in audiences that it is not delivered to any more, because its destination or the id of its
 * audience was changed. They stay there until somebody removes them; this says so and removes nobody.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { plural } from "../core/names.ts";
import type { AudienceScope } from "./audience-scope.ts";
import type { DeclarationPlace } from "./declaration-place.ts";
import type { ExportLedger } from "./ledger-tables.ts";

/** Rows of the first version do not say where they were sent: then an export had one destination only. */
export async function adoptOldRows(ledger: ExportLedger, { target, exportName, audience }: AudienceScope): Promise<void> {
  await ledger
    .updateTable("export_members")
    .set({ audience })
    .where("audience", "is", null)
    .where("target", "=", target)
    .where("export_name", "=", exportName)
    .execute();
}

export async function findLeftBehind(
  ledger: ExportLedger,
  { target, exportName, audience }: AudienceScope,
  place: DeclarationPlace,
): Promise<readonly Diagnostic[]> {
  const rows = await ledger
    .selectFrom("export_members")
    .select(({ fn }) => ["audience", fn.countAll<number>().as("people")])
    .where("target", "=", target)
    .where("export_name", "=", exportName)
    .where("audience", "<>", audience)
    .groupBy("audience")
    .orderBy("audience")
    .execute();
  return rows.map((row) =>
    diagnose(
      "RT0609",
      { name: exportName, people: plural(Number(row.people), "person", "people"), audience: row.audience },
      { span: place.value(["destination"]) },
    ),
  );
}
