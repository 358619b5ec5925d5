/**
 * Everything that planning and running share: from the checks to a plan with its difference ready to be delivered. The
 * order is the promise: fitness and declaration first, then columns, then rows, then the difference, then the guards.
 */
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../core/diagnostic.ts";
import { listOf, plural } from "../core/names.ts";
import type { Audience, DeliveryPart, DeliveryStep } from "../ports/destination.ts";
import { audienceOf, recallAudience } from "./audience-of.ts";
import { type AudienceScope, nowhere, scopeOf } from "./audience-scope.ts";
import { checkColumns } from "./check-columns.ts";
import { checkOptions } from "./check-options.ts";
import { settleMeanwhile } from "./confirm-batches.ts";
import { type DeclarationPlace, placeOf } from "./declaration-place.ts";
import { countUnremovable, type Difference, dropDifference, takeDifference } from "./difference.ts";
import { createChangesSql } from "./difference-sql.ts";
import type { ExportCounts, ExportPlan, StoppedGuard } from "./export-plan.ts";
import type { ExportRequest } from "./export-request.ts";
import { builtAt, findUnfitRelations } from "./fit-relations.ts";
import { checkAge, checkGuards, checkName } from "./guards.ts";
import { identityPlatforms } from "./identity/platforms.ts";
import { type ExportLedger, openLedger } from "./ledger-tables.ts";
import { adoptOldRows, findLeftBehind } from "./left-behind.ts";
import { isLostAudience, lookAtPlatform, lostAudience, lostLedger, type PlatformLook } from "./look-at-platform.ts";
import { countExport, makePlan } from "./make-plan.ts";
import { matchingOf } from "./matching.ts";
import { type MemberColumn, readMemberColumns, removalKeys } from "./member-columns.ts";
import { PlainIdentifiers } from "./plain-identifiers.ts";
import { publishedFolder, wasPublished } from "./published-tables.ts";
import { readAudience } from "./read-audience.ts";
import { hasDelivered } from "./record-export.ts";
import { refreshBefore } from "./refresh.ts";
import { dropStaging } from "./staging.ts";

export interface PreparedExport {
  readonly plan: ExportPlan;
  readonly difference: Difference;
  readonly ledger: ExportLedger;
  readonly scope: AudienceScope;
  readonly audience: Audience;
  readonly parts: readonly DeliveryPart[];
  readonly schema: string;
  /** What goes out plain, if anything does. */
  readonly plain: PlainIdentifiers | undefined;
  /** Whether the old audience is gone and what is remembered of it with it. */
  readonly beginsAnew: boolean;
  /** RT0604 for each guard that stops the plan. */
  readonly stops: readonly Diagnostic[];
  /** Warnings that keep nothing from being done. */
  readonly notes: readonly Diagnostic[];
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
    request.releaseWarehouse();
    await dropDifference(request.state.connection);
    await dropStaging(request.state.connection);
  }
}

async function prepare(request: ExportRequest): Promise<Outcome<PreparedExport | undefined>> {
  const { resource, config, state } = request;
  const { destination } = request.destination;
  const { declaration } = resource;
  const place = placeOf(resource, config);
  const members = readMemberColumns(request, place);
  const steps = readSteps(request, place);
  const early = [...(await findUnfitRelations(request, place)), ...members.diagnostics, ...steps.diagnostics];
  if (hasErrors(early)) return { value: undefined, diagnostics: early };
  const columns = await checkColumns(request, place);
  if (hasErrors(columns.diagnostics)) return { value: undefined, diagnostics: columns.diagnostics };

  const ledger = await openLedger(state.db);
  const scope = scopeOf(config.targetName, resource);
  await adoptOldRows(ledger, scope);
  const recalled = await recallAudience(ledger, scope);
  const look = await lookAtPlatform(destination, audienceOf(config, resource, recalled));
  const isLost = isLostAudience(destination, audienceOf(config, resource, recalled), look);
  const beginsAnew = isLost && declaration.audience.id === undefined && request.options.force?.includes("lost_audience") === true;
  const remembered = beginsAnew ? undefined : recalled;
  const audience = audienceOf(config, resource, remembered);

  await settleMeanwhile(ledger, scope, destination, request.now);

  const plain = PlainIdentifiers.of(members.value);
  const people = await readAudience(request, members.value, plain, place);
  request.releaseWarehouse();
  if (!people.value) return { value: undefined, diagnostics: people.diagnostics };
  const identity = identityPlatforms.get(destination.platform);
  const operations = steps.value.map(({ operation }) => operation);
  const rules = {
    scope: beginsAnew ? nowhere(scope) : scope,
    mode: declaration.mode,
    operations,
    matching: matchingOf(
      identity,
      members.value.map(({ key }) => key),
    ),
    refreshBefore: refreshBefore(destination.capabilities.membershipDays, request.now()),
    only: request.options.only,
    limit: request.options.limit,
  };
  const difference = await takeDifference(state.connection, createChangesSql(rules), operations);
  const parts = layOutParts(request, members.value, steps.value, difference);
  const unremovable = await findUnremovable(request, parts, place);
  const allColumns = parts.reduce<readonly string[]>((widest, part) => (part.columns.length > widest.length ? part.columns : widest), audience.columns);
  const agreed = destination.agreeOnSchema(allColumns, remembered?.schema_kind);
  const impossible =
    "problem" in agreed
      ? [diagnose("RT0603", { name: resource.name, problem: agreed.problem }, { span: place.key(["identifiers"]), help: agreed.advice })]
      : [];
  if ("problem" in agreed || unremovable.length > 0) return { value: undefined, diagnostics: [...unremovable, ...impossible] };

  const counts = countExport(people.value, difference);
  const isKnown = remembered !== undefined || counts.sizeBefore > 0;
  const lost = isLost ? [lostAudience(audienceOf(config, resource, recalled))] : [];
  const broken = [...lost, ...(await brokenGuards(request, counts)), ...(await lostLedgers(request, ledger, scope, isKnown, look))];
  const plan = makePlan(request, { counts, difference, steps: steps.value, look, broken });
  return {
    value: {
      plan,
      difference,
      ledger,
      scope,
      audience,
      parts,
      schema: agreed.schema,
      plain,
      beginsAnew,
      stops: plan.stoppedBy.map((stopped) => stopDiagnostic(resource.name, stopped, place)),
      notes: [...(await findLeftBehind(ledger, scope, place)), ...plainNotes(request, members.value, place)],
    },
    diagnostics: [],
  };
}

