/** The settings of a file destination and the export's `format`, checked together, to a destination. */
import { resolve } from "node:path";
import { z } from "zod";
import { checkSchema } from "../../core/check-schema.ts";
import { diagnose, type Outcome } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import type { DestinationOptions, OpenedDestination } from "../destination-factory.ts";
import { createFileDestination } from "./file-destination.ts";
import { uploadFormats } from "./formats.ts";

export const fileSettings = z.strictObject({
  type: z.literal("file").describe("files to upload by hand"),
  directory: z.string().min(1).default("target/exports").describe("where upload files are written, relative to the project"),
  max_rows: z.number().int().min(1).optional().describe("most people in a file, in place of the format's own limit"),
  max_bytes: z.number().int().min(1).optional().describe("largest size of a file, in place of the format's own limit"),
  headers: z.record(z.string(), z.string().min(1)).default({}).describe("header texts in place of the format's own, by identifier"),
});

export function openFileDestination(options: DestinationOptions): Outcome<OpenedDestination | undefined> {
  const { name, yaml, exportName, secrets, outDir } = options;
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
  const { directory, headers, max_rows, max_bytes } = settings.value;
  const limits = { ...(max_rows !== undefined && { rows: max_rows }), ...(max_bytes !== undefined && { bytes: max_bytes }) };
  const destination = createFileDestination({ directory: outDir ?? resolve(options.projectDir, directory), format, headers, limits });
  return { value: { name, destination, secrets }, diagnostics: [] };
}
