/**
 * The events of a run as records for programs, which the json and ndjson reporters write. Keys are snake_case and always
 * there; what is unknown is null. Offsets become lines and columns, counted from 1, a column in UTF-16 units. Keys are
 * added over time, never renamed or removed without a new `schema_version`.
 *
 * run_started   type schema_version invocation_id command project_name target_name started_at threads counts total
 * node_started  type unique_id title kind materialized started_at
 * node_finished type unique_id name title kind materialized status message reason failures failing_rows relation_name started_at
 *               completed_at seconds thread stage_id diagnostics
 * diagnostic    type code severity message file line column end_line end_column help notes
 * run_finished  type schema_version invocation_id command target_name started_at completed_at seconds interrupted counts
 */
import type { Diagnostic } from "../core/diagnostic.ts";
import type { SourceLookup, Span } from "../core/span.ts";
import type { NodeResult, RunEvent, RunResult } from "../ports/run-event.ts";
import { placeOf } from "./place.ts";

export const schemaVersion = 1;

/** The record of one event, with its `type` first. */
export function eventRecord(event: RunEvent, sources: SourceLookup): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case "run_started":
      return {
        type: event.type,
        schema_version: schemaVersion,
        invocation_id: event.invocationId,
        command: event.command,
        project_name: event.projectName,
        target_name: event.targetName,
        started_at: event.startedAt,
        threads: event.threads,
        counts: { models: event.counts.models, seeds: event.counts.seeds, snapshots: event.counts.snapshots, tests: event.counts.tests },
        total: event.total,
      };
    case "node_started":
      return {
        type: event.type,
        unique_id: event.uniqueId,
        title: event.title,
        kind: event.kind,
        materialized: event.materialized,
        started_at: event.startedAt,
      };
    case "node_finished":
      return { type: event.type, ...resultRecord(event.result, sources) };
    case "diagnostic":
      return { type: event.type, ...diagnosticRecord(event.diagnostic, sources) };
    case "run_finished":
      return { type: event.type, schema_version: schemaVersion, ...runRecord(event.result) };
  }
}

/** A run without its results. */
export function runRecord(result: RunResult) {
  const count = (status: NodeResult["status"]) => result.results.filter((node) => node.status === status).length;
  return {
    invocation_id: result.invocationId,
    command: result.command,
    target_name: result.targetName,
    started_at: result.startedAt,
    completed_at: result.completedAt,
    seconds: result.seconds,
    interrupted: result.interrupted,
    counts: {
      success: count("success"),
      pass: count("pass"),
      warn: count("warn"),
      fail: count("fail"),
      error: count("error"),
      partial_success: count("partial success"),
      skipped: count("skipped"),
      reused: count("reused"),
    },
  };
}

export function resultRecord(result: NodeResult, sources: SourceLookup) {
  const rows = result.failingRows;
  return {
    unique_id: result.uniqueId,
    name: result.name,
    title: result.title,
    kind: result.kind,
    materialized: result.materialized,
    status: result.status,
    message: result.message ?? null,
    reason: result.reason ?? null,
    failures: result.failures ?? null,
    failing_rows: rows ? { columns: rows.columns, sample: rows.sample, kept_in: rows.keptIn ?? null, stored_as: rows.storedAs ?? null } : null,
    relation_name: result.relationName ?? null,
    batches: result.batches ?? null,
    started_at: result.startedAt,
    completed_at: result.completedAt,
    seconds: result.seconds,
    thread: result.thread,
    stage_id: result.stageId,
    diagnostics: result.diagnostics.map((diagnostic) => diagnosticRecord(diagnostic, sources)),
  };
}

export function diagnosticRecord(diagnostic: Diagnostic, sources: SourceLookup) {
  return {
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    ...placeRecord(diagnostic.span, sources),
    help: diagnostic.help ?? null,
    notes: (diagnostic.notes ?? []).map((note) => ({ message: note.message, ...placeRecord(note.span, sources) })),
  };
}

function placeRecord(span: Span | undefined, sources: SourceLookup) {
  const place = span && placeOf(span, sources);
  return {
    file: place?.file ?? null,
    line: place?.start?.line ?? null,
    column: place?.start?.column ?? null,
    end_line: place?.end?.line ?? null,
    end_column: place?.end?.column ?? null,
  };
}
