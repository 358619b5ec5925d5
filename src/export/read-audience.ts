/**
 * Reads the audience from the warehouse into the staging table: checks that it has one row a person, counts who is left
 * out and why, and stages who remains. Nothing that it reads stays in memory beyond its batch.
 */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { plural } from "../core/names.ts";
import type { Row } from "../ports/engine.ts";
import type { DeclarationPlace } from "./declaration-place.ts";
import { type EligibilityRules, eligiblePeopleSql, keyAuditSql, leftOutPeopleSql, standingCountsSql } from "./eligibility.ts";
import type { ExportCounts, LeftOutReason } from "./export-plan.ts";
import type { ExportRequest } from "./export-request.ts";
import { identityPlatforms } from "./identity/platforms.ts";
import { matchingOf } from "./matching.ts";
import type { MemberColumn } from "./member-columns.ts";
import { MemberTally, normaliseMembers, selectedColumns } from "./normalise-members.ts";
import type { PlainIdentifiers } from "./plain-identifiers.ts";
import { readWarehouse } from "./read-warehouse.ts";
import { createStaging, type StagedPerson, stagePeople } from "./staging.ts";

export type AudienceCounts = Pick<ExportCounts, "people" | "eligible" | "leftOut" | "rejects">;

export async function readAudience(
  request: ExportRequest,
  columns: readonly MemberColumn[],
  plain: PlainIdentifiers | undefined,
  place: DeclarationPlace,
): Promise<Outcome<AudienceCounts | undefined>> {
  const { model } = request;
  const span = place.value(["model"]);
  const rules = rulesOf(request);
  const read = await readWarehouse(model.name, span, async (): Promise<Outcome<AudienceCounts | undefined>> => {
    const repeated = await auditKey(request, rules, place);
    if (repeated) return { value: undefined, diagnostics: [repeated] };
    const standings = await countStandings(request, rules);
    const tally = await stageAudience(request, rules, columns, plain);
    const asked = standings.get("eligible") ?? 0;
    if (tally.people !== asked) {
      const why = `it changed while it was read (${plural(asked, "person", "people")}, then ${tally.people.toLocaleString("en-US")})`;
      return {
        value: undefined,
        diagnostics: [diagnose("RT0602", { model: model.name, why }, { span, help: "let it give the same rows every time, or materialize it as a table" })],
      };
    }
    const leftOut: Record<LeftOutReason, number> = {
      no_consent: standings.get("no_consent") ?? 0,
      suppressed: standings.get("suppressed") ?? 0,
      holdout: standings.get("holdout") ?? 0,
      no_identifier: tally.withoutIdentifier,
    };
    const people = [...standings.values()].reduce((sum, count) => sum + count, 0);
    return { value: { people, eligible: asked - tally.withoutIdentifier, leftOut, rejects: tally.rejects(columns) }, diagnostics: [] };
  });
  return read.value ?? { value: undefined, diagnostics: read.diagnostics };
}

function rulesOf({ resource: { declaration }, model, suppress }: ExportRequest): EligibilityRules {
  return {
    relation: model.sql,
    primaryKey: declaration.primary_key,
    consentColumn: declaration.consent?.column,
    suppress: suppress.map(({ sql }) => sql),
    holdout: declaration.holdout,
  };
}

async function auditKey({ warehouse, model }: ExportRequest, rules: EligibilityRules, place: DeclarationPlace): Promise<Diagnostic | undefined> {
  const { rows } = await warehouse.query(keyAuditSql(rules));
  const bad = Number(rows[0]?.["without_key"]) + Number(rows[0]?.["repeated"]);
  if (bad === 0) return undefined;
  return diagnose("RT0606", { model: model.name, key: rules.primaryKey, rows: plural(bad, "row") }, { span: place.value(["primary_key"]) });
}

async function countStandings({ warehouse }: ExportRequest, rules: EligibilityRules): Promise<ReadonlyMap<string, number>> {
  const { rows } = await warehouse.query(standingCountsSql(rules));
  return new Map(rows.map((row) => [String(row["standing"]), Number(row["people"])]));
}

/** Whoever is left out is staged, too: for the lift, and because the reason of a removal is worth knowing. */
async function stageAudience(
  request: ExportRequest,
  rules: EligibilityRules,
  columns: readonly MemberColumn[],
  plain: PlainIdentifiers | undefined,
): Promise<MemberTally> {
  const { warehouse, state, resource, now } = request;
  const tally = new MemberTally();
  await createStaging(state.connection);
  const eligible = warehouse.stream(eligiblePeopleSql(rules, selectedColumns(columns)));
  const keys = columns.map(({ key }) => key);
  const { together } = matchingOf(identityPlatforms.get(request.destination.destination.platform), keys);
  const people = normaliseMembers(eligible, columns, together, now().getUTCFullYear(), tally, plain);
  await plain?.begin(state.connection);
  await stagePeople(state.connection, people, plain && ((batch) => plain.putAside(state.connection, batch)));
  await stagePeople(state.connection, leftOutPeople(warehouse.stream(leftOutPeopleSql(rules, resource.declaration.mode === "add"))));
  return tally;
}

async function* leftOutPeople(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly StagedPerson[]> {
  for await (const batch of batches) {
    yield batch.map((row) => ({ memberKey: String(row["member_key"]), standing: row["standing"] as LeftOutReason, identifiers: "", attributes: "" }));
  }
}
