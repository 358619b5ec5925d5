/**
 * Audiences as files for a platform's upload page. An upload page keeps no difference, so `<export>.csv` always holds the
 * whole audience; people to take out go to `<export>.remove.csv`, when there are any. Whoever uploads both, removals
 * first, ends with exactly this audience, and may skip runs: removals gather in that file until it is taken away.
 *
 * `mirror` and `add` write both, `replace` only the whole audience, `remove` only the removals. What is too large for the
 * platform is continued in `<export>.2.csv`. An audience of nobody is a file with a header. All files are written before
 * the first one is published, and `<export>.manifest.json` is published last. It receives finished cells, and neither
 * normalises nor hashes; a cell that is not a hash where one belongs stops the delivery.
 */
import { constants } from "node:fs";
import { access, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type {
  Audience,
  Batch,
  CheckItem,
  DeliveredFile,
  Delivery,
  DeliveryPart,
  DeliverySession,
  DeliveryStep,
  Destination,
  DestinationCapabilities,
} from "../../ports/destination.ts";
import { describeRemovals, linesOf, nextRemovals } from "./pending-removals.ts";
import { type NextFile, SplitFiles } from "./split-files.ts";
import { removeAbandoned } from "./staged-file.ts";
import type { FileLimits, HeaderNames, UploadFormat, UploadLayout } from "./upload-format.ts";
import { stageManifest } from "./upload-manifest.ts";
import { findUploads, manifestName, uploadName } from "./upload-names.ts";

interface FileDestinationSettings {
  /** Absolute; made when it is missing. */
  readonly directory: string;
  readonly format: UploadFormat;
  /** Header texts in place of the format's own, by identifier key. */
  readonly headers?: HeaderNames;
  /** Limits in place of the format's own. */
  readonly limits?: FileLimits;
}

const removal: DeliveryStep = { operation: "remove", counts: "when finished" };
const everybody: DeliveryStep = { operation: "replace", counts: "when finished" };

function modesOf({ removals }: UploadFormat): DestinationCapabilities["modes"] {
  if (removals === "none") return { replace: [everybody] };
  return { mirror: [removal, everybody], add: [removal, everybody], remove: [removal], replace: [everybody] };
}

export function createFileDestination(settings: FileDestinationSettings): Destination {
  const { directory, format, headers = {} } = settings;
  return {
    type: "file",
    platform: format.name,
    capabilities: { modes: modesOf(format), batchSize: 5000, membershipDays: undefined, reviewsNames: format.reviewsNames ?? false, findsById: false },
    problemsWith: (columns) => {
      const result = format.layOut(columns, headers);
      return result.ok ? [] : result.problems;
    },
    agreeOnSchema: () => ({ schema: format.name }),
    find: async (audience) => {
      const path = join(directory, uploadName("audience", audience.exportName, format.extension, 1));
      const isThere = await stat(path).then(
        (stats) => stats.isFile(),
        () => false,
      );
      return { exists: isThere, id: undefined, wasDelivered: isThere, size: undefined, condition: undefined };
    },
    check: async (audience) => [await checkDirectory(directory), ...checkFormat(format, audience)],
    open: (delivery) => openSession(settings, delivery),
    withdraw: async ({ exportName }) => {
      for (const path of await findUploads(directory, "audience", exportName, format.extension)) await rm(path, { force: true });
      await rm(join(directory, manifestName(exportName)), { force: true });
    },
  };
}

/** Whether files can be written there; a directory that is missing is made by the first run, so that its nearest parent decides. */
async function checkDirectory(directory: string): Promise<CheckItem> {
  const nearest = await nearestPath(directory);
  const isDirectory = (await stat(nearest)).isDirectory();
  const isWritable = await access(nearest, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (isDirectory && isWritable) return { what: "directory", outcome: "ok", detail: directory };
  const detail = isDirectory ? `nothing can be written to ${nearest}` : `${nearest} is no directory`;
  return { what: "directory", outcome: "failed", detail, advice: "set the destination's `directory` to a folder that you may write to" };
}

async function nearestPath(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearestPath(dirname(path));
}

function checkFormat({ problemWith }: UploadFormat, audience: Audience): readonly CheckItem[] {
  const found = problemWith?.(audience);
  return found ? [{ what: "audience", outcome: "failed", detail: found.problem, advice: found.advice }] : [];
}

async function openSession(settings: FileDestinationSettings, delivery: Delivery): Promise<DeliverySession> {
  const { audience, parts } = delivery;
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(audience.exportName)) throw new Error(`"${audience.exportName}" cannot be a file name`);
  await removeAbandoned(settings.directory, audience.exportName);
  const layouts = parts.map((part) => layoutOf(settings, part));
  const drafts = new Map<Batch["operation"], SplitFiles>();
  const abort = async () => {
    for (const draft of drafts.values()) await draft.discard();
  };
  try {
    for (const [i, part] of parts.entries()) {
      const draft = await openDraft(settings, audience, part, layouts[i] as UploadLayout);
      if (draft) drafts.set(part.operation, draft);
    }
  } catch (error) {
    await abort();
    throw error;
  }
  return {
    audienceId: undefined,
    send: async ({ operation, members }) => {
      const draft = drafts.get(operation);
      if (!draft) throw new Error(`nothing to ${operation} was announced`);
      await draft.write(members.map(({ cells }) => cells));
      return {};
    },
    finish: async () => ({
      files: await publish(settings, delivery, [...drafts.values()], linesOf((layouts[0] as UploadLayout)({ audience, operation: "add", number: 1 }).header)),
    }),
    abort,
  };
}

/** All problems at once, before a row is read or a file opened. */
function layoutOf(settings: FileDestinationSettings, { columns }: DeliveryPart): UploadLayout {
  const result = settings.format.layOut(columns, settings.headers ?? {});
  if (!result.ok) throw new Error(result.problems.join("; "));
  return result.layout;
}

async function openDraft(settings: FileDestinationSettings, audience: Audience, part: DeliveryPart, layout: UploadLayout): Promise<SplitFiles | undefined> {
  const { directory, format } = settings;
  const limits = { ...format.limits, ...settings.limits };
  const place = { directory, exportName: audience.exportName, extension: format.extension };
  if (part.operation === "remove") {
    const textOf = (number: number) => layout({ audience, operation: "remove", number });
    return part.people === 0 ? undefined : SplitFiles.open({ operation: "remove", limits, next: (after) => nextRemovals(place, textOf, after) });
  }
  const next = async (after: number): Promise<NextFile> => {
    const number = after + 1;
    const path = join(directory, uploadName("audience", audience.exportName, format.extension, number));
    return { path, number, text: layout({ audience, operation: "add", number }) };
  };
  return SplitFiles.open({ operation: "add", limits, next });
}

/** Everything that must not fail comes before the first file gets its name. */
async function publish(
  { directory, format }: FileDestinationSettings,
  delivery: Delivery,
  drafts: readonly SplitFiles[],
  headerLines: number,
): Promise<readonly DeliveredFile[]> {
  const { exportName } = delivery.audience;
  const written: DeliveredFile[] = [];
  for (const draft of drafts) written.push(...(await draft.close()));
  const isWritten = (path: string) => written.some((file) => file.path === path);
  const waiting = (await findUploads(directory, "removals", exportName, format.extension)).filter((path) => !isWritten(path));
  const described = await Promise.all(waiting.map((path) => describeRemovals(path, headerLines)));
  const manifest = await stageManifest(join(directory, manifestName(exportName)), format.name, delivery, [...described, ...written]);
  try {
    for (const draft of drafts) await draft.publish();
    // An audience that has become smaller needs fewer files than it did.
    const isWhole = written.some(({ operation }) => operation === "add");
    const stale = isWhole ? (await findUploads(directory, "audience", exportName, format.extension)).filter((path) => !isWritten(path)) : [];
    for (const path of stale) await rm(path, { force: true });
    await manifest.publish();
  } catch (error) {
    await manifest.discard();
    throw error;
  }
  return written;
}
