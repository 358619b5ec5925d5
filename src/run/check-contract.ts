/** Compares a model's columns with its contract, inside the transaction that publishes it, and shows all that differs. */
import { type Diagnostic, diagnose, type Note } from "../core/diagnostic.ts";
import { type MappedText, mapSql, originOfSpan, TextBuilder } from "../core/mapped-text.ts";
import { plural } from "../core/names.ts";
import type { Contract, ContractColumn, ModelStage } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import { type ActualColumn, compareColumns, type Difference, differenceTable } from "./contract-difference.ts";
import { mapEngineError } from "./map-error.ts";

/** The database's own spelling of type names in lower case, as far as it was asked for in this run. */
export type TypeNames = Map<string, string>;

/** `rows` is SQL to select from: the model's query before anything is computed, or its relation. */
export async function checkContract(
  connection: Connection,
  stage: ModelStage,
  contract: Contract,
  rows: MappedText,
  known: TypeNames,
): Promise<readonly Diagnostic[]> {
  const { columns: declared, aliasTypes } = contract;
  const shape = mapSql(undefined)`select * from ${rows} limit 0`;
  const wanted = typesQuery(declared);
  let current = shape;
  let actual: readonly ActualColumn[];
  let types: ReadonlyMap<string, string>;
  try {
    actual = (await connection.query(shape.text)).columns;
    current = wanted;
    types = await canonicalTypes(connection, wanted, declared, known);
  } catch (error) {
    return [mapEngineError(error, current, stage.span, stage.privacy.pii.length > 0)];
  }
  const isType = (column: ContractColumn, have: ActualColumn): boolean => {
    if (column.type === undefined) return true;
    if (aliasTypes && /^(?:numeric|decimal|dec)$/i.test(column.type.trim())) return /^decimal\(/i.test(have.type);
    return aliasTypes ? types.get(column.name) === have.type : column.type.trim().toLowerCase() === have.type.toLowerCase();
  };
  const differences = compareColumns(declared, actual, isType);
  const [first, ...others] = differences;
  if (!first) return [];
  const notes: readonly Note[] = [
    { message: differenceTable(declared, actual, differences) },
    ...others.flatMap((other) => (other.declared && other.declared !== first.declared ? [{ message: describe(other), span: other.declared.span }] : [])),
  ];
  const problem = differences.length === 1 ? describe(first) : plural(differences.length, "difference");
  return [diagnose("RT0406", { model: stage.name, problem }, { span: first.declared?.span ?? stage.span, notes })];
}

function describe({ kind, declared, actual }: Difference): string {
  const name = `"${(declared ?? actual)?.name}"`;
  switch (kind) {
    case "missing":
      return `${name} is missing`;
    case "not declared":
      return `${name} (${actual?.type.toLowerCase()}) is not declared`;
    case "another type":
      return `${name} is ${actual?.type.toLowerCase()}, not ${declared?.type?.toLowerCase()}`;
    case "another place":
      return `${name} stands in another place`;
  }
}

function typesQuery(declared: readonly ContractColumn[]): MappedText {
  const query = new TextBuilder().append("select 0 as first");
  for (const { type, span } of declared) if (type !== undefined) query.append(", ").append(`cast(null as ${type})`, originOfSpan(span));
  return query.build();
}

/** The database's own spelling of each declared type, so that `int` and `integer` are the same. */
async function canonicalTypes(
  connection: Connection,
  query: MappedText,
  declared: readonly ContractColumn[],
  known: TypeNames,
): Promise<ReadonlyMap<string, string>> {
  const typed = declared.flatMap(({ name, type }) => (type === undefined ? [] : [{ name, type: type.trim().toLowerCase() }]));
  if (typed.some(({ type }) => !known.has(type))) {
    const [, ...found] = (await connection.query(query.text)).columns;
    const types = typed.map(({ name, type }, i) => ({ name, type, found: found[i]?.type ?? "" }));
    for (const one of types) if (builtIn.test(one.type)) known.set(one.type, one.found);
    return new Map(types.map((one) => [one.name, one.found]));
  }
  return new Map(typed.map(({ name, type }) => [name, known.get(type) ?? ""]));
}

/** Types that no statement of a user can make another one. */
const builtIn =
  /^(?:varchar|text|string|char|bool|boolean|tinyint|smallint|int|integer|bigint|hugeint|utinyint|usmallint|uinteger|ubigint|real|float|double|decimal|numeric|date|time|timestamp|timestamptz|timestamp with time zone|interval|uuid|blob)(?:\(\s*\d+\s*(?:,\s*\d+\s*)?\))?(?:\[\])*$/;
