/** What planning and running an export need, all of it handed in: nothing here opens a database or reads a file or a clock. */
import type { Config } from "../config/config.ts";
import type { AudienceExport } from "../parse/resource.ts";
import type { DeliveryOperation, Destination } from "../ports/destination.ts";
import type { Connection } from "../ports/engine.ts";
import type { State } from "../run/state/open-state.ts";
import type { GuardName } from "./export-plan.ts";

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
  readonly destination: Destination;
  /** Values of its settings that must not be shown. */
  readonly secrets: readonly string[];
}

/** What somebody asks for on the command line. */
export interface ExportOptions {
  readonly only?: "adds" | "removes" | undefined;
  /** Most people whom the mode is about. */
  readonly limit?: number | undefined;
  /** Guards that shall not stop the run. */
  readonly force?: readonly GuardName[];
}

/** How far a delivery has come. */
export interface DeliveryProgress {
  readonly exportName: string;
  readonly operation: DeliveryOperation;
  readonly sent: number;
  readonly people: number;
}

export interface ExportRequest {
  readonly resource: AudienceExport;
  readonly config: Config;
  readonly model: ExportRelation;
  /** In the order of the declaration's `suppress`. */
  readonly suppress: readonly ExportRelation[];
  /** May be read-only. */
  readonly warehouse: Connection;
  /** Called when the warehouse was read: it need not be held while people are sent. */
  readonly releaseWarehouse: () => void;
  readonly state: State;
  readonly destination: ExportDestination;
  readonly options: ExportOptions;
  readonly runId: string;
  readonly now: () => Date;
  /** Raised when the person in front of it wants to stop. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: DeliveryProgress) => void;
  /** The module of the threads that large audiences are normalised in; the program's own where nothing is said. */
  readonly normaliseThread?: URL;
}
