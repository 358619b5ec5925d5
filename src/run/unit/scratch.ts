/** The database in memory that unit tests run in: opened when the first of them comes, shared by all, and gone with the run. */
import { type Diagnostic, diagnose, type Outcome } from "../../core/diagnostic.ts";
import type { Connection, Database } from "../../ports/engine.ts";

export type OpenScratch = () => Promise<Outcome<Database | undefined>>;

export interface Scratch {
  /** A connection, or why there is none. */
  connect(): Promise<Connection | readonly Diagnostic[]>;
  /** All connections that were made have to be closed before. */
  close(): Promise<void>;
}

export function createScratch(open: OpenScratch | undefined): Scratch {
  let opened: ReturnType<OpenScratch> | undefined;
  return {
    connect: async () => {
      if (!open) return [diagnose("RT0465", undefined)];
      opened ??= open();
      const { value, diagnostics } = await opened;
      return value ? value.connect() : diagnostics;
    },
    close: async () => (await opened)?.value?.close(),
  };
}
