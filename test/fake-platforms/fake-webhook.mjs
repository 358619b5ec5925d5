/** A receiver of webhooks as its author should write one: checks the signature and its age, counts repetitions once. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { FakePlatform } from "./fake-platform.mjs";

const oldestMs = 5 * 60_000;

export class FakeWebhook extends FakePlatform {
  /** @type {Set<string>} `KEY=cell` */
  members = new Set();
  /** Called with each set of identifiers before it is added. @type {(identifiers: readonly string[]) => void} */
  onAdd = () => undefined;
  /** @type {number} most people in a batch */
  most = 10_000;
  now;
  #secret;
  /** @type {Map<string, any>} answers by idempotency key */
  #answered = new Map();
  /** @type {{ delivery: string, members: Set<string> } | undefined} */
  #replacement;

  /** @param {{ secret?: string, now?: () => number }} [options] */
  constructor({ secret = "a-secret-of-the-tests", now = Date.now } = {}) {
    super();
    this.#secret = secret;
    this.now = now;
  }

  /** @override @param {import("./fake-platform.mjs").FakeRequest} request */
  handle({ headers, text, body }) {
    if (!this.#isGenuine(String(headers["retain-signature"]), text)) return { status: 401, body: { error: "wrong signature" } };
    const key = String(headers["idempotency-key"]);
    const earlier = this.#answered.get(key);
    if (earlier) return { body: earlier };
    if (body.event === "audience.check") return {};
    if (body.event === "audience.finished") {
      const { delivery, members = new Set() } = this.#replacement ?? {};
      if (body.mode === "replace") this.members = delivery === body.delivery ? members : new Set();
      this.#replacement = undefined;
      this.#answered.set(key, {});
      return {};
    }
    if (body.members.length > this.most) return { status: 413, body: { error: "too many" } };
    for (const cells of body.members) this.#apply(body, cells);
    const answer = { received: body.members.length, invalid: 0 };
    this.#answered.set(key, answer);
    return { body: answer };
  }

  /** @param {string} signature @param {string} text */
  #isGenuine(signature, text) {
    const [, at = "", hex = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    if (Math.abs(this.now() - Number(at) * 1000) > oldestMs) return false;
    const own = createHmac("sha256", this.#secret).update(`${at}.${text}`).digest();
    return timingSafeEqual(own, Buffer.from(hex.padEnd(64, "0"), "hex"));
  }

  /** @param {any} body @param {readonly string[]} cells */
  #apply({ operation, columns, delivery }, cells) {
    const identifiers = cells.flatMap((cell, i) => (cell === "" ? [] : [`${columns[i]}=${cell}`]));
    // What another delivery has left half done is forgotten.
    if (operation === "replace" && this.#replacement?.delivery !== delivery) this.#replacement = { delivery, members: new Set() };
    const set = operation === "replace" ? (this.#replacement?.members ?? new Set()) : this.members;
    if (operation !== "remove") this.onAdd(identifiers);
    for (const identifier of identifiers) {
      if (operation === "remove") set.delete(identifier);
      else set.add(identifier);
    }
  }
}
