/** A session for a command: reads what the command line says in text, and has problems said the way its options ask for. */
import { findProject } from "../config/find-project.ts";
import { openProjectSession, type Session, type SessionOptions } from "../session/session.ts";
import type { CliContext } from "./context.ts";
import { annotate, wantsGithub } from "./github.ts";
import type { GlobalOptions } from "./options.ts";
import { readVars } from "./vars.ts";

export interface CliSessionOptions extends GlobalOptions, Omit<SessionOptions, "vars"> {
  readonly reporter?: readonly string[];
}

/** The project, or `undefined` after its problems have been said: then the exit code is 2. */
export async function openSession(context: CliContext, options: CliSessionOptions): Promise<Session | undefined> {
  const { color, quiet, projectDir } = options;
  const vars = readVars(options.vars, context.cwd);
  const { value, source } = vars.value;
  if (value === undefined) {
    context.reportDiagnostics(vars.diagnostics, { color, sources: (file) => (file === source?.file ? source.text : undefined) });
    return undefined;
  }
  const reportDiagnostics: CliContext["reportDiagnostics"] = (diagnostics, found = {}) => {
    context.reportDiagnostics(diagnostics, { ...found, color, quiet });
    if (!wantsGithub(options)) return;
    const folder = findProject({ cwd: context.cwd, projectDir, environment: context.environment }) ?? context.cwd;
    annotate(context, diagnostics, found.sources ?? (() => undefined), folder, found.secrets ?? []);
  };
  return openProjectSession({ ...context, reportDiagnostics }, { ...options, vars: value });
}
