/**
 * Whether an enforced contract can be kept at all: it needs the columns and the type of each, because both are promised
 * to readers. Says so before anything runs; what the SQL really returns is compared when the model is built. Pure.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import type { Model } from "../parse/resource.ts";

export function checkContractColumns({ name, config, columns, settingSpans, span }: Model): readonly Diagnostic[] {
  if (!config.contract?.enforced) return [];
  if (columns.length === 0) return [diagnose("RT0337", { model: name }, { span: settingSpans["contract"] ?? span })];
  return columns
    .filter(({ dataType }) => dataType === undefined)
    .map((column) => diagnose("RT0332", { model: name, column: column.name }, { span: column.span }));
}
