/**
 * Where audiences go. A destination receives identifiers that are already normalised and hashed; plain ones never reach
 * it. It delivers whole or not at all and reports what it did in numbers.
 */

/** One person: the primary key, which stays here, and a cell for each of the delivery's columns; "" where there is none. */
export interface HashedMember {
  readonly key: string;
  readonly cells: readonly string[];
}

export type DeliveryMode = "mirror" | "add" | "remove" | "replace";

export interface AudienceDelivery {
  readonly exportName: string;
  readonly audienceName: string;
  /** Identifier keys in the platform's own words, such as EMAIL, PHONE, MADID; one may stand several times. */
  readonly columns: readonly string[];
  /** All people who shall be in the audience after this delivery. */
  readonly members: () => AsyncIterable<readonly HashedMember[]>;
  /** People who are new since the last delivery. */
  readonly adds: () => AsyncIterable<readonly HashedMember[]>;
  /** People who were delivered before and shall be no longer in the audience, with the identifiers sent then. */
  readonly removes: () => AsyncIterable<readonly HashedMember[]>;
  readonly mode: DeliveryMode;
}

export interface DeliveredFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly operation: "add" | "remove";
}

export interface DeliveryReport {
  readonly files: readonly DeliveredFile[];
}

export interface DestinationCapabilities {
  /** Whether people can be taken out of the audience. */
  readonly removes: boolean;
}

export interface Destination {
  readonly type: string;
  readonly capabilities: DestinationCapabilities;
  deliver(delivery: AudienceDelivery): Promise<DeliveryReport>;
}
