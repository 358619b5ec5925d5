/**
 * The destinations that this version knows, one line each, and the way from their settings in retain.yml to one that is
 * ready to use. Checks the settings; opens nothing and delivers nothing.
 */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { checkSchema } from "../core/check-schema.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { Span } from "../core/span.ts";
import type { YamlFile } from "../core/yaml.ts";
import type { Destination } from "../ports/destination.ts";
import { createFileDestination } from "./file/file-destination.ts";
import { uploadFormats } from "./file/formats.ts";

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
}

export interface OpenedDestination {
  readonly name: string;
  /** Whose rules identifiers are normalised and hashed by. */
  readonly platform: string;
  readonly destination: Destination;
  readonly secrets: readonly string[];
  /** All reasons why these identifier keys cannot be delivered; known without reading a row. */
  problemsWith(columns: readonly string[]): readonly string[];
  /** Whether what was delivered is still in place, where that can be told. */
  stillHolds?(exportName: string): Promise<boolean>;
}

type OpenDestination = (options: DestinationOptions) => Outcome<OpenedDestination | undefined>;

const destinationTypes: ReadonlyMap<string, OpenDestination> = new Map([["file", openFileDestination]]);

export function openDestination(options: DestinationOptions): Outcome<OpenedDestination | undefined> {
  const type = String((options.settings as { readonly type?: unknown } | null)?.type);
  const open = destinationTypes.get(type);
  if (open) return open(options);
  const known = [...destinationTypes.keys()];
  const problem = `its destination "${options.name}" is of type "${type}", which this version does not know`;
  const help = suggestion(type, known) ?? `known types: ${known.join(", ")}`;
  return failed(diagnose("RT0603", { name: options.exportName, problem }, { span: options.yaml.spanOf(["destinations", options.name, "type"]), help }));
}

const fileSettings = z.strictObject({
  type: z.literal("file"),
  directory: z.string().min(1).default("target/exports").describe("where upload files are written, relative to the project"),
  headers: z.record(z.string(), z.string().min(1)).default({}).describe("header texts in place of the format's own, by identifier"),
});

function openFileDestination(options: DestinationOptions): Outcome<OpenedDestination | undefined> {
  const { name, yaml, exportName, secrets } = options;
  const settings = checkSchema(fileSettings, options.settings, yaml, ["destinations", name], `destination "${name}"`);
  const wanted = options.format ?? "meta";
  const format = uploadFormats.get(wanted);
  const known = [...uploadFormats.keys()];
  const unknown = diagnose(
    "RT0603",
    { name: exportName, problem: `this version writes no upload files in the format "${wanted}"` },
    { span: options.exportSpan, help: suggestion(wanted, known) ?? `known formats: ${known.join(", ")}` },
  );
  if (!settings.value || !format) return { value: undefined, diagnostics: [...settings.diagnostics, ...(format ? [] : [unknown])] };
  const directory = resolve(options.projectDir, settings.value.directory);
  const { headers } = settings.value;
  return {
    value: {
      name,
      platform: format.name,
      destination: createFileDestination({ directory, format, headers }),
      secrets,
      problemsWith: (columns) => {
        const result = format.layOut(columns, headers);
        return result.ok ? [] : result.problems;
      },
      stillHolds: (file) =>
        stat(join(directory, `${file}.${format.extension}`)).then(
          (stats) => stats.isFile(),
          () => false,
        ),
    },
    diagnostics: [],
  };
}

function failed(diagnostic: Diagnostic): Outcome<undefined> {
  return { value: undefined, diagnostics: [diagnostic] };
}
