/** `parse`: checks everything that can be checked without a database and writes the manifest. */
import { plural } from "../../core/names.ts";
import type { CliContext } from "../context.ts";
import type { GlobalOptions } from "../options.ts";
import { type Counts, leaveReceipt, parseUnchanged } from "../unchanged.ts";

export async function parseCommand(context: CliContext, options: GlobalOptions): Promise<number> {
  const { counts, pending, program } = parseUnchanged(context, options);
  if (counts) return say(context, options, counts);
  const [{ openSession }, { writeProjectArtifacts }] = await Promise.all([import("../open-session.ts"), import("../../session/artifacts.ts")]);
  try {
    const session = await openSession(context, { ...options, program });
    if (!session) return 2;
    if (!(await writeProjectArtifacts(context, session, new Set()))) return 1;
    if (pending) leaveReceipt(context, session, pending);
    return say(context, options, session.counts);
  } finally {
    pending?.discard();
  }
}

function say(context: CliContext, options: GlobalOptions, counts: Counts): number {
  if (options.json) context.stdout.write(`${JSON.stringify({ manifest: "target/manifest.json", resources: counts })}\n`);
  else if (!options.quiet)
    context.stdout.write(
      `the project is sound: ${Object.entries(counts)
        .map(([type, count]) => plural(count, type))
        .join(", ")}\n`,
    );
  return 0;
}
