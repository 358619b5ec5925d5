/**
 * Sends people to an audience on Meta. Additions and removals go in sessions of batches counted from 1; a session must be
 * over within 90 minutes and a batch that may or may not have arrived must not break the count, so that both begin a new
 * session. A replacement is one session from its first batch to its last, and what was not finished counts for nothing.
 */
import { randomInt } from "node:crypto";
import type { Clock } from "../../ports/clock.ts";
import { type Batch, DeliveryError, type DeliveryPart, type DeliverySession, type Finish, type Receipt } from "../../ports/destination.ts";
import type { MetaApi } from "./meta-api.ts";
import { dataRows, schemaOf } from "./meta-payload.ts";
import type { MetaSettings } from "./meta-settings.ts";

/** Sessions are closed long before Meta would end them; one that waited too long for its next batch is left to that. */
const closeAfterMs = 30 * 60_000;
const leaveAfterMs = 60 * 60_000;

interface Session {
  readonly id: number;
  readonly begunAt: number;
  sequence: number;
  /** What Meta says it received so far. */
  received: number;
}

interface SessionContext {
  readonly api: MetaApi;
  readonly settings: MetaSettings;
  readonly clock: Clock;
  readonly audienceId: string;
  readonly parts: readonly DeliveryPart[];
  readonly schema: string;
}

export class MetaSession implements DeliverySession {
  private readonly context: SessionContext;
  private readonly open = new Map<Batch["operation"], Session>();
  private isReplaced = false;

  constructor(context: SessionContext) {
    this.context = context;
  }

  get audienceId(): string {
    return this.context.audienceId;
  }

  async send({ operation, members, isLast }: Batch): Promise<Receipt> {
    const { api, audienceId, parts } = this.context;
    const part = parts.find((candidate) => candidate.operation === operation);
    if (!part) throw new Error(`nothing to ${operation} was announced`);
    const data = dataRows(
      this.context.schema,
      this.context.settings,
      part.columns,
      members.map(({ cells }) => cells),
    );
    let session: Session | undefined;
    let endsSession = false;
    const build = (attempt: number) => {
      session = this.session(operation, attempt > 1);
      endsSession = isLast || (operation !== "replace" && this.age(session) > closeAfterMs);
      return { body: this.body(session, endsSession, part, data), data };
    };
    const path = `/${audienceId}/${operation === "replace" ? "usersreplace" : "users"}`;
    const answer = await api.users(operation === "remove" ? "DELETE" : "POST", path, build);
    if (!session) throw new Error("nothing was sent");
    session.sequence++;
    if (endsSession) this.open.delete(operation);
    if (operation === "replace" && isLast) this.isReplaced = true;
    const before = session.received;
    session.received = answer.num_received ?? before + members.length;
    return { received: session.received - before, invalid: answer.num_invalid_entries };
  }

  async finish(): Promise<Finish> {
    if (this.context.parts.some(({ operation }) => operation === "replace") && !this.isReplaced) {
      throw new DeliveryError("refused", "Meta cannot replace an audience with nobody", "use `mode: mirror`, which removes people one by one");
    }
    return { files: [] };
  }

  /** A session that is not finished ends by itself. */
  async abort(): Promise<void> {
    this.open.clear();
  }

  private body(session: Session, isEnd: boolean, part: DeliveryPart, data: readonly unknown[]) {
    const { app_ids, page_ids } = this.context.settings;
    return {
      session: { session_id: session.id, batch_seq: session.sequence, last_batch_flag: isEnd, estimated_num_total: part.people },
      payload: {
        schema: schemaOf(this.context.schema, this.context.settings, part.columns),
        ...(part.columns.includes("APPUID") && app_ids && { app_ids }),
        ...(part.columns.includes("PAGEUID") && page_ids && { page_ids }),
        data,
      },
    };
  }

  /** Called when the batch is about to go: waiting counts, too. */
  private session(operation: Batch["operation"], mayHaveArrived: boolean): Session {
    const current = this.open.get(operation);
    if (!current) return this.begin(operation);
    if (operation === "replace" || !(mayHaveArrived || this.age(current) > leaveAfterMs)) return current;
    return this.begin(operation);
  }

  private begin(operation: Batch["operation"]): Session {
    // 48 random bits: below what a JSON number holds exactly, and unlike any other session of the ad account.
    const session = { id: randomInt(1, 2 ** 48 - 1), begunAt: this.context.clock.now().getTime(), sequence: 1, received: 0 };
    this.open.set(operation, session);
    return session;
  }

  private age({ begunAt }: Session): number {
    return this.context.clock.now().getTime() - begunAt;
  }
}
