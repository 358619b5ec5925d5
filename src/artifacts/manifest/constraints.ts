/** Constraints as the manifest has them, with dbt's names: those of one column under the column, the others under the model. */
import type { Constraint } from "../../parse/constraints.ts";
import type { ManifestEntry } from "./context.ts";

const none: readonly ManifestEntry[] = [];

export function columnConstraints(constraints: readonly Constraint[], column: string): readonly ManifestEntry[] {
  const own = constraints.filter((constraint) => constraint.isOfColumn && constraint.columns[0] === column);
  return own.length > 0 ? own.map(constraintEntry) : none;
}

export function modelConstraints(constraints: readonly Constraint[]): readonly ManifestEntry[] {
  const own = constraints.filter((constraint) => !constraint.isOfColumn);
  return own.length > 0 ? own.map((constraint) => ({ ...constraintEntry(constraint), columns: constraint.columns })) : none;
}

function constraintEntry({ type, name, expression, to, toColumns, warnsUnenforced }: Constraint): ManifestEntry {
  const target = to && (to.kind === "ref" ? to.name : `${to.source}.${to.table}`);
  return {
    type,
    name: name ?? null,
    expression: expression?.source.text ?? null,
    warn_unenforced: warnsUnenforced,
    warn_unsupported: warnsUnenforced,
    to: target ?? null,
    to_columns: toColumns,
  };
}
