/**
 * The sample shop as SQL text: statements that build its world in temporary tables, and one select per raw table. Pure:
 * whoever has a DuckDB connection runs them in order and writes the selects where it likes. The same options give the
 * same rows on every platform, at any number of threads.
 */
import { appEventRows, appEventStatements } from "./app-events.ts";
import { consentRows, consentStatements } from "./consents.ts";
import { macroStatements } from "./expressions.ts";
import { nameStatements } from "./names.ts";
import { customerRows, peopleStatements } from "./people.ts";
import { plantedRows, type RawTable, rawColumns } from "./planted.ts";
import { orderRows, purchaseStatements, refundRows } from "./purchases.ts";
import { defaultSeed } from "./world.ts";

export interface SampleOptions {
  /** People in the world, guests among them; the hand-written ones come on top. */
  readonly customers: number;
  /** Another seed is another shop with the same laws. */
  readonly seed?: string;
}

export interface SampleTable {
  readonly name: RawTable;
  /** Ordered, so that a written file is byte for byte the same. */
  readonly select: string;
}

/** What to run first, in order, on one connection: macros and temporary tables, all named `sample_*`. */
export function sampleStatements(options: SampleOptions): readonly string[] {
  return [
    ...macroStatements(options.seed ?? defaultSeed),
    ...nameStatements(),
    ...peopleStatements(options.customers),
    ...purchaseStatements(),
    ...appEventStatements(),
    ...consentStatements(),
  ];
}

const generated: Readonly<Record<RawTable, () => string>> = {
  raw_customers: customerRows,
  raw_orders: orderRows,
  raw_refunds: refundRows,
  raw_app_events: appEventRows,
  raw_consents: consentRows,
};

/** The raw tables, each as a select over what `sampleStatements` made. */
export const sampleTables: readonly SampleTable[] = (Object.keys(rawColumns) as readonly RawTable[]).map((name) => ({
  name,
  select: `with generated as (
${generated[name]()}
)
select ${rawColumns[name].split(" ").join(", ")} from generated
union all
${plantedRows(name)}
order by all`,
}));
