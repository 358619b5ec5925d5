/** Whether what was asked for on the command line fits the export's mode and its destination. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import type { DeliveryStep } from "../ports/destination.ts";
import type { DeclarationPlace } from "./declaration-place.ts";
import type { ExportRequest } from "./export-request.ts";

export function checkOptions({ resource, options }: ExportRequest, steps: readonly DeliveryStep[], place: DeclarationPlace): readonly Diagnostic[] {
  const { name, declaration } = resource;
  const { mode } = declaration;
  const refuse = (option: string, problem: string, help: string) => diagnose("RT0608", { name, option, problem }, { span: place.value(["mode"]), help });
  const diagnostics: Diagnostic[] = [];
  if (options.limit !== undefined && (mode === "mirror" || mode === "replace")) {
    const problem = `mode ${mode} makes the audience exactly what the model says, and part of it would be something else`;
    diagnostics.push(refuse("--limit", problem, "try a part of the people in `mode: add`, or with a condition in the model"));
  }
  if (options.only === undefined) return diagnostics;
  const option = `--only ${options.only}`;
  if (mode === "replace") diagnostics.push(refuse(option, "mode replace sends the whole audience at once", "use `mode: mirror` for differences"));
  else if (options.only === "adds" && mode === "remove") diagnostics.push(refuse(option, "mode remove adds nobody", "leave the option away"));
  else if (options.only === "adds" && steps.some(({ operation }) => operation === "replace")) {
    const problem = "its destination always writes the whole audience, and nobody may stay in it who must be removed";
    diagnostics.push(refuse(option, problem, "leave the option away"));
  }
  return diagnostics;
}
