/** `show`: the first rows of what a node would be, computed now from what is published. Personal data is masked. */
import { diagnose } from "../../core/diagnostic.ts";
import { mapSql, plainText } from "../../core/mapped-text.ts";
import { plural } from "../../core/names.ts";
import type { ResultSet } from "../../ports/engine.ts";
import { mapEngineError } from "../../run/map-error.ts";
import { maskRows } from "../../run/mask-rows.ts";
import type { CliContext } from "../context.ts";
import type { GlobalOptions, SelectionOptions } from "../options.ts";
import { openSession, openWarehouse, selectFor } from "../session.ts";
import { renderTable } from "../table.ts";

export interface ShowOptions extends SelectionOptions, GlobalOptions {
  readonly limit: number;
}

export async function showCommand(context: CliContext, models: readonly string[], options: ShowOptions): Promise<number> {
  const session = await openSession(context, options);
  if (!session) return 2;
  if (models.length === 0 && options.select === undefined) {
    session.report([diagnose("RT0001", { problem: "name a model, seed or test to show" }, { help: "for example `retain show rfm_scores`" })]);
    return 2;
  }
  const selected = selectFor(session, { ...options, indirectSelection: "empty" }, models);
  if (!selected) return 2;
  const nodes = [...session.compiled.nodes.values()].filter((node) => selected.has(node.node.uniqueId));
  if (nodes.length === 0) {
    session.report([diagnose("RT0001", { problem: "nothing that has rows was selected" })]);
    return 2;
  }
  const database = await openWarehouse(context, session, options, true);
  if (!database) return 2;
  let exitCode = 0;
  let hidden = false;
  try {
    const connection = await database.connect();
    for (const node of nodes) {
      const sql = node.kind === "seed" ? plainText(`select * from ${node.relation.sql}`) : node.sql;
      const all = mapSql(undefined)`select * from (\n${sql}\n) as shown`;
      try {
        const { columns } = await connection.query(`${all.text} limit 0`);
        const result = await connection.query(`select * from (\n${maskRows(all.text, columns, node.privacy)}\n) as masked limit ${options.limit}`);
        if (node.privacy.pii.length > 0 && !options.quiet && !options.json) hidden = true;
        write(context, node.node.name, result, nodes.length > 1, options);
      } catch (error) {
        exitCode = 1;
        session.report([mapEngineError(error, all, node.node.span, node.privacy.pii.length > 0)]);
      }
    }
    connection.close();
  } finally {
    database.close();
  }
  if (hidden) context.stderr.write("*** hides personal data, and columns that are made from a model with personal data and not declared in YAML\n");
  return exitCode;
}

function write(context: CliContext, name: string, result: ResultSet, isOneOfMany: boolean, options: ShowOptions): void {
  if (options.json) {
    context.stdout.write(`${JSON.stringify(isOneOfMany ? { name, rows: result.rows } : result.rows)}\n`);
    return;
  }
  if (isOneOfMany) context.stdout.write(`${name}\n`);
  context.stdout.write(renderTable(result));
  if (!options.quiet) context.stderr.write(`${plural(result.rows.length, "row")}${result.rows.length === options.limit ? " (--limit shows more)" : ""}\n`);
}
