/**
 * How old the newest data of each source is, against how old it may be. By a column, a query, or the files' own times. A
 * source that cannot be measured is a result, too.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { type MappedText, mapSql, originOfSpan } from "../core/mapped-text.ts";
import type { SourceTable } from "../parse/resource.ts";
import { type Connection, EngineError } from "../ports/engine.ts";
import { mapEngineError } from "./map-error.ts";

interface Measured {
  readonly table: SourceTable;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly completedAt: string;
}

export type FreshnessResult = Measured &
  (
    | {
        readonly status: "pass" | "warn" | "error";
        readonly maxLoadedAt: string;
        readonly snapshottedAt: string;
        readonly ageSeconds: number;
        readonly diagnostic: Diagnostic | undefined;
      }
    | { readonly status: "runtime error"; readonly diagnostic: Diagnostic }
  );

export interface FreshnessRequest {
  readonly table: SourceTable;
  /** The table as SQL. */
  readonly relation: string;
  /** The table's `loaded_at_query`, rendered. */
  readonly loadedAtQuery: MappedText | undefined;
  /** A query for the files' own time, where the table is files. */
  readonly filesWrittenAt: string | undefined;
}

const secondsOf = { minute: 60, hour: 3600, day: 86_400 } as const;

export async function checkFreshness(connection: Connection, request: FreshnessRequest, now: () => Date): Promise<FreshnessResult> {
  const { table } = request;
  const started = now();
  const measured = () => ({ table, startedAt: started.toISOString(), completedAt: now().toISOString() });
  const query = measuringQuery(request);
  if (query === undefined) {
    const problem = "there is neither `loaded_at_field` nor `loaded_at_query`, and it is no file";
    return { ...measured(), status: "runtime error", diagnostic: unmeasured(table, problem, "name the column with the time at which a row was loaded") };
  }
  try {
    const { rows } = await connection.query(query.text);
    const seconds = rows[0]?.["loaded_at"];
    if (seconds === null || seconds === undefined) {
      return { ...measured(), status: "runtime error", diagnostic: unmeasured(table, "it has no rows with a time", "look whether it was loaded at all") };
    }
    return { ...measured(), ...judge(table, new Date(Number(seconds) * 1000), now()) };
  } catch (error) {
    // The column or expression may name what is not there as well, so the table's own name has to be in the words.
    const isMissing = error instanceof EngineError && error.kind === "relation" && error.message.toLowerCase().includes(table.identifier.toLowerCase());
    const diagnostic =
      isMissing && request.loadedAtQuery === undefined
        ? unmeasured(table, `there is no table ${request.relation}`, missingTableHelp)
        : mapEngineError(error, query, table.loadedAtSpan ?? table.freshnessSpan ?? table.span);
    return { ...measured(), status: "runtime error", diagnostic };
  }
}

const missingTableHelp = "load it first, or say where it is: its `schema`, `database` or `identifier`, or a `location` for files";

function measuringQuery({ table, relation, loadedAtQuery, filesWrittenAt }: FreshnessRequest): MappedText | undefined {
  const origin = originOfSpan(table.loadedAtSpan ?? table.freshnessSpan ?? table.span);
  const { loadedAtField } = table;
  const filter = table.freshness?.filter;
  const where = filter === undefined ? "" : mapSql(originOfSpan(table.freshnessSpan ?? table.span))` where ${filter}`;
  const newest = loadedAtField === undefined ? filesWrittenAt : mapSql(origin)`select max(${loadedAtField}) from ${relation}${where}`;
  const inner = loadedAtQuery ?? newest;
  if (inner === undefined) return undefined;
  return mapSql(origin)`select cast(extract(epoch from cast((\n${inner}\n) as timestamp with time zone)) as double) as loaded_at`;
}

function judge(table: SourceTable, maxLoadedAt: Date, snapshotted: Date) {
  const ageSeconds = (snapshotted.getTime() - maxLoadedAt.getTime()) / 1000;
  const { warn_after, error_after } = table.freshness ?? {};
  const exceeds = (limit: typeof warn_after) => (limit ? ageSeconds > limit.count * secondsOf[limit.period] : false);
  const status = exceeds(error_after) ? "error" : exceeds(warn_after) ? "warn" : "pass";
  const limit = status === "error" ? error_after : warn_after;
  return {
    status,
    maxLoadedAt: maxLoadedAt.toISOString(),
    snapshottedAt: snapshotted.toISOString(),
    ageSeconds,
    diagnostic: status === "pass" || !limit ? undefined : stale(table, ageSeconds, `${limit.count} ${limit.period}${limit.count === 1 ? "" : "s"}`, status),
  } as const;
}

function stale(table: SourceTable, ageSeconds: number, limit: string, status: "warn" | "error"): Diagnostic {
  const said = diagnose("RT0490", { source: nameOf(table), age: formatAge(ageSeconds), limit }, { span: table.freshnessSpan });
  return status === "warn" ? { ...said, severity: "warning" } : said;
}

function unmeasured(table: SourceTable, problem: string, help: string): Diagnostic {
  return diagnose("RT0491", { source: nameOf(table), problem }, { span: table.freshnessSpan ?? table.span, help });
}

function nameOf(table: SourceTable): string {
  return `${table.sourceName}.${table.name}`;
}

/** The two largest units, such as `3 days 4 hours`. Data from the future are 0 minutes old. */
export function formatAge(seconds: number): string {
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ] as const;
  let rest = Math.max(0, seconds);
  const parts: string[] = [];
  for (const [unit, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(" ") || "0 minutes";
}
