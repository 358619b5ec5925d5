/** The audience that an export means, from its declaration and from what is remembered of earlier deliveries. */
import type { Config } from "../config/config.ts";
import type { AudienceExport } from "../parse/resource.ts";
import type { Audience } from "../ports/destination.ts";
import type { AudienceScope } from "./audience-scope.ts";
import { identifierKeys } from "./identifier-sources.ts";
import type { ExportAudienceRow, ExportLedger } from "./ledger-tables.ts";

export function audienceOf(config: Config, resource: AudienceExport, remembered: ExportAudienceRow | undefined): Audience {
  const { audience } = resource.declaration;
  return {
    exportName: resource.name,
    name: audience.name,
    description: resource.description.replace(/\s+/g, " ").trim(),
    label: audience.label,
    id: audience.id ?? remembered?.platform_id ?? undefined,
    create: audience.create,
    marker: `retain/${config.project.name}/${config.targetName}/${resource.name}`,
    columns: identifierKeys(resource.declaration),
  };
}

export async function recallAudience(ledger: ExportLedger, { target, exportName, audience }: AudienceScope): Promise<ExportAudienceRow | undefined> {
  return ledger
    .selectFrom("export_audiences")
    .selectAll()
    .where("target", "=", target)
    .where("export_name", "=", exportName)
    .where("audience", "=", audience)
    .executeTakeFirst();
}

/** Before the platform is asked to make it, so that one that was made by a process that died is known as ours. */
export async function rememberAudience(ledger: ExportLedger, scope: AudienceScope, schema: string, at: string): Promise<void> {
  if (await recallAudience(ledger, scope)) return;
  const { target, exportName, audience } = scope;
  const row = { target, export_name: exportName, audience, platform_id: null, schema_kind: schema, begun_at: at };
  await ledger.insertInto("export_audiences").values(row).execute();
}

export async function rememberPlatformId(ledger: ExportLedger, { target, exportName, audience }: AudienceScope, platformId: string): Promise<void> {
  await ledger
    .updateTable("export_audiences")
    .set({ platform_id: platformId })
    .where("target", "=", target)
    .where("export_name", "=", exportName)
    .where("audience", "=", audience)
    .execute();
}
