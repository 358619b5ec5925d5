/** What each destination's folder gives to the registry: the way from its settings in retain.yml to one that is ready to use. */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import type { Span } from "../core/span.ts";
import type { YamlFile } from "../core/yaml.ts";
import type { Clock } from "../ports/clock.ts";
import type { Destination } from "../ports/destination.ts";

export interface DestinationOptions {
  /** The export that it is opened for. */
  readonly exportName: string;
  /** The export's `format`. */
  readonly format: string | undefined;
  /** Where the export names its format, or the export itself. */
  readonly exportSpan: Span;
  /** Its name in retain.yml. */
  readonly name: string;
  /** Its settings in retain.yml, with the environment's values put in. */
  readonly settings: unknown;
  /** The values that came from the environment. */
  readonly secrets: readonly string[];
  /** retain.yml, for the places of its problems. */
  readonly yaml: YamlFile;
  /** Absolute; relative paths in the settings begin there. */
  readonly projectDir: string;
  /** Where files go instead of the destination's own directory; absolute. */
  readonly outDir?: string | undefined;
  readonly clock: Clock;
  /** Raised when the person in front of it wants to stop. */
  readonly signal: AbortSignal;
  /** Told when the platform makes us wait, with the reason. */
  readonly onWait: (milliseconds: number, reason: string) => void;
}

export interface OpenedDestination {
  readonly name: string;
  readonly destination: Destination;
  /** Values of its settings that must not be shown. */
  readonly secrets: readonly string[];
}

export type OpenDestination = (options: DestinationOptions) => Outcome<OpenedDestination | undefined>;

/** For destinations that are no files: an export that names an upload format means another destination. */
export function refuseFormat({ exportName, format, exportSpan, name }: DestinationOptions): readonly Diagnostic[] {
  if (format === undefined) return [];
  const problem = `\`format: ${format}\` is for destinations of type file, and "${name}" is none`;
  return [diagnose("RT0603", { name: exportName, problem }, { span: exportSpan, help: "take `format` away, or name a file destination" })];
}
