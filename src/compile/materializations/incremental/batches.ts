/** What is known of a microbatch model before the run, and what its settings contradict. Pure; times are in UTC. */
import type { ModelConfig } from "../../../config/schema.ts";
import { type Diagnostic, diagnose } from "../../../core/diagnostic.ts";
import type { MappedText } from "../../../core/mapped-text.ts";
import type { Span } from "../../../core/span.ts";
import type { Model } from "../../../parse/resource.ts";
import type { CompiledModel } from "../../compiled.ts";
import type { SchemaChangeReaction } from "./strategy.ts";

export type BatchSize = NonNullable<ModelConfig["batch_size"]>;

export interface BatchPlan {
  /** The query for the rows of one batch, with marks for its window: while no table is there, and afterwards. */
  readonly first: MappedText;
  readonly next: MappedText;
  /** Column or expression with the time of the model's own rows. */
  readonly eventTime: string;
  /** ISO 8601, UTC. */
  readonly begin: string;
  readonly size: BatchSize;
  readonly lookback: number;
  readonly onSchemaChange: SchemaChangeReaction;
  readonly places: Readonly<Record<string, Span>>;
}

export function batchPlan({ node, increment }: CompiledModel): BatchPlan | undefined {
  const { config } = node;
  if (!increment?.firstBatch || config.event_time === undefined || config.batch_size === undefined || config.begin === undefined) return undefined;
  const place = (key: keyof ModelConfig): readonly (readonly [string, Span])[] => (node.settingSpans[key] ? [[key, node.settingSpans[key]]] : []);
  return {
    first: increment.firstBatch,
    next: increment.rows,
    eventTime: config.event_time,
    begin: new Date(parseTime(config.begin) ?? 0).toISOString(),
    size: config.batch_size,
    lookback: config.lookback ?? 1,
    onSchemaChange: config.on_schema_change ?? "ignore",
    places: Object.fromEntries([...place("event_time"), ...place("on_schema_change")]),
  };
}

export function checkBatches(node: Model, run: { readonly startedAt: string }): readonly Diagnostic[] {
  const { config } = node;
  const fail = (problem: string, key: keyof ModelConfig, help?: string) =>
    diagnose("RT0323", { model: node.name, problem }, { span: node.settingSpans[key] ?? node.settingSpans.incremental_strategy ?? node.span, help });
  const missing = (["event_time", "begin", "batch_size"] as const).filter((key) => config[key] === undefined);
  if (missing.length > 0) return [fail(`needs ${missing.join(" and ")}`, "incremental_strategy", help[missing[0] ?? "begin"])];
  const begin = parseTime(config.begin ?? "");
  if (begin === undefined) return [fail(`begin "${config.begin}" is no date or time`, "begin", "write it as 2026-01-31 or 2026-01-31 08:00, in UTC")];
  if (begin > Date.parse(run.startedAt))
    return [fail(`begin ${config.begin} lies in the future`, "begin", "batches go from begin until now, so there would be none")];
  return [];
}

const help = {
  event_time: "name the column of the model with the time of each row: event_time: ordered_at",
  begin: "say when the first batch begins: begin: 2026-01-01",
  batch_size: "say how much time is one batch: batch_size: day",
};

/** Milliseconds since 1970 of a date or time that is meant in UTC unless it says otherwise. */
export function parseTime(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text.trim());
  if (!match) return undefined;
  const [, date, time = "00:00", zone = "Z"] = match;
  const value = Date.parse(`${date}T${time}${zone}`);
  const day = Date.parse(`${date}T00:00Z`);
  // The 30th of February would be read as a day of March.
  return Number.isNaN(value) || Number.isNaN(day) || !new Date(day).toISOString().startsWith(`${date}`) ? undefined : value;
}
