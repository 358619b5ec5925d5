/** Looks for values of a unit test that their columns' types do not take. Asked only after the rows could not be made. */
import type { TypedColumn } from "../../compile/unit/compiled-unit-test.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { quoteLiteral } from "../../core/names.ts";
import type { RowFixture } from "../../parse/fixture.ts";
import type { Connection } from "../../ports/engine.ts";

export async function findBadValues(
  connection: Connection,
  test: string,
  fixture: RowFixture,
  columns: readonly TypedColumn[],
): Promise<readonly Diagnostic[]> {
  const types = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]));
  const found: Diagnostic[] = [];
  for (const [column, { name }] of fixture.columns.entries()) {
    const type = types.get(name.toLowerCase());
    const cells = fixture.rows.flatMap((row) => row[column] ?? []).filter(({ value }) => isPlain(value));
    if (type === undefined || cells.length === 0) continue;
    const values = cells.map(({ value }, i) => `(${i}, ${quoteLiteral(String(value))})`).join(", ");
    const bad = await connection
      .query(`select n from (values ${values}) as given(n, v) where try_cast(v as ${type}) is null order by n`)
      .catch(() => undefined);
    for (const row of bad?.rows ?? []) {
      const cell = cells[Number(row["n"])];
      if (cell) found.push(diagnose("RT0463", { what: `unit test "${test}"`, column: name, type, value: JSON.stringify(cell.value) }, { span: cell.span }));
    }
  }
  return found;
}

/** Lists and mappings are told by the database's own words. */
function isPlain(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== "object";
}
