/** Lets Kysely build and run queries on a Connection. DuckDB understands the PostgreSQL spelling that Kysely writes. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type { Connection } from "../../ports/engine.ts";

export function createKyselyDialect(connection: Connection): Dialect {
  const one: DatabaseConnection = {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const { rows } = await connection.query(sql, parameters);
      return { rows: rows as unknown as R[] };
    },
    streamQuery: () => {
      throw new Error("the state database is read whole");
    },
  };
  return {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () => ({
      init: async () => undefined,
      acquireConnection: async () => one,
      beginTransaction: () => connection.execute("begin transaction"),
      commitTransaction: () => connection.execute("commit"),
      rollbackTransaction: () => connection.execute("rollback"),
      releaseConnection: async () => undefined,
      destroy: async () => undefined,
    }),
  };
}
