/**
 * Everything that planning and running share: from the checks to a plan with its difference ready to be delivered. The
 * order is the promise: fitness and declaration first, then columns, then rows, then the difference, then the guards.
 */
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../core/diagnostic.ts";
import { plural } from "../core/names.ts";
import { findUnfit } from "../run/state/fitness.ts";
import { checkColumns } from "./check-columns.ts";
import { type DeclarationPlace, placeOf } from "./declaration-place.ts";
import { type Difference, dropDifference, takeDifference } from "./difference.ts";
import type { ExportPlan } from "./export-plan.ts";
import type { ExportRequest } from "./export-request.ts";
import { checkGuards } from "./guards.ts";
import { type ExportLedger, openLedger } from "./ledger-tables.ts";
import { matchingKeys, readMemberColumns } from "./member-columns.ts";
import { type AudienceCounts, readAudience } from "./read-audience.ts";
import { dropStaging } from "./staging.ts";

export interface PreparedExport {
  readonly plan: ExportPlan;
  readonly difference: Difference;
  readonly ledger: ExportLedger;
  /** RT0604 for each guard that stops the plan. */
  readonly stops: readonly Diagnostic[];
}

/** Prepares the export and hands it to `use`; the staged people are gone afterwards, whatever happened. */
export async function withPreparedExport<T>(
  request: ExportRequest,
  use: (prepared: PreparedExport) => Promise<Outcome<T | undefined>>,
): Promise<Outcome<T | undefined>> {
  try {
    const prepared = await prepare(request);
    return prepared.value ? await use(prepared.value) : { value: undefined, diagnostics: prepared.diagnostics };
  } finally {
    await dropDifference(request.state.connection);
    await dropStaging(request.state.connection);
  }
}

async function prepare(request: ExportRequest): Promise<Outcome<PreparedExport | undefined>> {
  const { resource, config, state } = request;
  const place = placeOf(resource, config);
  const members = readMemberColumns(request, place);
  const early = [...(await unfitRelations(request, place)), ...members.diagnostics];
  if (hasErrors(early)) return { value: undefined, diagnostics: early };
  const columns = await checkColumns(request, place);
  if (hasErrors(columns.diagnostics)) return { value: undefined, diagnostics: columns.diagnostics };
  const audience = await readAudience(request, members.value, place);
  if (!audience.value) return { value: undefined, diagnostics: audience.diagnostics };

  const ledger = await openLedger(state.db);
  const keys = members.value.map(({ key }) => key);
  const { mode } = resource.declaration;
  const rules = { target: config.targetName, exportName: resource.name, mode, matchingKeys: matchingKeys(members.value) };
  const difference = await takeDifference(state.connection, rules, keys);
  const lost = mode === "replace" ? [] : findUnremovable(request, difference, place);
  if (lost.length > 0) return { value: undefined, diagnostics: lost };
  const plan = await makePlan(request, audience.value, difference, keys);
  const stops = plan.stoppedBy.map(({ guard, problem }) => diagnose("RT0604", { name: resource.name, guard, problem }, { span: place.key(["guards", guard]) }));
  return { value: { plan, difference, ledger, stops }, diagnostics: [] };
}

async function unfitRelations({ resource, config, state, model, suppress }: ExportRequest, place: DeclarationPlace): Promise<readonly Diagnostic[]> {
  const relations = [{ ...model, path: ["model"] }, ...suppress.map((relation, i) => ({ ...relation, path: ["suppress", i] }))];
  const unfit = await findUnfit(
    state.db,
    config.targetName,
    relations.map(({ uniqueId }) => uniqueId),
  );
  return relations.flatMap(({ uniqueId, name, path }) => {
    const why = unfit.get(uniqueId);
    return why === undefined
      ? []
      : [
          diagnose(
            "RT0602",
            { model: name, why },
            { span: place.value(path), help: `run \`retain build --select +${name}\`, then \`retain export plan ${resource.name}\`` },
          ),
        ];
  });
}

/** An audience that keeps people whom nobody may address any more is worse than one that is not sent. */
function findUnremovable({ resource }: ExportRequest, { unremovable }: Difference, place: DeclarationPlace): readonly Diagnostic[] {
  if (unremovable === 0) return [];
  const problem = `${plural(unremovable, "person", "people")} must be removed, but ${unremovable === 1 ? "was" : "were"} sent with identifiers that the export has no more`;
  return [
    diagnose(
      "RT0603",
      { name: resource.name, problem },
      { span: place.key(["identifiers"]), help: "map the identifiers again that were taken away, or use `mode: replace` once" },
    ),
  ];
}

async function makePlan(
  request: ExportRequest,
  audience: AudienceCounts,
  { counts: operations, sample }: Difference,
  columns: readonly string[],
): Promise<ExportPlan> {
  const { resource, config, model, destination } = request;
  const { add, change, keep, refresh, remove } = operations;
  const counts = {
    ...audience,
    adds: add + change,
    removes: remove + change,
    changed: change,
    refreshed: refresh,
    unchanged: keep,
    sizeBefore: change + keep + refresh + remove,
    sizeAfter: add + change + keep + refresh,
  };
  const { mode } = resource.declaration;
  // Mode remove never makes what could be missing.
  const isComplete = mode === "remove" || destination.stillHolds === undefined || (await destination.stillHolds(resource.name));
  return {
    export: resource.name,
    audience: resource.declaration.audience.name,
    model: model.name,
    target: config.targetName,
    mode,
    destination: { name: destination.name, type: destination.destination.type, platform: destination.platform },
    columns,
    counts,
    sample,
    stoppedBy: checkGuards(resource.declaration.guards, counts),
    delivers: mode === "replace" || counts.adds + counts.removes > 0 || !isComplete,
  };
}
