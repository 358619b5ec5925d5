/** Counts, guards and outlook of an export as one plain value. Reads nothing but the difference that was taken. */
import type { DeliveryStep } from "../ports/destination.ts";
import type { Difference } from "./difference.ts";
import type { Operation, Reason } from "./difference-sql.ts";
import type { ExportCounts, ExportPlan, StoppedGuard } from "./export-plan.ts";
import type { ExportRequest } from "./export-request.ts";
import { identifierKeys } from "./identifier-sources.ts";
import type { PlatformLook } from "./look-at-platform.ts";
import type { AudienceCounts } from "./read-audience.ts";

export function countExport(audience: AudienceCounts, { changes, sizeBefore, sizeAfter, removedPeople }: Difference): ExportCounts {
  const rows = (operation: Operation, reason?: Reason) =>
    changes
      .filter((change) => change.operation === operation && (reason === undefined || change.reason === reason))
      .reduce((sum, change) => sum + change.rows, 0);
  return {
    ...audience,
    adds: rows("add"),
    removes: removedPeople,
    changed: rows("add", "changed"),
    refreshed: rows("refresh"),
    unchanged: rows("keep"),
    changes,
    sizeBefore,
    sizeAfter,
  };
}

interface PlanParts {
  readonly counts: ExportCounts;
  readonly difference: Difference;
  readonly steps: readonly DeliveryStep[];
  readonly look: PlatformLook;
  readonly broken: readonly StoppedGuard[];
}

export function makePlan({ resource, config, model, destination, options }: ExportRequest, parts: PlanParts): ExportPlan {
  const { counts, difference, steps, look, broken } = parts;
  const { mode, audience } = resource.declaration;
  const { type, platform, capabilities } = destination.destination;
  const isForced = ({ guard }: StoppedGuard) => options.force?.includes(guard) === true;
  // A whole that is missing is made again; the parts of a difference cannot be told from nothing.
  const isMissing = look.state?.exists === false && steps.some(({ operation }) => operation === "replace");
  return {
    export: resource.name,
    audience: audience.name,
    model: model.name,
    target: config.targetName,
    mode,
    destination: { name: destination.name, type, platform },
    platform: look.view,
    columns: identifierKeys(resource.declaration),
    counts,
    sample: difference.sample,
    stoppedBy: broken.filter((guard) => !isForced(guard)),
    forced: broken.filter(isForced),
    delivers: mode === "replace" || counts.adds + counts.removes + counts.refreshed > 0 || isMissing,
    batches: difference.parts.reduce((sum, { people }) => sum + Math.ceil(people / capabilities.batchSize), 0),
  };
}
