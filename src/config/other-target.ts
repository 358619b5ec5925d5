/** Another target of retain.yml than the one that was chosen, with its variables replaced. Pure. */
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { Config } from "./config.ts";
import { interpolate } from "./interpolate.ts";
import type { TargetSettings } from "./schema.ts";

export interface OtherTarget {
  readonly settings: TargetSettings;
  /** Values taken from the environment that must never be printed. */
  readonly secrets: readonly string[];
}

export function readOtherTarget(config: Config, name: string): Outcome<OtherTarget | undefined> {
  const { project, environment, yaml } = config;
  const target = Object.hasOwn(project.targets, name) ? project.targets[name] : undefined;
  if (target === undefined) {
    const names = Object.keys(project.targets);
    return { value: undefined, diagnostics: [diagnose("RT0106", { name, known: names.join(", ") }, { help: suggestion(name, names) })] };
  }
  const chosen = interpolate(target, environment, yaml, ["targets", name]);
  const diagnostics: readonly Diagnostic[] = chosen.diagnostics;
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  return { value: { settings: chosen.value as TargetSettings, secrets: chosen.secrets }, diagnostics };
}
