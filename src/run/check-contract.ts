/** Compares the columns of a relation with its contract, inside the transaction that created it. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { quoteLiteral } from "../core/names.ts";
import type { ContractColumn, ModelStage } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";

interface Actual {
  readonly name: string;
  readonly type: string;
}

export async function checkContract(connection: Connection, stage: ModelStage): Promise<readonly Diagnostic[]> {
  const { contract, relation } = stage;
  if (!contract) return [];
  const found = await connection.query(
    `select column_name as name, data_type as type from information_schema.columns
where table_catalog = current_database() and table_schema = ${quoteLiteral(relation.schema)} and table_name = ${quoteLiteral(relation.name)}
order by ordinal_position`,
  );
  const actual = found.rows as unknown as readonly Actual[];
  const types = await canonicalTypes(connection, contract);
  const byName = new Map(actual.map((column) => [column.name.toLowerCase(), column]));
  const declared = new Set(contract.map((column) => column.name.toLowerCase()));
  const broken = (problem: string, column?: ContractColumn) => diagnose("RT0406", { model: stage.name, problem }, { span: column?.span ?? stage.span });
  return [
    ...contract.flatMap((column) => {
      const have = byName.get(column.name.toLowerCase());
      if (!have) return [broken(`"${column.name}" is declared but missing`, column)];
      const wanted = types.get(column.name);
      return wanted === undefined || wanted === have.type
        ? []
        : [broken(`"${column.name}" is declared ${column.type?.toLowerCase()} but is ${have.type.toLowerCase()}`, column)];
    }),
    ...actual
      .filter((column) => !declared.has(column.name.toLowerCase()))
      .map((column) => broken(`"${column.name}" (${column.type.toLowerCase()}) is not declared`)),
  ];
}

/** The database's own spelling of each declared type, so that `int` and `integer` are the same. */
async function canonicalTypes(connection: Connection, contract: readonly ContractColumn[]): Promise<ReadonlyMap<string, string>> {
  const typed = contract.filter((column) => column.type !== undefined);
  if (typed.length === 0) return new Map();
  const result = await connection.query(`select ${typed.map((column, i) => `cast(null as ${column.type}) as c${i}`).join(", ")}`);
  return new Map(typed.map((column, i) => [column.name, result.columns[i]?.type ?? ""]));
}
