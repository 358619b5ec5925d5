/** What planning and running an export need, all of it handed in: nothing here opens a database or reads a file or a clock. */
import type { Config } from "../config/config.ts";
import type { AudienceExport } from "../parse/resource.ts";
import type { Destination } from "../ports/destination.ts";
import type { Connection } from "../ports/engine.ts";
import type { State } from "../run/state/open-state.ts";

/** A model as the warehouse and the state database know it. */
export interface ExportRelation {
  readonly uniqueId: string;
  readonly name: string;
  /** The relation in SQL, quoted and with its schema. */
  readonly sql: string;
}

/** A destination that is ready to use, as the registry of destinations makes it. */
export interface ExportDestination {
  /** Its name in retain.yml. */
  readonly name: string;
  /** Whose rules identifiers are normalised and hashed by. */
  readonly platform: string;
  readonly destination: Destination;
  /** All reasons why these identifier keys cannot be delivered; known without reading a row. */
  problemsWith(columns: readonly string[]): readonly string[];
  /** Whether what was delivered is still in place, where that can be told. A lost upload file is written again. */
  stillHolds?(exportName: string): Promise<boolean>;
  /** Values of its settings that must not be shown. */
  readonly secrets: readonly string[];
}

export interface ExportRequest {
  readonly resource: AudienceExport;
  readonly config: Config;
  readonly model: ExportRelation;
  /** In the order of the declaration's `suppress`. */
  readonly suppress: readonly ExportRelation[];
  /** May be read-only. */
  readonly warehouse: Connection;
  readonly state: State;
  readonly destination: ExportDestination;
  readonly runId: string;
  readonly now: () => Date;
}
