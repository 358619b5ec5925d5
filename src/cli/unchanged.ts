/**
 * The short way of `parse`: when nothing has changed since it last found the project sound, the manifest gets a new head and
 * that is all. The long way leaves a receipt and says when it had nothing to say.
 */
import { join } from "node:path";
import { type KeptManifest, readKeptManifest, renewManifest } from "../artifacts/kept-manifest.ts";
import { programIdentity } from "../cache/program-identity.ts";
import { beginReceipt, findReceipt, type PendingReceipt, type Question } from "../cache/receipt.ts";
import { findProject } from "../config/find-project.ts";
import type { Session } from "../session/session.ts";
import type { CliContext } from "./context.ts";
import type { GlobalOptions } from "./options.ts";

export type Counts = Readonly<Record<string, number>>;

interface Note {
  readonly counts: Counts;
  readonly manifest: KeptManifest;
}

interface Unchanged {
  readonly counts?: Counts;
  readonly pending?: PendingReceipt;
  /** What stands for retain itself; it takes a while to find out. */
  readonly program?: string;
}

/** `undefined` where nothing may be kept, or more was asked for than a target. */
function questionOf(context: CliContext, options: GlobalOptions): Question | undefined {
  if (options.cache === false || options.vars !== undefined) return undefined;
  const projectDir = findProject({ cwd: context.cwd, projectDir: options.projectDir, environment: context.environment });
  return projectDir === undefined ? undefined : { projectDir, program: programIdentity(context.version), variant: options.target ?? null };
}

/** How many resources there are, after the manifest was renewed; or the receipt that the long way has to fill in. */
export function parseUnchanged(context: CliContext, options: GlobalOptions): Unchanged {
  const question = questionOf(context, options);
  if (!question) return {};
  const note = findReceipt(question, context.environment, context.invocation.startedAt.slice(0, 10)) as Note | undefined;
  const invocation = { ...context.invocation, generatedAt: context.now().toISOString() };
  if (note && renewManifest(join(question.projectDir, "target"), note.manifest, invocation)) return { counts: note.counts };
  return { pending: beginReceipt(question), program: question.program };
}

/** After the manifest of a sound project was written. */
export function leaveReceipt(context: CliContext, { config, counts, dependsOn, texts, saysAnything }: Session, pending: PendingReceipt): void {
  const manifest = dependsOn && !saysAnything ? readKeptManifest(join(config.projectDir, "target"), context.invocation.invocationId) : undefined;
  if (dependsOn && manifest) pending.complete({ config, sources: texts, ...dependsOn }, { counts, manifest } satisfies Note);
}
