/** `parse`: checks everything that can be checked without a database and writes the manifest. */
import { plural } from "../../core/names.ts";
import { writeProjectArtifacts } from "../artifacts.ts";
import type { CliContext } from "../context.ts";
import type { GlobalOptions } from "../options.ts";
import { openSession } from "../session.ts";

export async function parseCommand(context: CliContext, options: GlobalOptions): Promise<number> {
  const session = await openSession(context, options);
  if (!session) return 2;
  const written = await writeProjectArtifacts(context, session, new Set());
  if (!written) return 1;
  if (options.json) context.stdout.write(`${JSON.stringify({ manifest: "target/manifest.json", resources: session.counts })}\n`);
  else if (!options.quiet)
    context.stdout.write(
      `the project is sound: ${Object.entries(session.counts)
        .map(([type, count]) => plural(count, type))
        .join(", ")}\n`,
    );
  return 0;
}
