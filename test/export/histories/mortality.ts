/** A process that dies at a statement of its state database: from then on it does nothing any more, and what was not committed is gone. */
import { Kysely } from "kysely";
import { createKyselyDialect } from "../../../src/adapters/duckdb/kysely-dialect.ts";
import type { Connection } from "../../../src/ports/engine.ts";
import type { State } from "../../../src/run/state/open-state.ts";

export class Death extends Error {}

export class Mortality {
  private left: number;

  /** `statements` that it lives for; for good where nothing is said. */
  constructor(statements: number | undefined) {
    this.left = statements ?? Number.POSITIVE_INFINITY;
  }

  readonly wrap = (real: State): State => {
    const live = () => {
      if (this.left-- <= 0) throw new Death("the process died");
    };
    const connection: Connection = {
      ...real.connection,
      execute: async (sql) => {
        live();
        return real.connection.execute(sql);
      },
      query: async (sql, parameters) => {
        live();
        return real.connection.query(sql, parameters);
      },
    };
    return { ...real, connection, db: new Kysely({ dialect: createKyselyDialect(connection) }) };
  };
}
