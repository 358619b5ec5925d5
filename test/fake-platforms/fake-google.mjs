/**
 * Google's Data Manager API as far as its reference tells, with the service account's tokens: keeps the rules strictly, holds
 * for each list who is in it and since when, and works on requests later where that is scripted.
 */
import { createPublicKey, createVerify, generateKeyPairSync, randomUUID } from "node:crypto";
import { FakePlatform } from "./fake-platform.mjs";
import { countPeople, problemWithAdvertisingId, problemWithHash } from "./identifier-rules.mjs";

const mostMembers = 10_000;
const scope = "https://www.googleapis.com/auth/datamanager";

/**
 * @typedef {object} FakeList
 * @property {string} id
 * @property {Record<string, any>} properties
 * @property {Map<string, number>} members `KEY=cell` to when it was last added
 *
 * @typedef {"SUCCESS" | "PARTIAL_SUCCESS" | "FAILED"} Outcome
 */

class GoogleError extends Error {
  /** @param {number} code @param {string} status @param {string} message @param {object[]} [details] */
  constructor(code, status, message, details = []) {
    super(message);
    this.answer = googleError(code, status, message, details);
  }
}

/** As Google answers it. @param {number} code @param {string} status @param {string} message @param {object[]} [details] */
export function googleError(code, status, message, details = []) {
  return { status: code, body: { error: { code, status, message, details } } };
}

/** @param {string} reason */
export function errorInfo(reason) {
  return { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "datamanager.googleapis.com" };
}

/** @param {string} field @param {string} reason */
function violation(field, reason) {
  return { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field, description: "not valid", reason }] };
}

export class FakeGoogle extends FakePlatform {
  /** @type {Map<string, FakeList>} */
  lists = new Map();
  /** Called with each set of identifiers before it is added. @type {(identifiers: readonly string[]) => void} */
  onAdd = () => undefined;
  accepted = true;
  /** How often a status says that the request is worked on. */
  slowness = 0;
  /** What becomes of the next requests; of all others nothing bad. @type {Outcome[]} */
  outcomes = [];
  now;
  #account;
  #keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  #url = "";
  #nextId = 7001;
  /** @type {Map<string, number>} */
  #tokens = new Map();
  /** @type {Map<string, { outcome: Outcome, polls: number }>} */
  #statuses = new Map();

  /** @param {{ account?: string, now?: () => number }} [options] */
  constructor({ account = "1234567890", now = Date.now } = {}) {
    super();
    this.#account = account;
    this.now = now;
  }

  /** @override @param {number} [port] */
  async start(port) {
    this.#url = await super.start(port);
    return this.#url;
  }

  /** The key file of its service account. */
  credentials() {
    return JSON.stringify({
      type: "service_account",
      client_email: "retain@shop.iam.gserviceaccount.com",
      private_key: this.#keys.privateKey,
      private_key_id: "key-1",
      token_uri: `${this.#url}/token`,
    });
  }

  /** The members of the only list, or of the one with the id; sorted. @param {string} [id] */
  members(id) {
    const list = id === undefined ? [...this.lists.values()].at(-1) : this.lists.get(id);
    return list === undefined ? [] : [...this.#live(list).keys()].sort();
  }

  /** Forgets who was added longer ago than the list keeps its members. @param {FakeList} list */
  #live({ properties, members }) {
    const longest = Number.parseInt(properties["membershipDuration"], 10) * 1000;
    for (const [identifier, at] of members) if (this.now() - at > longest) members.delete(identifier);
    return members;
  }

  /** Ends all tokens. */
  expireTokens() {
    this.#tokens.clear();
  }

