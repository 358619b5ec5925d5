/** `show`: the first rows of what a node would be, computed now from what is published. Personal data is masked. */
import type { Compiled } from "../../compile/compiled.ts";
import { joinPrivacy, type Privacy } from "../../compile/privacy.ts";
import type { CompiledUnitTest } from "../../compile/unit/compiled-unit-test.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { mapSql, plainText } from "../../core/mapped-text.ts";
import { plural } from "../../core/names.ts";
import { inlineName } from "../../parse/inline-query.ts";
import type { ResultSet } from "../../ports/engine.ts";
import { mapEngineError } from "../../run/map-error.ts";
import { maskRows } from "../../run/mask-rows.ts";
import { type DeferOptions, openForReading } from "../../session/defer.ts";
import type { SelectionOptions } from "../../session/options.ts";
import { type Session, selectFor } from "../../session/session.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";
import { type NamedRows, type RowForm, renderRows } from "../rows-output.ts";
import { showUnitTests } from "../unit-test-rows.ts";

export interface ShowOptions extends SelectionOptions, GlobalOptions, DeferOptions {
  readonly limit: number;
  readonly inline?: string;
  readonly output?: RowForm;
}

export async function showCommand(context: CliContext, models: readonly string[], options: ShowOptions): Promise<number> {
  const problem = misuse(models, options);
  if (problem) {
    context.reportDiagnostics([problem], { color: options.color });
    return 2;
  }
  const session = await openSession(context, options);
  if (!session) return 2;
  const selected = options.inline === undefined ? selectFor(session, { ...options, indirectSelection: "empty" }, models) : undefined;
  if (options.inline === undefined && !selected) return 2;
  const nodes = [...session.compiled.nodes.values()].filter(({ node }) => (selected ? selected.has(node.uniqueId) : node.name === inlineName));
  if (nodes.length === 0) {
    session.report([diagnose("RT0001", { problem: "nothing that has rows was selected" })]);
    return 2;
  }
  const named = nodes.filter((node) => node.kind !== "unit_test");
  const others = await showNodes(context, session, named, options, selected ?? new Set());
  if (!others) return 2;
  // The name of a model may be the beginning of those of its unit tests, which nobody asked for then. They need no warehouse.
  const tests = named.length > 0 ? [] : nodes.filter((node) => node.kind === "unit_test");
  const units = await showUnitTests(context, session, tests, options.limit);
  const form = options.output ?? (options.json ? "json" : "table");
  const results = [...units.value, ...others.results];
  const failed = session.report([...units.diagnostics, ...others.diagnostics]);
  if (results.length > 0) context.stdout.write(renderRows(results, form));
  if (!options.quiet && form === "table") {
    for (const { name, result } of results) context.stderr.write(`${results.length > 1 ? `${name}: ` : ""}${countRows(result, options.limit)}\n`);
    if (others.hidden) context.stderr.write("*** hides personal data, and columns that are made from a model with personal data and not declared in YAML\n");
  }
  return failed ? 1 : 0;
}

type Shownable = Exclude<Compiled, CompiledUnitTest>;

interface Shown {
  readonly results: readonly NamedRows[];
  readonly diagnostics: readonly Diagnostic[];
  /** Whether personal data was masked. */
  readonly hidden: boolean;
}

/** `undefined` when the warehouse does not open. */
async function showNodes(
  context: CliContext,
  opened: Session,
  chosen: readonly Shownable[],
  options: ShowOptions,
  selected: ReadonlySet<string>,
): Promise<Shown | undefined> {
  const results: NamedRows[] = [];
  const diagnostics: Diagnostic[] = [];
  let hidden = false;
  if (chosen.length === 0) return { results, diagnostics, hidden };
  const reading = await openForReading(context, opened, options, selected);
  if (!reading) return undefined;
  const { session, database } = reading;
  // With --defer they are compiled anew.
  const nodes = chosen.map((node) => (session.compiled.nodes.get(node.node.uniqueId) as Shownable | undefined) ?? node);
  try {
    const connection = await database.connect();
    for (const node of nodes) {
      const sql = node.kind === "seed" || node.kind === "snapshot" ? plainText(`select * from ${node.relation.sql}`) : node.sql;
      const all = mapSql(undefined)`select * from (\n${sql}\n) as shown`;
      try {
        const { columns } = await connection.query(`${all.text} limit 0`);
        const [names] = await connection.namesIn([all.text]);
        const privacy = joinPrivacy([node.privacy, ...privaciesOf(session, names?.tables)]);
        const result = await connection.query(`select * from (\n${maskRows(all.text, columns, privacy)}\n) as masked limit ${options.limit}`);
        if (privacy.pii.length > 0) hidden = true;
        results.push({ name: node.node.name, result });
      } catch (error) {
        diagnostics.push(mapEngineError(error, all, node.node.span, node.privacy.pii.length > 0));
      }
    }
    connection.close();
  } finally {
    database.close();
  }
  return { results, diagnostics, hidden };
}

/** A relation that is named without ref is no ancestor in the graph, but its personal data is personal all the same. */
function privaciesOf({ compiled }: Session, tables: readonly string[] | undefined): readonly Privacy[] {
  return [...compiled.nodes.values()].flatMap((node) =>
    node.kind !== "test" && node.kind !== "unit_test" && (tables?.includes(node.relation.name.toLowerCase()) ?? true) ? [node.privacy] : [],
  );
}

function countRows({ rows }: ResultSet, limit: number): string {
  return `${plural(rows.length, "row")}${rows.length === limit ? " (--limit shows more)" : ""}`;
}

function misuse(models: readonly string[], { select, inline, output, json }: ShowOptions): Diagnostic | undefined {
  const isNamed = models.length > 0 || select !== undefined;
  if (!isNamed && inline === undefined)
    return diagnose(
      "RT0001",
      { problem: "name a model, seed or test to show" },
      { help: "for example `retain show rfm_scores`, or `retain show --inline 'select 1'`" },
    );
  if (isNamed && inline !== undefined) return diagnose("RT0001", { problem: "--inline is shown alone" }, { help: "leave out the names, or --inline" });
  if (json && output !== undefined && output !== "json") return diagnose("RT0001", { problem: `--json and --output ${output} contradict each other` });
  return undefined;
}
