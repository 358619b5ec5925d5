/**
 * Audiences as files for a platform's upload page. An upload page keeps no difference, so `<export>.csv` always holds the
 * whole audience; people to take out go to `<export>.remove.csv`, when there are any. Whoever uploads both, removals
 * first, ends with exactly this audience, and may skip runs: removals gather in that file until it is taken away.
 *
 * `mirror` and `add` write both, `replace` only the whole audience, `remove` only the removals. An audience of nobody is
 * a file with a header. All files are written before the first one is published. It receives finished cells, and neither
 * normalises nor hashes; a cell that is not a hash where one belongs stops the delivery.
 */
import { join } from "node:path";
import type { AudienceDelivery, DeliveredFile, Destination, HashedMember } from "../../ports/destination.ts";
import { findPendingRemovals, readRemovals } from "./pending-removals.ts";
import { type StagedFile, stageFile } from "./staged-file.ts";
import type { HeaderNames, UploadFormat, UploadLayout } from "./upload-format.ts";

interface FileDestinationSettings {
  /** Absolute; made when it is missing. */
  readonly directory: string;
  readonly format: UploadFormat;
  /** Header texts in place of the format's own, by identifier key. */
  readonly headers?: HeaderNames;
}

interface Draft {
  readonly file: Omit<DeliveredFile, "bytes" | "sha256">;
  readonly staged: StagedFile;
}

export function createFileDestination(settings: FileDestinationSettings): Destination {
  return {
    type: "file",
    capabilities: { removes: true },
    deliver: async (delivery) => {
      const layout = layoutOf(settings, delivery);
      const drafts: Draft[] = [];
      try {
        if (delivery.mode !== "replace") drafts.push(...(await draftRemovals(settings, delivery, layout)));
        if (delivery.mode !== "remove") drafts.push(await draftMembers(settings, delivery, layout));
        for (const draft of drafts) await draft.staged.publish();
      } finally {
        for (const draft of drafts) await draft.staged.discard();
      }
      return { files: drafts.map(({ file, staged }) => ({ ...file, bytes: staged.bytes, sha256: staged.sha256 })) };
    },
  };
}

/** All problems at once, before a row is read or a file opened. */
function layoutOf(settings: FileDestinationSettings, delivery: AudienceDelivery): UploadLayout {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(delivery.exportName)) throw new Error(`"${delivery.exportName}" cannot be a file name`);
  const result = settings.format.layOut(delivery.columns, settings.headers ?? {});
  if (!result.ok) throw new Error(result.problems.join("; "));
  return result.layout;
}

async function draftMembers(settings: FileDestinationSettings, delivery: AudienceDelivery, layout: UploadLayout): Promise<Draft> {
  const path = join(settings.directory, `${delivery.exportName}.${settings.format.extension}`);
  let rows = 0;
  async function* text() {
    yield layout.header;
    yield* records(layout, delivery.members(), () => rows++);
  }
  const staged = await stageFile(path, text());
  return { file: { path, rows, operation: "add" }, staged };
}

async function draftRemovals(settings: FileDestinationSettings, delivery: AudienceDelivery, layout: UploadLayout): Promise<readonly Draft[]> {
  const { directory, format } = settings;
  const pending = await findPendingRemovals(directory, delivery.exportName, format.extension, layout.header);
  let earlier = 0;
  let rows = 0;
  async function* text() {
    if (pending.exists) yield* readRemovals(pending.path, () => earlier++);
    else yield layout.header;
    yield* records(layout, delivery.removes(), () => rows++);
  }
  const staged = await stageFile(pending.path, text());
  if (rows > 0) return [{ file: { path: pending.path, rows: earlier + rows, operation: "remove" }, staged }];
  await staged.discard();
  return [];
}

async function* records(layout: UploadLayout, batches: AsyncIterable<readonly HashedMember[]>, onRow: () => void): AsyncGenerator<string> {
  for await (const batch of batches) {
    let text = "";
    for (const member of batch) {
      text += layout.record(member.cells);
      onRow();
    }
    if (text !== "") yield text;
  }
}