  /** @override @param {import("./fake-platform.mjs").FakeRequest} request */
  handle(request) {
    const headers = { date: new Date(this.now()).toUTCString() };
    try {
      if (request.path === "/token") return { ...this.#token(new URLSearchParams(request.text)), headers };
      this.#authorize(request.headers["authorization"]);
      return { body: this.#route(request), headers };
    } catch (error) {
      if (error instanceof GoogleError) return { ...error.answer, headers };
      throw error;
    }
  }

  /** @param {URLSearchParams} form */
  #token(form) {
    const [header = "", claim = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    const isSigned = createVerify("RSA-SHA256").update(`${header}.${claim}`).verify(createPublicKey(this.#keys.publicKey), signature, "base64url");
    const { iss, aud, exp, scope: wanted } = JSON.parse(Buffer.from(claim, "base64url").toString() || "{}");
    const isValid = isSigned && iss === "retain@shop.iam.gserviceaccount.com" && aud === `${this.#url}/token` && wanted === scope && exp * 1000 > this.now();
    if (!isValid || form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer") return { status: 400, body: { error: "invalid_grant" } };
    const token = `ya29.${randomUUID()}`;
    this.#tokens.set(token, this.now() + 3_600_000);
    return { body: { access_token: token, expires_in: 3600, token_type: "Bearer" } };
  }

  /** @param {unknown} header */
  #authorize(header) {
    const until = this.#tokens.get(String(header).replace(/^Bearer /, ""));
    if (until === undefined || until < this.now()) throw new GoogleError(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
  }

  /** @param {import("./fake-platform.mjs").FakeRequest} request */
  #route({ method, path, query, body }) {
    const lists = `/v1/accountTypes/GOOGLE_ADS/accounts/${this.#account}/userLists`;
    if (method === "GET" && path === "/v1/requestStatus:retrieve") return this.#status(query.get("requestId") ?? "");
    if (method === "POST" && path === "/v1/audienceMembers:ingest") return this.#change("add", body);
    if (method === "POST" && path === "/v1/audienceMembers:remove") return this.#change("remove", body);
    if (method === "POST" && path === "/v1/audienceMembers:removeAll") return this.#removeAll(body);
    if (!path.startsWith(lists)) throw new GoogleError(403, "PERMISSION_DENIED", "The caller does not have permission");
    if (method === "GET" && path === lists) return this.#page(query);
    if (method === "POST" && path === lists) return this.#create(body);
    return this.#describe(this.#list(path.slice(lists.length + 1)));
  }

  /** @param {URLSearchParams} query */
  #page(query) {
    const all = [...this.lists.values()].map((list) => this.#describe(list));
    const from = Number(query.get("pageToken") ?? 0);
    const next = from + 2;
    return { userLists: all.slice(from, next), ...(next < all.length && { nextPageToken: String(next) }) };
  }

  /** @param {any} body */
  #create(body) {
    const keys = body?.ingestedUserListInfo?.uploadKeyTypes;
    if (!body?.displayName || !Array.isArray(keys) || !/^\d+s$/.test(body.membershipDuration) || Number.parseInt(body.membershipDuration, 10) % 86_400 !== 0) {
      throw new GoogleError(400, "INVALID_ARGUMENT", "The list is not valid");
    }
    if ([...this.lists.values()].some(({ properties }) => properties["displayName"] === body.displayName))
      throw new GoogleError(409, "ALREADY_EXISTS", "The name is taken");
    const id = String(this.#nextId++);
    const list = { id, properties: body, members: new Map() };
    this.lists.set(id, list);
    return this.#describe(list);
  }

  /** @param {FakeList} list */
  #describe(list) {
    const { id, properties } = list;
    const count = String(countPeople(this.#live(list).keys()));
    return { name: `userLists/${id}`, id, ...properties, sizeInfo: { displayNetworkMembersCount: count, searchNetworkMembersCount: count } };
  }

  /** @param {string} id */
  #list(id) {
    const list = this.lists.get(id);
    if (!list) throw new GoogleError(404, "NOT_FOUND", "The list was not found", [errorInfo("NOT_FOUND")]);
    return list;
  }

  /** @param {"add" | "remove"} action @param {any} body */
  #change(action, body) {
    const list = this.#destination(body);
    const members = body.audienceMembers;
    if (!Array.isArray(members) || members.length === 0) throw new GoogleError(400, "INVALID_ARGUMENT", "There are no members");
    if (members.length > mostMembers) throw new GoogleError(400, "INVALID_ARGUMENT", "Too many members", [errorInfo("TOO_MANY_AUDIENCE_MEMBERS")]);
    if (body.encoding !== "HEX") throw new GoogleError(400, "INVALID_ARGUMENT", "The encoding is missing");
    if (action === "add") {
      if (!this.accepted) throw new GoogleError(403, "FAILED_PRECONDITION", "Terms were not accepted", [errorInfo("TERMS_AND_CONDITIONS_NOT_SIGNED")]);
      if (body.termsOfService?.customerMatchTermsOfServiceStatus !== "ACCEPTED") throw new GoogleError(400, "INVALID_ARGUMENT", "The terms are missing");
      for (const consent of ["adUserData", "adPersonalization"]) {
        if (!/^CONSENT_(GRANTED|DENIED)$/.test(body.consent?.[consent])) throw new GoogleError(400, "INVALID_ARGUMENT", `${consent} is missing`);
      }
    }
    const kinds = new Set(members.map((member) => Object.keys(member).join()));
    const [wanted] = list.properties["ingestedUserListInfo"].uploadKeyTypes;
    if (kinds.size > 1 || !kinds.has(wanted === "MOBILE_ID" ? "mobileData" : "userData")) {
      throw new GoogleError(400, "INVALID_ARGUMENT", "One kind of data a request", [errorInfo("MULTIPLE_DATA_TYPES_NOT_ALLOWED")]);
    }
    const rows = members.map((member, i) => this.#member(member, `audience_members[${i}]`));
    if (body.validateOnly === true) return {};
    return this.#take(() => {
      for (const identifiers of rows) this.#apply(list, action, identifiers);
    });
  }

  /** Takes the request and carries it out, unless its outcome says otherwise. @param {() => void} carryOut */
  #take(carryOut) {
    const outcome = this.outcomes.shift() ?? "SUCCESS";
    if (outcome !== "FAILED") carryOut();
    const requestId = `request-${this.#statuses.size + 1}`;
    this.#statuses.set(requestId, { outcome, polls: this.slowness });
    return { requestId };
  }

  /** @param {any} body */
  #removeAll(body) {
    const list = this.#destination(body);
    const before = Date.parse(body.removeAsOfTime);
    if (Number.isNaN(before) || before > this.now() + 1000) throw new GoogleError(400, "INVALID_ARGUMENT", "removeAsOfTime must not be in the future");
    return this.#take(() => {
      for (const [identifier, at] of list.members) if (at < before) list.members.delete(identifier);
    });
  }

  /** @param {any} body */
  #destination(body) {
    const [destination, ...others] = body?.destinations ?? [];
    if (!destination || others.length > 0) throw new GoogleError(400, "INVALID_ARGUMENT", "One destination is wanted here");
    if (destination.operatingAccount?.accountId !== this.#account || destination.operatingAccount?.accountType !== "GOOGLE_ADS") {
      throw new GoogleError(403, "PERMISSION_DENIED", "The caller does not have permission");
    }
    return this.#list(destination.productDestinationId);
  }

  /** @param {any} member @param {string} place @returns {string[]} */
  #member(member, place) {
    const refuse = (/** @type {string} */ field, /** @type {string} */ reason) =>
      new GoogleError(400, "INVALID_ARGUMENT", "There was a problem with the request.", [violation(field, reason)]);
    if (member.mobileData) {
      const ids = member.mobileData.mobileIds ?? [];
      if (ids.length === 0 || ids.length > 10 || ids.some(problemWithAdvertisingId)) throw refuse(`${place}.mobile_data`, "INVALID_MOBILE_ID_FORMAT");
      return ids.map((/** @type {string} */ id) => `MADID=${id}`);
    }
    const identifiers = member.userData?.userIdentifiers ?? [];
    if (identifiers.length === 0 || identifiers.length > 10) throw refuse(`${place}.user_data`, "INVALID_NUMBER_OF_USER_IDENTIFIERS");
    return identifiers.map((/** @type {any} */ identifier, /** @type {number} */ i) => {
      const field = `${place}.user_data.user_identifiers[${i}]`;
      if (identifier.emailAddress !== undefined) {
        if (problemWithHash("EMAIL", identifier.emailAddress)) throw refuse(`${field}.email_address`, "INVALID_SHA256_FORMAT");
        return `EMAIL=${identifier.emailAddress}`;
      }
      if (identifier.phoneNumber !== undefined) {
        if (problemWithHash("PHONE", identifier.phoneNumber)) throw refuse(`${field}.phone_number`, "INVALID_SHA256_FORMAT");
        return `PHONE=${identifier.phoneNumber}`;
      }
      const { givenName, familyName, regionCode, postalCode } = identifier.address ?? {};
      if (problemWithHash("FN", givenName) || problemWithHash("LN", familyName)) throw refuse(`${field}.address`, "INVALID_SHA256_FORMAT");
      if (!/^[A-Z]{2}$/.test(regionCode) || !postalCode) throw refuse(`${field}.address`, "INVALID_COUNTRY_CODE");
      return `ADDRESS=${givenName} ${familyName} ${regionCode} ${postalCode}`;
    });
  }

  /** @param {FakeList} list @param {"add" | "remove"} action @param {readonly string[]} identifiers */
  #apply(list, action, identifiers) {
    if (action === "add") this.onAdd(identifiers);
    for (const identifier of identifiers) {
      if (action === "add") list.members.set(identifier, this.now());
      else list.members.delete(identifier);
    }
  }

  /** @param {string} requestId */
  #status(requestId) {
    const status = this.#statuses.get(requestId);
    if (!status) throw new GoogleError(404, "NOT_FOUND", "The request was not found");
    if (status.polls > 0) {
      status.polls--;
      return { requestStatusPerDestination: [{ requestStatus: "PROCESSING" }] };
    }
    const errorCounts = status.outcome === "SUCCESS" ? [] : [{ recordCount: "1", reason: "PROCESSING_ERROR_REASON_INVALID_USER_IDENTIFIER" }];
    return { requestStatusPerDestination: [{ requestStatus: status.outcome, ...(errorCounts.length > 0 && { errorInfo: { errorCounts } }) }] };
  }
}
