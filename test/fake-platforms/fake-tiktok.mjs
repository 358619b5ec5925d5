/** TikTok's segments as far as is known: answers 200 with a code, holds for each segment who is mapped to it. */
import { FakePlatform } from "./fake-platform.mjs";
import { problemWithHash } from "./identifier-rules.mjs";

const schemas = new Set(["EMAIL_SHA256", "PHONE_SHA256", "IDFA_SHA256", "GAID_SHA256", "AAID_SHA256"]);
const mostRows = 10_000;

/** As TikTok answers it. @param {number} code @param {string} message */
export function tiktokError(code, message) {
  return { body: { code, message, request_id: "fake" } };
}

export class FakeTiktok extends FakePlatform {
  /** @type {Map<string, { name: string, members: Set<string> }>} */
  segments = new Map();
  /** Called with each set of identifiers before it is added. @type {(identifiers: readonly string[]) => void} */
  onAdd = () => undefined;
  token = "fake-tiktok-token";
  #advertiser = "7000000000000000001";
  #nextId = 9001;

  /** The members of the newest segment, or of the one that is called so; sorted. @param {string} [name] */
  members(name) {
    const all = [...this.segments.values()];
    const segment = name === undefined ? all.at(-1) : all.find((candidate) => candidate.name === name);
    return [...(segment?.members ?? [])].sort();
  }

  /** @override @param {import("./fake-platform.mjs").FakeRequest} request */
  handle({ method, path, headers, query, body }) {
    if (headers["access-token"] !== this.token) return tiktokError(40105, "Access token is incorrect or has been revoked.");
    const advertisers = body?.advertiser_ids ?? [body?.advertiser_id ?? query.get("advertiser_id")];
    if (advertisers.length !== 1 || advertisers[0] !== this.#advertiser) return tiktokError(40001, "No permission to operate advertiser");
    const call = `${method} ${path.replace("/open_api/v1.3", "")}`;
    if (call === "GET /dmp/custom_audience/list/") return this.#list(Number(query.get("page")));
    if (call === "POST /segment/audience/") return this.#create(body);
    if (call === "POST /segment/mapping/") return this.#map(body);
    return tiktokError(40006, "Path not found");
  }

  /** @param {number} page */
  #list(page) {
    const all = [...this.segments].map(([id, { name, members }]) => ({ audience_id: id, name, is_valid: true, cover_num: members.size }));
    const total = Math.max(1, Math.ceil(all.length / 2));
    return { body: { code: 0, message: "OK", data: { list: all.slice((page - 1) * 2, page * 2), page_info: { page, total_page: total } } } };
  }

  /** @param {any} body */
  #create(body) {
    if (body.action !== "create" || !body.custom_audience_name) return tiktokError(40002, "Parameter error");
    const id = String(this.#nextId++);
    this.segments.set(id, { name: body.custom_audience_name, members: new Set() });
    return { body: { code: 0, message: "OK", data: { audience_id: id } } };
  }

  /** @param {any} body */
  #map({ action, id_schema: schema, batch_data: rows }) {
    if (!["add", "delete"].includes(action)) return tiktokError(40002, "action is not valid");
    if (!Array.isArray(schema) || schema.length === 0 || schema.some((key) => !schemas.has(key))) return tiktokError(40002, "id_schema is not valid");
    if (!Array.isArray(rows) || rows.length === 0) return tiktokError(40002, "batch_data is empty");
    if (rows.length > mostRows) return tiktokError(40002, "batch_data exceeds the maximum");
    const changes = [];
    for (const row of rows) {
      if (!Array.isArray(row) || row.length !== schema.length) return tiktokError(40002, "a row has not as many places as id_schema");
      const filled = row.flatMap((cell, i) => (Object.keys(cell).length === 0 ? [] : [{ key: schema[i].replace("_SHA256", ""), ...cell }]));
      if (filled.length === 0) return tiktokError(40002, "a row is empty");
      for (const { key, id, audience_ids: ids } of filled) {
        const problem = problemWithHash(key, id);
        if (problem !== undefined) return tiktokError(40002, `${key} ${problem}: ${id}`);
        if (ids?.length !== 1 || !this.segments.has(ids[0])) return tiktokError(40002, "audience_ids is not valid");
      }
      changes.push({ segment: filled[0].audience_ids[0], identifiers: filled.map(({ key, id }) => `${key}=${id}`) });
    }
    for (const { segment, identifiers } of changes) this.#apply(segment, action, identifiers);
    return { body: { code: 0, message: "OK", data: {} } };
  }

  /** @param {string} id @param {"add" | "delete"} action @param {readonly string[]} identifiers */
  #apply(id, action, identifiers) {
    if (action === "add") this.onAdd(identifiers);
    for (const identifier of identifiers) {
      if (action === "add") this.segments.get(id)?.members.add(identifier);
      else this.segments.get(id)?.members.delete(identifier);
    }
  }
}
