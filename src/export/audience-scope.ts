/** Which rows of the ledger belong to an audience: those of a target, an export and the place where it is delivered. */
import { quoteLiteral } from "../core/names.ts";
import type { AudienceExport } from "../parse/resource.ts";

export interface AudienceScope {
  readonly target: string;
  readonly exportName: string;
  /** The destination's name, and the platform's id where the export declares one: another audience has a ledger of its own. */
  readonly audience: string;
}

export function scopeOf(target: string, { name, declaration }: AudienceExport): AudienceScope {
  const { destination, audience } = declaration;
  return { target, exportName: name, audience: audience.id === undefined ? destination : `${destination}#${audience.id}` };
}

/** A place where nobody was ever sent: no destination is called so. */
export function nowhere(scope: AudienceScope): AudienceScope {
  return { ...scope, audience: "" };
}

/** The condition in SQL on a table of the ledger. */
export function inScope({ target, exportName, audience }: AudienceScope, table: string): string {
  const is = (column: string, value: string) => `${table}.${column} = ${quoteLiteral(value)}`;
  return `${is("target", target)} and ${is("export_name", exportName)} and ${is("audience", audience)}`;
}
