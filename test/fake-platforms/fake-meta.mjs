/**
 * Meta's custom audiences as far as its documents tell: keeps the rules strictly, holds for each audience the identifiers
 * that find somebody, and answers as the Graph API does. Whatever retain must never send is refused as a whole request.
 */
import { createHmac } from "node:crypto";
import { FakePlatform } from "./fake-platform.mjs";
import { countPeople, problemWithAdvertisingId, problemWithHash } from "./identifier-rules.mjs";

const hashed = new Set(["EMAIL", "PHONE", "GEN", "DOBY", "DOBM", "DOBD", "LN", "FN", "FI", "CT", "ST", "ZIP", "COUNTRY"]);
const plain = new Set(["EXTERN_ID", "MADID", "APPUID", "PAGEUID", "LOOKALIKE_VALUE"]);
const options = new Set(["DATA_PROCESSING_OPTIONS", "DATA_PROCESSING_OPTIONS_COUNTRY", "DATA_PROCESSING_OPTIONS_STATE"]);
const findsSomebody = new Set(["EMAIL", "PHONE", "EXTERN_ID", "MADID", "APPUID", "PAGEUID"]);
const single = { EMAIL_SHA256: "EMAIL", PHONE_SHA256: "PHONE", MOBILE_ADVERTISER_ID: "MADID", EXTERN_ID: "EXTERN_ID" };
const mostRows = 10_000;
const sessionMs = 90 * 60_000;

/**
 * @typedef {object} FakeAudience
 * @property {string} id
 * @property {Record<string, any>} properties
 * @property {Set<string>} members `KEY=cell`
 * @property {"multi" | "single" | undefined} kind frozen by the first upload
 * @property {number} status its operation_status
 * @property {{ id: number, at: number, next: number, members: Set<string>, body: string } | undefined} replacement
 *
 * @typedef {object} FakeMetaOptions
 * @property {string} [token]
 * @property {string} [appSecret]
 * @property {string} [account]
 * @property {boolean} [accepted] whether the terms were accepted
 * @property {readonly string[]} [permissions]
 * @property {() => number} [now]
 */

class MetaError extends Error {
  /** @param {number} code @param {string} message @param {number} [subcode] @param {number} [status] */
  constructor(code, message, subcode, status = 400) {
    super(message);
    this.code = code;
    this.subcode = subcode;
    this.status = status;
  }
}

/** As Meta answers it. @param {number} code @param {string} message @param {number} [subcode] @param {number} [status] */
export function metaError(code, message, subcode, status = 400) {
  const error = { message, type: "OAuthException", code, ...(subcode !== undefined && { error_subcode: subcode }), fbtrace_id: "Afake" };
  return { status, body: { error } };
}

export class FakeMeta extends FakePlatform {
  /** @type {Map<string, FakeAudience>} */
  audiences = new Map();
  /** Called with each set of identifiers before it is added. @type {(identifiers: readonly string[]) => void} */
  onAdd = () => undefined;
  /** Its own time; tests may move it. @type {() => number} */
  now;
  /** @type {string} */
  token;
  accepted;
  permissions;
  #account;
  #appSecret;
  #nextId = 238000000000001;
  /** @type {Map<number, { next: number, at: number, received: number, isOver: boolean }>} */
  #sessions = new Map();

  /** @param {FakeMetaOptions} [options] */
  constructor({ token = "fake-meta-token", appSecret, account = "1234567890", accepted = true, permissions = ["ads_management"], now = Date.now } = {}) {
    super();
    this.token = token;
    this.#appSecret = appSecret;
    this.#account = account;
    this.accepted = accepted;
    this.permissions = permissions;
    this.now = now;
  }

  /** The members of the only audience, or of the one with the id; sorted. @param {string} [id] */
  members(id) {
    const audience = id === undefined ? [...this.audiences.values()].at(-1) : this.audiences.get(id);
    return [...(audience?.members ?? [])].sort();
  }

