/**
 * Audiences as files for a platform's upload page. An upload page keeps no difference, so `<export>.csv` always holds the
 * whole audience; people to take out go to `<export>.remove.csv`, when there are any. Whoever uploads both, removals
 * first, ends with exactly this audience, and may skip runs: removals gather in that file until it is taken away.
 *
 * `mirror` and `add` write both, `replace` only the whole audience, `remove` only the removals. An audience of nobody is
 * a file with a header. All files are written before the first one is published. It receives finished cells, and neither
 * normalises nor hashes; a cell that is not a hash where one belongs stops the delivery.
 */
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Audience, Batch, DeliveredFile, Delivery, DeliveryPart, DeliverySession, Destination } from "../../ports/destination.ts";
import { findPendingRemovals, readRemovals } from "./pending-removals.ts";
import { StagedFile } from "./staged-file.ts";
import type { HeaderNames, UploadFormat, UploadLayout } from "./upload-format.ts";

interface FileDestinationSettings {
  /** Absolute; made when it is missing. */
  readonly directory: string;
  readonly format: UploadFormat;
  /** Header texts in place of the format's own, by identifier key. */
  readonly headers?: HeaderNames;
}

const removal = { operation: "remove", counts: "when finished" } as const;
const everybody = { operation: "replace", counts: "when finished" } as const;

export function createFileDestination(settings: FileDestinationSettings): Destination {
  const { directory, format, headers = {} } = settings;
  const fileOf = (audience: Audience) => join(directory, `${audience.exportName}.${format.extension}`);
  const exists = (audience: Audience) =>
    stat(fileOf(audience)).then(
      (stats) => stats.isFile(),
      () => false,
    );
  return {
    type: "file",
    platform: format.name,
    capabilities: {
      modes: { mirror: [removal, everybody], add: [removal, everybody], remove: [removal], replace: [everybody] },
      batchSize: 5000,
      membershipDays: undefined,
      reviewsNames: false,
    },
    problemsWith: (columns) => {
      const result = format.layOut(columns, headers);
      return result.ok ? [] : result.problems;
    },
    agreeOnSchema: () => ({ schema: format.name }),
    find: async (audience) => {
      const isThere = await exists(audience);
      return { exists: isThere, id: undefined, wasDelivered: isThere, size: undefined, condition: undefined };
    },
    check: async (audience) => [{ what: "directory", outcome: "ok", detail: dirname(fileOf(audience)) }],
    open: (delivery) => openSession(settings, delivery),
  };
}

/** A file that is being written, and what it will be reported as. */
interface Draft {
  readonly layout: UploadLayout;
  readonly staged: StagedFile;
  readonly operation: DeliveredFile["operation"];
  rows: number;
}

async function openSession(settings: FileDestinationSettings, { audience, parts }: Delivery): Promise<DeliverySession> {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(audience.exportName)) throw new Error(`"${audience.exportName}" cannot be a file name`);
  const layouts = parts.map((part) => layoutOf(settings, part));
  const drafts = new Map<Batch["operation"], Draft>();
  const abort = async () => {
    for (const { staged } of drafts.values()) await staged.discard();
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
      let text = "";
      for (const member of members) text += draft.layout.record(member.cells);
      draft.rows += members.length;
      await draft.staged.write(text);
      return {};
    },
    finish: async () => {
      const files: DeliveredFile[] = [];
      for (const { staged, rows, operation } of drafts.values()) files.push({ path: staged.path, rows, operation, ...(await staged.close()) });
      for (const { staged } of drafts.values()) await staged.publish();
      return files;
    },
    abort,
  };
}

/** All problems at once, before a row is read or a file opened. */
function layoutOf(settings: FileDestinationSettings, { columns }: DeliveryPart): UploadLayout {
  const result = settings.format.layOut(columns, settings.headers ?? {});
  if (!result.ok) throw new Error(result.problems.join("; "));
  return result.layout;
}

async function openDraft(settings: FileDestinationSettings, audience: Audience, part: DeliveryPart, layout: UploadLayout): Promise<Draft | undefined> {
  const { directory, format } = settings;
  if (part.operation !== "remove") {
    const staged = await StagedFile.open(join(directory, `${audience.exportName}.${format.extension}`));
    return begun({ layout, staged, operation: "add", rows: 0 }, [layout.header]);
  }
  if (part.people === 0) return undefined;
  const pending = await findPendingRemovals(directory, audience.exportName, format.extension, layout.header);
  const draft: Draft = { layout, staged: await StagedFile.open(pending.path), operation: "remove", rows: 0 };
  return begun(draft, pending.exists ? readRemovals(pending.path, () => draft.rows++) : [layout.header]);
}

async function begun(draft: Draft, chunks: Iterable<string> | AsyncIterable<Uint8Array>): Promise<Draft> {
  try {
    for await (const chunk of chunks) await draft.staged.write(chunk);
    return draft;
  } catch (error) {
    await draft.staged.discard();
    throw error;
  }
}
