/**
 * Where audiences go. A destination receives identifiers that are already normalised and hashed; the only plain ones are
 * those for which an export says so, of platforms that can read nothing else. It says in `capabilities` what it is made
 * of, so that the engine which plans, batches, resumes and records asks no destination by name. A delivery is a session:
 * batches one after another, then `finish`.
 */

/** One person: the hashed primary key, which stays here, and a finished cell for each of the part's columns; "" where there is none. */
export interface HashedMember {
  readonly key: string;
  readonly cells: readonly string[];
}

export type DeliveryMode = "mirror" | "add" | "remove" | "replace";

/** What is done to the people of a batch; `replace` makes the audience exactly those whom all of its batches name. */
export type DeliveryOperation = "remove" | "add" | "replace";

/** One part of what a mode is made of. */
export interface DeliveryStep {
  readonly operation: DeliveryOperation;
  /** When what was sent counts: with the answer to each batch, or only once the delivery is finished. */
  readonly counts: "with each batch" | "when finished";
}

export interface DestinationCapabilities {
  /** What each mode is made of, in the order of sending; a mode that is missing cannot be had. */
  readonly modes: Readonly<Partial<Record<DeliveryMode, readonly DeliveryStep[]>>>;
  /** Most people in a batch. */
  readonly batchSize: number;
  /** Days after which the platform forgets a member who was not sent again. */
  readonly membershipDays: number | undefined;
  /** Whether the platform reviews the names of audiences and closes those that hint at health or money. */
  readonly reviewsNames: boolean;
  /** Whether `find` looks for the audience by its id, so that one that is not found is gone. A file's id is for its reader. */
  readonly findsById: boolean;
}

/** The audience that an export means. */
export interface Audience {
  readonly exportName: string;
  readonly name: string;
  readonly description: string;
  readonly label: string | undefined;
  /** The platform's own id: declared, or remembered since it was made. */
  readonly id: string | undefined;
  /** Whether a missing one may be made. */
  readonly create: boolean;
  /** By which an audience that was made for this export is found again, such as `retain/shop/dev/winback`. */
  readonly marker: string;
  /** Identifier keys in the platform's own words, such as EMAIL, PHONE, MADID; one may stand several times. */
  readonly columns: readonly string[];
}

/** What a platform knows of an audience, read without changing anything. */
export interface AudienceState {
  readonly exists: boolean;
  readonly id: string | undefined;
  /** Whether it shows that this export was delivered to it before. */
  readonly wasDelivered: boolean;
  /** Matched people, as far as the platform tells. */
  readonly size: { readonly least: number; readonly most: number } | undefined;
  /** The platform's words for the state that it is in. */
  readonly condition: string | undefined;
}

/** One thing that was looked at before anything is sent. */
export interface CheckItem {
  readonly what: string;
  readonly outcome: "ok" | "warning" | "failed";
  readonly detail: string;
  /** The next step, where something is not as it must be. */
  readonly advice?: string | undefined;
}

export interface DeliveryPart extends DeliveryStep {
  /** Those of the audience, and for removals also others by which people were sent earlier. */
  readonly columns: readonly string[];
  /** How many people all batches of the part hold. */
  readonly people: number;
}

export interface Delivery {
  readonly audience: Audience;
  readonly mode: DeliveryMode;
  readonly runId: string;
  readonly parts: readonly DeliveryPart[];
  /** What `agreeOnSchema` has said. */
  readonly schema: string;
}

export interface Batch {
  /** Unique, and the same when the batch is sent again after a failure: a key to recognise repetitions by. */
  readonly id: string;
  readonly operation: DeliveryOperation;
  readonly members: readonly HashedMember[];
  /** Whether it is the last of its part. */
  readonly isLast: boolean;
}

/** What the platform answered to a batch. Never the identifiers that it did not like. */
export interface Receipt {
  /** By which `confirm` can ask later what became of the batch. */
  readonly reference?: string | undefined;
  readonly received?: number | undefined;
  readonly invalid?: number | undefined;
  readonly warnings?: readonly string[] | undefined;
}

export interface DeliveredFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly operation: "add" | "remove";
}

/** The end of a delivery. */
export interface Finish {
  readonly files: readonly DeliveredFile[];
  /** By which `confirm` can ask later whether those are out whom a replacement leaves out. */
  readonly reference?: string | undefined;
}

export interface DeliverySession {
  /** The platform's id of the audience, where it has ids. */
  readonly audienceId: string | undefined;
  /** Sends one batch, with as many attempts as it takes. Throws a DeliveryError. */
  send(batch: Batch): Promise<Receipt>;
  /** Ends the delivery: from here on everything sent counts. */
  finish(): Promise<Finish>;
  /** Gives up. What counts only when finished leaves no trace. */
  abort(): Promise<void>;
}

/** What became of a batch that the platform works on after its answer. */
export interface Confirmation {
  readonly outcome: "done" | "refused" | "pending";
  readonly invalid?: number | undefined;
  readonly detail?: string | undefined;
}

export interface Destination {
  readonly type: string;
  /** Whose rules identifiers are normalised and hashed by. */
  readonly platform: string;
  readonly capabilities: DestinationCapabilities;
  /** All reasons why these identifier keys cannot be delivered; known without reading or sending anything. */
  problemsWith(columns: readonly string[]): readonly string[];
  /** The form in which these columns are sent. Some audiences keep for good the form of their first delivery, `settled`. */
  agreeOnSchema(columns: readonly string[], settled: string | undefined): { readonly schema: string } | { readonly problem: string; readonly advice: string };
  /** Looks at the audience and changes nothing. Throws a DeliveryError. */
  find(audience: Audience): Promise<AudienceState>;
  /** Tests whatever would stop a delivery: token, permission, terms, the audience's state. Changes nothing and does not throw. */
  check(audience: Audience): Promise<readonly CheckItem[]>;
  /** Finds or makes the audience and begins. Throws a DeliveryError. */
  open(delivery: Delivery): Promise<DeliverySession>;
  /** Takes away what lies here of an audience that was delivered, where that is ours to take. */
  withdraw?(audience: Audience): Promise<void>;
  /** Asks what became of batches; `wait` until all is known, as long as the destination's settings allow. */
  confirm?(references: readonly string[], wait: boolean): Promise<ReadonlyMap<string, Confirmation>>;
}

/**
 * `too_much`: a smaller batch may go through. `refused`: somebody has to do something first, `advice` says what. `unreachable`:
 * all attempts failed, later may be better. `interrupted`: the person in front of it wants to stop.
 */
export type DeliveryErrorKind = "too_much" | "refused" | "unreachable" | "interrupted";

/** Why a destination could not go on. Its message never holds a token or an identifier. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly kind: DeliveryErrorKind;
  readonly advice: string | undefined;

  constructor(kind: DeliveryErrorKind, message: string, advice?: string) {
    super(message);
    this.kind = kind;
    this.advice = advice;
  }
}