  /** @override @param {import("./fake-platform.mjs").FakeRequest} request */
  handle(request) {
    try {
      this.#authorize(request);
      return { body: this.#route(request) };
    } catch (error) {
      if (error instanceof MetaError) return metaError(error.code, error.message, error.subcode, error.status);
      throw error;
    }
  }

  /** @param {import("./fake-platform.mjs").FakeRequest} request */
  #authorize({ headers, query }) {
    if (query.has("access_token")) throw new MetaError(100, "The token must not be in the address");
    if (headers["authorization"] !== `Bearer ${this.token}`) throw new MetaError(190, "Error validating access token: Session has expired", 463, 401);
    if (this.#appSecret === undefined) return;
    const proof = createHmac("sha256", this.#appSecret).update(this.token).digest("hex");
    if (query.get("appsecret_proof") !== proof) throw new MetaError(100, "API calls from the server require an appsecret_proof argument");
  }

  /** @param {import("./fake-platform.mjs").FakeRequest} request */
  #route(request) {
    const [, version = "", id = "", edge = ""] = request.path.split("/");
    if (!/^v\d+\.\d+$/.test(version)) throw new MetaError(2500, "Unknown path components");
    const call = `${request.method} ${edge}`;
    if (id === "me" && call === "GET ") return { id: "900", name: "Retain system user" };
    if (id === "me" && call === "GET permissions") return { data: this.permissions.map((permission) => ({ permission, status: "granted" })) };
    if (id === `act_${this.#account}`) return this.#account_(call, request);
    const audience = this.audiences.get(id);
    if (!audience) throw new MetaError(100, `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions`, 33);
    if (call === "GET ") return this.#describe(audience);
    if (!this.accepted) throw this.#termsError();
    if (!this.permissions.includes("ads_management")) throw new MetaError(200, "Permissions error", undefined, 403);
    if ((audience.properties["subtype"] ?? "CUSTOM") !== "CUSTOM") throw new MetaError(100, "Invalid parameter");
    if (audience.status === 471) throw new MetaError(100, "Upload blocked", 1713230);
    if (call === "POST users") return this.#users(audience, "add", request);
    if (call === "DELETE users") return this.#users(audience, "remove", request);
    if (call === "POST usersreplace") return this.#replace(audience, request);
    throw new MetaError(100, "Unsupported request");
  }

  #termsError() {
    return new MetaError(200, "To use Custom Audiences, accept the Custom Audience Terms", 1870090, 403);
  }

  /** @param {string} call @param {import("./fake-platform.mjs").FakeRequest} request */
  #account_(call, { body, query }) {
    if (call === "GET ")
      return { id: `act_${this.#account}`, name: "Retain shop", account_status: 1, tos_accepted: this.accepted ? { custom_audience_tos: 1 } : {} };
    if (call === "GET customaudiences") {
      const all = [...this.audiences.values()].map((audience) => this.#describe(audience));
      const from = Number(query.get("after") ?? 0);
      const page = all.slice(from, from + 2);
      const isLast = from + 2 >= all.length;
      return { data: page, paging: { cursors: { after: String(from + 2) }, ...(!isLast && { next: "more" }) } };
    }
    if (call !== "POST customaudiences") throw new MetaError(100, "Unsupported request");
    if (!this.accepted) throw this.#termsError();
    if (!this.permissions.includes("ads_management")) throw new MetaError(200, "Permissions error", undefined, 403);
    if (body?.subtype !== "CUSTOM" || !body?.name || !body?.customer_file_source) throw new MetaError(100, "Invalid parameter");
    const id = String(this.#nextId++);
    this.audiences.set(id, { id, properties: body, members: new Set(), kind: undefined, status: 200, replacement: undefined });
    return { id };
  }

  /** @param {FakeAudience} audience */
  #describe({ id, properties, members, status }) {
    const people = countPeople(members);
    const size = people < 3 ? -1 : people;
    return {
      id,
      name: properties["name"],
      description: properties["description"],
      subtype: properties["subtype"],
      operation_status: { code: status, description: status === 200 ? "Normal." : "Flagged." },
      approximate_count_lower_bound: size,
      approximate_count_upper_bound: size,
    };
  }

