/**
 * Reads the audience from the warehouse into the staging table: counts who is left out and why, stages everybody with a
 * standing, and checks that each person has one row. The model is read once, and nothing of it stays in memory beyond a few
 * batches.
 */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { plural } from "../core/names.ts";
import type { DeclarationPlace } from "./declaration-place.ts";
import { type EligibilityRules, judgedPeopleSql, suppressedStrangersSql } from "./eligibility.ts";
import type { ExportCounts } from "./export-plan.ts";
import type { ExportRequest } from "./export-request.ts";
import type { MemberColumn } from "./member-columns.ts";
import { MemberTally } from "./member-tally.ts";
import { normaliseBatches } from "./normalise-batches.ts";
import type { NormaliseTask, StagedBatch } from "./normalise-people.ts";
import type { PlainIdentifiers } from "./plain-identifiers.ts";
import { readWarehouse } from "./read-warehouse.ts";
import { countBadKeys, createStaging, stagePeople, stageStrangers } from "./staging.ts";

export type AudienceCounts = Pick<ExportCounts, "people" | "eligible" | "leftOut" | "rejects">;

export async function readAudience(
  request: ExportRequest,
  columns: readonly MemberColumn[],
  plain: PlainIdentifiers | undefined,
  place: DeclarationPlace,
): Promise<Outcome<AudienceCounts | undefined>> {
  const { model } = request;
  const read = await readWarehouse(model.name, place.value(["model"]), async (): Promise<Outcome<AudienceCounts | undefined>> => {
    const tally = new MemberTally();
    const bad = await stageAudience(request, columns, tally, plain?.secret);
    if (bad > 0) return { value: undefined, diagnostics: [keyDiagnostic(request, bad, place)] };
    return { value: { people: tally.people, eligible: tally.of("eligible"), leftOut: tally.leftOut, rejects: tally.rejects(columns) }, diagnostics: [] };
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

function keyDiagnostic({ model, resource }: ExportRequest, rows: number, place: DeclarationPlace): Diagnostic {
  const key = resource.declaration.primary_key;
  return diagnose("RT0606", { model: model.name, key, rows: plural(rows, "row") }, { span: place.value(["primary_key"]) });
}

/**
 * Whoever is left out is staged, too: for the lift, and because the reason of a removal is worth knowing. Answers how many
 * rows have no key or another one's.
 */
async function stageAudience(request: ExportRequest, columns: readonly MemberColumn[], tally: MemberTally, secret: Uint8Array | undefined): Promise<number> {
  const { warehouse, state, suppress } = request;
  const { mode } = request.resource.declaration;
  const rules = rulesOf(request);
  const selected = selectedColumns(columns);
  await createStaging(state.connection);
  const people = normaliseBatches(warehouse.columns(judgedPeopleSql(rules, selected)), taskOf(request, columns, selected, secret), request.normaliseThread);
  await stagePeople(state.connection, counted(people, tally));
  const bad = await countBadKeys(state.connection);
  if (mode === "add" && suppress.length > 0) {
    for await (const {
      columns: [memberKeys = []],
    } of warehouse.columns(suppressedStrangersSql(rules))) {
      await stageStrangers(state.connection, memberKeys as readonly string[]);
    }
  }
  return bad;
}

/** The model's columns that the rows must hold, each once. */
function selectedColumns(columns: readonly MemberColumn[]): readonly string[] {
  return [...new Set(columns.flatMap(({ column, countryColumn }) => (countryColumn === undefined ? [column] : [column, countryColumn])))];
}

function taskOf(
  { destination, now }: ExportRequest,
  columns: readonly MemberColumn[],
  selected: readonly string[],
  secret: Uint8Array | undefined,
): NormaliseTask {
  return {
    platform: destination.destination.platform,
    columns: columns.map(({ key, options, column, countryColumn }) => ({
      key,
      options,
      from: selected.indexOf(column),
      countryFrom: countryColumn === undefined ? undefined : selected.indexOf(countryColumn),
    })),
    today: now().toISOString().slice(0, 10),
    secret,
  };
}

async function* counted(batches: AsyncIterable<StagedBatch>, tally: MemberTally): AsyncGenerator<StagedBatch> {
  for await (const batch of batches) {
    tally.add(batch.counts);
    yield batch;
  }
}
