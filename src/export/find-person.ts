/**
 * Finds a person by customer id or e-mail address: the hashed keys that the ledger knows them by, and the models that hold
 * them. The plain value is compared in memory and leaves in no result and no message.
 */

import { sql } from "kysely";
import { quoteIdentifier } from "../core/names.ts";
import type { AudienceExport } from "../parse/resource.ts";
import type { Connection } from "../ports/engine.ts";
import { EngineError } from "../ports/engine.ts";
import type { ExportRelation } from "./export-request.ts";
import { type IdentifierDetail, identifierSources } from "./identifier-sources.ts";
import { sha256Hex } from "./identity/hash.ts";
import type { IdentifierOptions, IdentityKey } from "./identity/identifier.ts";
import { identityPlatforms } from "./identity/platforms.ts";
import { toIdentifier } from "./identity/to-identifier.ts";
import type { ExportLedger } from "./ledger-tables.ts";
import { identifierOptions } from "./member-columns.ts";

export type PersonQuery = { readonly customer: string } | { readonly email: string };

/** Where people of an export come from. */
export interface ModelOfExport {
  readonly resource: AudienceExport;
  readonly model: ExportRelation;
  /** Whose rules the export's identifiers follow. */
  readonly platform: string;
}

export interface FoundPerson {
  readonly memberKeys: readonly string[];
  /** Names of models that hold the person now. */
  readonly models: readonly string[];
  /** Names of models that could not be read. */
  readonly unread: readonly string[];
}

export async function findPerson(
  ledger: ExportLedger,
  warehouse: Connection | undefined,
  exports: readonly ModelOfExport[],
  query: PersonQuery,
  today: string,
): Promise<FoundPerson> {
  const keys = new Set(await keysInLedger(ledger, query, today));
  const models = new Set<string>();
  const unread = new Set<string>();
  for (const { resource, model, platform } of exports) {
    try {
      if (!warehouse) throw new EngineError("other", "there is no warehouse");
      const found = await keysInModel(warehouse, resource, model, platform, query, today);
      for (const key of found) keys.add(key);
      if (found.length > 0) models.add(model.name);
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind === "interrupted" || error.kind === "fatal") throw error;
      unread.add(model.name);
    }
  }
  return { memberKeys: [...keys].sort(), models: [...models].sort(), unread: [...unread].sort() };
}

const waysOfReading: readonly IdentifierOptions[] = [{}, { emailDots: "remove" }];

async function keysInLedger(ledger: ExportLedger, query: PersonQuery, today: string): Promise<readonly string[]> {
  if ("customer" in query) return [sha256Hex(query.customer)];
  const lines = [...identityPlatforms.values()].flatMap(({ keys }) =>
    [...keys].flatMap(([name, key]) => {
      if (!name.startsWith("EMAIL")) return [];
      // In every form in which an export may have sent it.
      return waysOfReading.flatMap((options) => {
        const identifier = toIdentifier(key, query.email, { today }, options);
        return identifier.ok ? [`${name}=${identifier.cell}`] : [];
      });
    }),
  );
  if (lines.length === 0) return [];
  const rows = await ledger
    .selectFrom("export_members")
    .select("member_key")
    .distinct()
    .where(sql<boolean>`list_has_any(string_split(identifiers, chr(10)), list_value(${sql.join(lines)}))`)
    .execute();
  return rows.map((row) => row.member_key);
}

async function keysInModel(
  warehouse: Connection,
  { declaration }: AudienceExport,
  model: ExportRelation,
  platform: string,
  query: PersonQuery,
  today: string,
): Promise<readonly string[]> {
  const key = `cast(${quoteIdentifier(declaration.primary_key)} as varchar)`;
  if ("customer" in query) {
    const { rows } = await warehouse.query(`select 1 from ${model.sql} where ${key} = ? limit 1`, [query.customer]);
    return rows.length === 0 ? [] : [sha256Hex(query.customer)];
  }
  const identity = identityPlatforms.get(platform)?.keys.get("EMAIL");
  if (!identity) return [];
  const found = new Set<string>();
  for (const { detail } of identifierSources(declaration).filter((source) => source.key === "EMAIL")) {
    for (const person of await keysInColumn(warehouse, { model, key, identity, detail }, query.email, today)) found.add(person);
  }
  return [...found];
}

interface SearchedColumn {
  readonly model: ExportRelation;
  readonly key: string;
  readonly identity: IdentityKey;
  readonly detail: IdentifierDetail;
}

async function keysInColumn(warehouse: Connection, { model, key, identity, detail }: SearchedColumn, email: string, today: string): Promise<readonly string[]> {
  const { column } = detail;
  const options = identifierOptions(detail);
  const wanted = toIdentifier(identity, email, { today }, { ...options, hashed: false });
  if (!wanted.ok) return [];
  const found: string[] = [];
  const isMatch = (value: unknown) => {
    const cell = toIdentifier(identity, value, { today }, options);
    return cell.ok && cell.cell === wanted.cell;
  };
  for await (const { columns } of warehouse.columns(`select ${key} as person, ${quoteIdentifier(column)} as address from ${model.sql}`)) {
    const [people = [], addresses = []] = columns;
    for (const [i, address] of addresses.entries()) if (isMatch(address)) found.push(sha256Hex(String(people[i])));
  }
  return found;
}
