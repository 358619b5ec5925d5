/** Looks for the value of a unit test that its column's type does not take. Asked only after a query has failed. */
import type { TypedColumn } from "../../compile/unit/compiled-unit-test.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { quoteLiteral } from "../../core/names.ts";
import type { RowFixture } from "../../parse/fixture.ts";
import type { Connection } from "../../ports/engine.ts";

export async function findBadValue(
  connection: Connection,
  test: string,
  fixture: RowFixture,
  columns: readonly TypedColumn[],
): Promise<Diagnostic | undefined> {
  const types = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]));
  for (const [column, { name }] of fixture.columns.entries()) {
    const type = types.get(name.toLowerCase());
    if (type === undefined) continue;
    for (const cells of fixture.rows) {
      const cell = cells[column];
      const value = cell?.value;
      if (!cell || value === null || value === undefined || typeof value === "object") continue;
      const text = String(value);
      const found = await connection.query(`select try_cast(${quoteLiteral(text)} as ${type}) is null as bad`).catch(() => undefined);
      if (found?.rows[0]?.["bad"] !== true) continue;
      return diagnose("RT0463", { what: `unit test "${test}"`, column: name, type, value: JSON.stringify(value) }, { span: cell.span });
    }
  }
  return undefined;
}
