/**
 * Finds out columns and types of what unit tests' inputs stand for, without any relation of the warehouse: what is declared
 * is believed, files are looked into, and queries are described on empty tables with the types of what they read. Each is
 * done once a run, by whichever connection needs it first.
 */
import type { TypedColumn } from "../../compile/unit/compiled-unit-test.ts";
import type { Note } from "../../core/diagnostic.ts";
import { mapSql } from "../../core/mapped-text.ts";
import { quoteIdentifier } from "../../core/names.ts";
import type { PlannedShape, SeedLoad } from "../../plan/plan.ts";
import type { Dialect } from "../../ports/dialect.ts";
import type { Connection, ResultSet } from "../../ports/engine.ts";
import { mapEngineError } from "../map-error.ts";
import { inferenceQuery, seedText } from "../seed-sql.ts";

export type Description =
  | { readonly columns: readonly TypedColumn[] }
  /** Why nothing is known, and where that began. */
  | { readonly why: string; readonly help: string | undefined; readonly notes: readonly Note[] };

export type Describe = (id: string, connection: Connection) => Promise<Description>;

export function createDescriber(shapes: ReadonlyMap<string, PlannedShape>, dialect: Dialect): Describe {
  const described = new Map<string, Promise<Description>>();
  const standing = new Map<string, Promise<void>>();
  let schemas: Promise<void> | undefined;

  const describe: Describe = (id, connection) => once(described, id, () => find(id, connection));

  const find = async (id: string, connection: Connection): Promise<Description> => {
    const named = shapes.get(id);
    if (!named) return { why: "nothing is known of it", help: undefined, notes: [] };
    const { shape } = named;
    switch (shape.kind) {
      case "columns":
        return { columns: shape.columns };
      case "unknown":
        return { why: `${named.label}: ${shape.why}`, help: shape.help, notes: [{ message: `${named.label} is declared here`, span: named.span }] };
      case "seed":
        return describeSeed(shape.load, connection, dialect, named);
      case "files":
        return describeFiles(shape, connection, named);
      case "query":
        return describeQuery({ ...named, shape }, connection);
    }
  };

  const describeQuery = async (named: PlannedShape & { readonly shape: { readonly kind: "query" } }, connection: Connection): Promise<Description> => {
    const { sql, needs, declared } = named.shape;
    for (const parent of needs) {
      const below = await describe(parent, connection);
      if (!("columns" in below)) return declared ? { columns: declared } : below;
      await once(standing, parent, () => stand(parent, below.columns, connection));
    }
    const query = mapSql(undefined)`select * from (\n${sql}\n) as described limit 0`;
    try {
      return { columns: columnsOf(await connection.query(query.text)) };
    } catch (error) {
      if (declared) return { columns: declared };
      const found = mapEngineError(error, query, named.span);
      const notes = found.span ? [{ message: "the database stumbled here", span: found.span }] : [];
      return { why: `${named.label} cannot be described: ${found.message}`, help: "mend it, or declare all of its columns with a data_type", notes };
    }
  };

  const stand = async (id: string, columns: readonly TypedColumn[], connection: Connection): Promise<void> => {
    const relation = shapes.get(id)?.relation;
    if (!relation) return;
    schemas ??= createSchemas(connection);
    await schemas;
    const list = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`);
    await connection.execute(`create table ${relation.sql} (${list.join(", ")})`);
  };

  /** All at once, because two connections that create the same one would disturb each other. */
  const createSchemas = (connection: Connection): Promise<void> => {
    const names = new Set([...shapes.values()].map(({ relation }) => relation.schema));
    return connection.execute([...names].map((name) => `create schema ${quoteIdentifier(name)}`).join(";\n"));
  };
  return describe;
}

function once<T>(memory: Map<string, Promise<T>>, id: string, make: () => Promise<T>): Promise<T> {
  const known = memory.get(id);
  if (known) return known;
  const made = make();
  memory.set(id, made);
  return made;
}

export function columnsOf({ columns }: ResultSet): readonly TypedColumn[] {
  return columns.map(({ name, type }) => ({ name, type }));
}

/** Types that a seed does not declare are those that loading it would find. */
async function describeSeed(load: SeedLoad, connection: Connection, dialect: Dialect, named: PlannedShape): Promise<Description> {
  const isTyped = load.columns.every(({ type }) => type !== undefined);
  try {
    const inference = isTyped ? undefined : inferenceQuery(load, seedText(load, dialect));
    const row = inference ? ((await connection.query(inference.sql)).rows[0] ?? {}) : {};
    return { columns: load.columns.map(({ name, type }, i) => ({ name, type: type ?? inference?.choose(row, i) ?? "varchar" })) };
  } catch {
    const help = "declare a data_type for each of its columns, or mend the file";
    return { why: `the types of the seed "${load.name}" cannot be told from ${load.file}`, help, notes: [{ message: "the seed", span: named.span }] };
  }
}

async function describeFiles(
  { read, declared, isComplete }: Extract<PlannedShape["shape"], { readonly kind: "files" }>,
  connection: Connection,
  named: PlannedShape,
): Promise<Description> {
  try {
    const found = columnsOf(await connection.query(`select * from ${read} limit 0`));
    const types = new Map(declared.map((column) => [column.name.toLowerCase(), column]));
    return { columns: found.map((column) => types.get(column.name.toLowerCase()) ?? column) };
  } catch {
    if (isComplete) return { columns: declared };
    const help = "declare `columns` with a `data_type` each under the source's table";
    const why = `${named.label}: its files cannot be read here, and not all of its columns declare a data_type`;
    return { why, help, notes: [{ message: `${named.label} is declared here`, span: named.span }] };
  }
}