  /** @param {FakeAudience} audience @param {"add" | "remove"} action @param {import("./fake-platform.mjs").FakeRequest} request */
  #users(audience, action, { body }) {
    if (audience.replacement && this.now() - audience.replacement.at < sessionMs) throw new MetaError(2650, "Update in progress", 1870145);
    const { session } = body ?? {};
    const known = this.#sessions.get(session?.session_id);
    this.#checkSession(session, known);
    const rows = this.#rows(audience, body?.payload);
    const state = known ?? { next: 1, at: this.now(), received: 0, isOver: false };
    this.#sessions.set(session.session_id, state);
    state.next++;
    state.received += rows.length;
    state.isOver = session.last_batch_flag === true;
    for (const identifiers of rows) this.#apply(audience.members, action, identifiers);
    return {
      audience_id: audience.id,
      session_id: String(session.session_id),
      num_received: state.received,
      num_invalid_entries: 0,
      invalid_entry_samples: [],
    };
  }

  /** @param {any} session @param {{ next: number, at: number, isOver: boolean } | undefined} known */
  #checkSession(session, known) {
    if (!Number.isSafeInteger(session?.session_id) || session.session_id < 1) throw new MetaError(100, "Invalid session_id");
    if (known && this.now() - known.at > sessionMs) throw new MetaError(2650, "Session timed out", 1870158);
    if (known?.isOver) throw new MetaError(2650, "Session already finished", 1870159);
    if (session.batch_seq !== (known?.next ?? 1)) {
      throw known
        ? new MetaError(2650, `Wrong batch_seq ${session.batch_seq}, expected ${known.next}`, 1870148)
        : new MetaError(2650, "First batch_seq is not 1", 1870147);
    }
  }

  /** @param {FakeAudience} audience @param {import("./fake-platform.mjs").FakeRequest} request */
  #replace(audience, { body }) {
    const { session } = body ?? {};
    const text = JSON.stringify(body);
    let current = audience.replacement;
    if (current && this.now() - current.at > sessionMs) {
      audience.replacement = undefined;
      current = undefined;
      if (session?.batch_seq !== 1) throw new MetaError(2650, "Session timed out", 1870158);
    }
    if (current && current.id !== session?.session_id) throw new MetaError(2650, "Update in progress", 1870145);
    // The same batch once more, because its answer was lost.
    if (current && current.body === text) return { account_id: this.#account, session_id: String(session.session_id), num_received: 0, num_invalid_entries: 0 };
    if (!current && session?.batch_seq !== 1) throw new MetaError(2650, "First batch_seq is not 1", 1870147);
    if (current && session?.batch_seq !== current.next) throw new MetaError(2650, "Partial failure", 1870148);
    const rows = this.#rows(audience, body?.payload);
    current ??= { id: session.session_id, at: this.now(), next: 1, members: new Set(), body: "" };
    audience.replacement = current;
    current.next++;
    current.body = text;
    for (const identifiers of rows) this.#apply(current.members, "add", identifiers);
    if (session.last_batch_flag === true) {
      audience.members = current.members;
      audience.replacement = undefined;
    }
    return { account_id: this.#account, session_id: String(session.session_id), num_received: rows.length, num_invalid_entries: 0, invalid_entry_samples: [] };
  }

  /** The identifiers of each row that find somebody. @param {FakeAudience} audience @param {any} payload @returns {string[][]} */
  #rows(audience, payload) {
    const { schema, data } = payload ?? {};
    const kind = Array.isArray(schema) ? "multi" : "single";
    if (audience.kind !== undefined && audience.kind !== kind) {
      throw new MetaError(
        2650,
        "Your audience was created from data source FILE_IMPORTED.MULTI_HASHES, which does not support FILE_IMPORTED.HASHES_OR_USER_IDS",
      );
    }
    if (!Array.isArray(data) || data.length === 0) throw new MetaError(100, "Invalid parameter: data");
    if (data.length > mostRows) throw new MetaError(100, `Too many users: ${data.length}, at most ${mostRows}`);
    const keys = kind === "multi" ? schema : [/** @type {Record<string, string>} */ (single)[schema]];
    const unknown = keys.find((/** @type {string} */ key) => !hashed.has(key) && !plain.has(key) && !options.has(key));
    if (unknown !== undefined || keys.includes(undefined)) throw new MetaError(100, `Invalid schema: ${schema}`);
    const rows = data.map((row) => this.#row(keys, kind === "multi" ? row : [row]));
    audience.kind = kind;
    return rows;
  }

  /** @param {string[]} keys @param {any} cells @returns {string[]} */
  #row(keys, cells) {
    if (!Array.isArray(cells) || cells.length !== keys.length) throw new MetaError(100, "A row has not as many cells as the schema has keys");
    const identifiers = [];
    for (const [i, key] of keys.entries()) {
      const cell = cells[i];
      if (cell === "" || options.has(key)) continue;
      const problem = hashed.has(key) ? problemWithHash(key, cell) : key === "MADID" ? problemWithAdvertisingId(cell) : undefined;
      if (problem !== undefined) throw new MetaError(100, `Invalid parameter: ${key} ${problem}: ${cell}`);
      if (findsSomebody.has(key)) identifiers.push(`${key}=${cell}`);
    }
    if (identifiers.length === 0) throw new MetaError(100, "A row finds nobody");
    return identifiers;
  }

  /** @param {Set<string>} members @param {"add" | "remove"} action @param {readonly string[]} identifiers */
  #apply(members, action, identifiers) {
    if (action === "add") this.onAdd(identifiers);
    for (const identifier of identifiers) {
      if (action === "add") members.add(identifier);
      else members.delete(identifier);
    }
  }
}
