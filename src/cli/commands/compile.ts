/** `compile`: the SQL that nodes become, on stdout and under target/compiled. Opens no database, but for --defer. */
import { artifactSecrets, redact } from "../../artifacts/redact.ts";
import { codeOf } from "../../compile/compiled.ts";
import { diagnose } from "../../core/diagnostic.ts";
import { writeProjectArtifacts } from "../../session/artifacts.ts";
import { type DeferOptions, openForReading, wantsDefer } from "../../session/defer.ts";
import type { SelectionOptions } from "../../session/options.ts";
import { type Session, selectFor } from "../../session/session.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

export interface CompileOptions extends SelectionOptions, GlobalOptions, DeferOptions {}

export async function compileCommand(context: CliContext, models: readonly string[], options: CompileOptions): Promise<number> {
  const opened = await openSession(context, options);
  if (!opened) return 2;
  const selected = selectFor(opened, options, models);
  if (!selected) return 2;
  const session = wantsDefer(options) ? await compileDeferred(context, opened, options, selected) : opened;
  if (!session) return 2;
  const asked = models.length > 0 || options.select !== undefined;
  const chosen = [...session.compiled.nodes].filter(([id]) => selected.has(id)).flatMap(([id, node]) => (node.kind === "seed" ? [] : [{ id, node }]));
  // Asked for by name, a model is shown without the tests that selection brings along.
  const shown = asked && chosen.some(({ node }) => node.kind === "model") ? chosen.filter(({ node }) => node.kind === "model") : chosen;
  const written = await writeProjectArtifacts(context, session, new Set(chosen.map(({ id }) => id)));
  if (asked && shown.length === 0) {
    session.report([diagnose("RT0001", { problem: "nothing with SQL was selected" })]);
    return 2;
  }
  // What is printed ends up in logs: it is what target/compiled holds, with secrets masked.
  const secrets = artifactSecrets(session.config);
  const textOf = (node: Parameters<typeof codeOf>[0]): string => redact(codeOf(node), secrets);
  if (options.json) {
    context.stdout.write(
      `${JSON.stringify(
        shown.map(({ id, node }) => ({
          unique_id: id,
          name: node.node.name,
          compiled_code: textOf(node),
        })),
        null,
        2,
      )}\n`,
    );
  } else if (asked) {
    for (const { node } of shown) context.stdout.write(shown.length > 1 ? `-- ${node.node.name}\n${textOf(node)};\n\n` : `${textOf(node)}\n`);
  } else if (written && !options.quiet) {
    context.stdout.write(`compiled ${chosen.length} nodes to target/compiled\n`);
  }
  return written ? 0 : 1;
}

/** What is deferred depends on what stands where. */
async function compileDeferred(context: CliContext, opened: Session, options: CompileOptions, selected: ReadonlySet<string>): Promise<Session | undefined> {
  const reading = await openForReading(context, opened, options, selected);
  reading?.database.close();
  return reading?.session;
}
