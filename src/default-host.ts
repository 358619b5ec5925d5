/**
 * The parts of a host that the command line and the programmatic API share: the clock and the concrete adapters. The only
 * file that names an adapter; heavy ones are loaded when they are first needed.
 */
import { randomUUID } from "node:crypto";
import { duckdbDialect } from "./adapters/duckdb/dialect.ts";
import type { Host } from "./session/host.ts";

/** Each host is an invocation of its own. */
export function defaultHost(): Pick<Host, "dialect" | "invocation" | "now" | "loadEngine" | "loadKyselyDialect"> {
  return {
    dialect: duckdbDialect,
    invocation: { invocationId: randomUUID(), startedAt: new Date().toISOString() },
    now: () => new Date(),
    loadEngine: async () => (await import("./adapters/duckdb/engine.ts")).duckdbEngine,
    loadKyselyDialect: async () => (await import("./adapters/duckdb/kysely-dialect.ts")).createKyselyDialect,
  };
}
