/**
 * What a session has of the world that it works in: where it looks, whose clock it reads, which adapters it is given and
 * where it says what is wrong. The command line and the programmatic API each make one; no adapter is named here.
 */
import type { Invocation } from "../compile/render-context.ts";
import type { Environment } from "../config/interpolate.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { SourceLookup } from "../core/span.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { Connection, Engine } from "../ports/engine.ts";

export interface Host {
  readonly version: string;
  readonly cwd: string;
  /** `retain export run`: what is done, without options, which may hold secrets; shown to others who wait for a file. */
  readonly command: string;
  readonly environment: Environment;
  readonly dialect: Dialect;
  readonly invocation: Invocation;
  readonly now: () => Date;
  readonly loadEngine: () => Promise<Engine>;
  readonly loadKyselyDialect: () => Promise<(connection: Connection) => import("kysely").Dialect>;
  readonly reportDiagnostics: (diagnostics: readonly Diagnostic[], options?: ReportOptions) => void;
  /** Says in one line what is no problem: what is waited for, for one. */
  readonly note: (text: string) => void;
}

export interface ReportOptions {
  readonly sources?: SourceLookup;
  readonly secrets?: readonly string[];
}
