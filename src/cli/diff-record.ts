/** A comparison as a value for JSON, in the spelling of the other answers. */
import { countImpact, type DiffReport, type ModelDiff } from "../diff/diff-report.ts";

export function diffRecord(report: DiffReport): unknown {
  const count = (status: ModelDiff["status"]) => report.models.filter((model) => model.status === status).length;
  return {
    schema_version: 1,
    before: report.before,
    after: report.after,
    counts: {
      added: count("added"),
      removed: count("removed"),
      changed: count("changed"),
      same: report.same,
      breaking: countImpact(report, "breaking"),
      additive: countImpact(report, "additive"),
      compatible: countImpact(report, "compatible"),
      unknown: countImpact(report, "unknown"),
    },
    models: report.models.map(modelRecord),
    notes: report.notes,
  };
}

function modelRecord({ id, name, kind, materialized, file, status, impact, reasons, columns, width, rows, problem, readers }: ModelDiff): unknown {
  return {
    unique_id: id,
    name,
    resource_type: kind,
    materialized,
    original_file_path: file,
    status,
    impact,
    reasons,
    columns: columns ? { added: columns.added, removed: columns.removed, changed: columns.changed } : null,
    column_count: width ?? null,
    rows: rows
      ? {
          before: rows.before,
          after: rows.after,
          added: rows.added,
          removed: rows.removed,
          changed: rows.changed,
          key: rows.key ?? null,
          no_key: rows.noKey ?? null,
          columns: rows.columns,
          samples: rows.samples,
          masked: rows.isMasked,
        }
      : null,
    problem: problem ?? null,
    readers,
  };
}
