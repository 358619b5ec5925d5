/**
 * What the fake platforms share: an HTTP server on this machine, faults that happen when they are scripted, and a log of
 * requests for tests to read. A fault may strike before the request is carried out or after it, when only the answer is lost.
 */
import { createServer } from "node:http";

/**
 * @typedef {object} FakeRequest
 * @property {string} method
 * @property {string} path without the query
 * @property {URLSearchParams} query
 * @property {Record<string, string | string[] | undefined>} headers
 * @property {any} body
 * @property {string} text
 *
 * @typedef {object} FakeAnswer
 * @property {number} [status]
 * @property {any} [body] sent as JSON unless it is text
 * @property {Record<string, string>} [headers]
 *
 * @typedef {object} Fault
 * @property {(request: FakeRequest) => boolean} [on] which requests it strikes; all that change something, where nothing is said
 * @property {number} [times] how often; once, where nothing is said
 * @property {FakeAnswer} [answer] instead of the platform's own
 * @property {"before" | "after"} [drop] breaks the connection before the request is carried out, or after it
 * @property {"before" | "after"} [hang] never answers
 * @property {boolean} [slowBody] sends the head of the answer and half of the body, then nothing more
 */

export class FakePlatform {
  /** @type {Fault[]} */
  faults = [];
  /** @type {FakeRequest[]} */
  requests = [];
  /** Called when somebody begins to wait for an answer that will not come. @type {() => void} */
  onHang = () => {};
  /** @type {import("node:http").Server | undefined} */
  #server;

  /** What the platform does with a request; the platforms override it.
   * @param {FakeRequest} _request
   * @returns {FakeAnswer | Promise<FakeAnswer>} */
  handle(_request) {
    return { status: 404 };
  }

  /** Starts on a free port, or on the given one. @param {number} [port] @returns {Promise<string>} the base address */
  async start(port = 0) {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error) => {
        response.writeHead(500, { "content-type": "text/plain" });
        response.end(`the fake platform itself failed: ${error instanceof Error ? error.stack : error}`);
      });
    });
    // An idle connection that is closed just when it is used again would be one more fault, and nobody scripted it.
    this.#server.keepAliveTimeout = 0;
    await new Promise((resolve) => this.#server?.listen(port, "127.0.0.1", () => resolve(undefined)));
    const address = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    return `http://127.0.0.1:${address.port}`;
  }

  async stop() {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** @param {import("node:http").IncomingMessage} incoming @param {import("node:http").ServerResponse} response */
  async #serve(incoming, response) {
    const request = await readRequest(incoming);
    this.requests.push(request);
    const fault = this.#strike(request);
    if (fault?.drop === "before") return incoming.socket.destroy();
    if (fault?.hang === "before") return this.onHang();
    const answer = fault?.answer ?? (await this.handle(request));
    if (fault?.drop === "after") return incoming.socket.destroy();
    if (fault?.hang === "after") return this.onHang();
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {});
    const type = typeof answer.body === "string" ? "text/html" : "application/json";
    response.writeHead(answer.status ?? 200, { "content-type": type, ...answer.headers });
    if (fault?.slowBody) {
      response.write(text.slice(0, Math.ceil(text.length / 2)), () => this.onHang());
      return;
    }
    response.end(text);
  }

  /** @param {FakeRequest} request */
  #strike(request) {
    const at = this.faults.findIndex(({ on = changes }) => on(request));
    const fault = this.faults[at];
    if (!fault) return undefined;
    const left = (fault.times ?? 1) - 1;
    if (left > 0) this.faults[at] = { ...fault, times: left };
    else this.faults.splice(at, 1);
    return fault;
  }
}

/** @param {FakeRequest} request */
function changes({ method }) {
  return method !== "GET";
}

/** @param {import("node:http").IncomingMessage} incoming @returns {Promise<FakeRequest>} */
async function readRequest(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  let body;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { method: incoming.method ?? "GET", path: url.pathname, query: url.searchParams, headers: incoming.headers, body, text };
}