/** What the export's mode is made of at its destination. */
function readSteps(request: ExportRequest, place: DeclarationPlace): Outcome<readonly DeliveryStep[]> {
  const { resource, destination } = request;
  const { mode } = resource.declaration;
  const { modes } = destination.destination.capabilities;
  const steps = modes[mode];
  if (steps) return { value: steps, diagnostics: checkOptions(request, steps, place) };
  const problem = `the destination "${destination.name}" cannot do mode ${mode}`;
  const help = `use \`mode: ${listOf(Object.keys(modes), "or")}\``;
  return { value: [], diagnostics: [diagnose("RT0603", { name: resource.name, problem }, { span: place.value(["mode"]), help })] };
}

/** Removals are sent with everything that people were sent by, also what the export maps no more, but for what went out plain. */
function layOutParts(
  { destination: { destination } }: ExportRequest,
  members: readonly MemberColumn[],
  steps: readonly DeliveryStep[],
  difference: Difference,
): readonly DeliveryPart[] {
  const columns = members.map(({ key }) => key);
  const removeColumns = removalKeys(destination, columns, difference.removedKeys);
  return steps.map((step, i) => ({
    ...step,
    columns: step.operation === "remove" ? removeColumns : columns,
    people: difference.parts[i]?.people ?? 0,
  }));
}

/** Said each time, because the files outlive the run. */
function plainNotes({ resource, destination }: ExportRequest, members: readonly MemberColumn[], place: DeclarationPlace): readonly Diagnostic[] {
  const keys = members.filter(({ identity }) => identity.plain).map(({ key }) => key);
  if (keys.length === 0) return [];
  const { name } = resource;
  return [diagnose("RT0643", { name, keys: listOf(keys), destination: destination.name }, { span: place.key(["identifiers"]) })];
}

/** An audience that keeps people whom nobody may address any more is worse than one that is not sent. */
async function findUnremovable(
  { resource, state, destination }: ExportRequest,
  parts: readonly DeliveryPart[],
  place: DeclarationPlace,
): Promise<readonly Diagnostic[]> {
  const removal = parts.find(({ operation }) => operation === "remove");
  if (!removal || removal.people === 0) return [];
  const people = await countUnremovable(state.connection, matchingOf(identityPlatforms.get(destination.destination.platform), removal.columns));
  if (people === 0) return [];
  const problem = `${plural(people, "person", "people")} must be removed, but ${people === 1 ? "was" : "were"} sent with identifiers that the export has no more`;
  const help = "map the identifiers again that were taken away, or use `mode: replace` once";
  return [diagnose("RT0603", { name: resource.name, problem }, { span: place.key(["identifiers"]), help })];
}

async function brokenGuards(request: ExportRequest, counts: ExportCounts): Promise<readonly StoppedGuard[]> {
  const { resource, destination, now } = request;
  const { guards } = resource.declaration;
  const names = destination.destination.capabilities.reviewsNames ? checkName({ ...resource.declaration, description: resource.description }) : [];
  return [...checkGuards(guards, counts), ...checkAge(guards, await builtAt(request), now()), ...names];
}

/** Mode replace needs no memory: whoever was there before is gone afterwards. */
async function lostLedgers(
  { resource, config }: ExportRequest,
  ledger: ExportLedger,
  scope: AudienceScope,
  isKnown: boolean,
  { state }: PlatformLook,
): Promise<readonly StoppedGuard[]> {
  if (isKnown || resource.declaration.mode === "replace") return [];
  if (state?.wasDelivered) return [lostLedger("the audience was delivered before")];
  const isLost = (await wasPublished(publishedFolder(config), scope)) && !(await hasDelivered(ledger, scope));
  return isLost ? [lostLedger("files of an earlier delivery lie beside it")] : [];
}

function stopDiagnostic(name: string, { guard, problem, advice }: StoppedGuard, place: DeclarationPlace): Diagnostic {
  const help = advice ?? `look at \`retain export plan ${name}\`; if the number is right, change the guard, or let it pass once with \`--force ${guard}\``;
  return diagnose("RT0604", { name, guard, problem }, { span: place.key(["guards", guard]), help });
}
