/** The shapes of the project's YAML files as draft-07 JSON Schemas, and the files through which an editor finds them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { modelConfigSchema, projectSchema, seedConfigSchema, snapshotConfigSchema } from "../config/schema.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { destinationTypes } from "../destinations/registry.ts";
import { selectorsFileSchema } from "../graph/select/selectors-file.ts";
import { resourceFileSchema } from "../parse/resource-schema.ts";

interface FileKind {
  readonly title: string;
  /** Its draft-07 JSON Schema. */
  readonly schema: () => object;
  /** Which files of a project are of this kind. */
  readonly files: (paths: readonly string[]) => readonly string[];
}

export const fileKinds: Readonly<Record<string, FileKind>> = {
  project: { title: "retain.yml", schema: projectFileSchema, files: () => ["retain.yml"] },
  resources: {
    title: "retain resource file",
    schema: () => jsonSchema(resourceFileSchema),
    files: (paths) => paths.flatMap((path) => [`${path}/**/*.yml`, `${path}/**/*.yaml`]),
  },
  selectors: { title: "selectors.yml", schema: () => jsonSchema(selectorsFileSchema), files: () => ["selectors.yml"] },
};

/** What `paths` of retain.yml are unless it says otherwise. */
export const usualPaths = [...new Set(Object.values(projectSchema.shape.paths.parse(undefined)).flat())];
const settingsFile = ".vscode/settings.json";

export function schemaText({ title, schema }: FileKind): string {
  return `${JSON.stringify({ ...schema(), title }, null, 2)}\n`;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, object>>;
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, { target: "draft-7", io: "input", unrepresentable: "any" });
  return { $schema: "http://json-schema.org/draft-07/schema#", ...shape } as JsonSchema;
}

/** The project's schema leaves open what depends on folders and on the type of a destination; an editor wants to know that too. */
function projectFileSchema(): object {
  const shape = jsonSchema(projectSchema);
  const kinds = { models: modelConfigSchema, seeds: seedConfigSchema, snapshots: snapshotConfigSchema };
  const definitions = Object.fromEntries(Object.entries(kinds).map(([kind, settings]) => [kind, folderSchema(kind, settings)]));
  const folders = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, { ...shape.properties?.[kind], ...reference(kind) }]));
  const destinations = {
    ...shape.properties?.["destinations"],
    additionalProperties: { anyOf: [...destinationTypes.values()].map(({ settings }) => withoutDialect(jsonSchema(settings))) },
  };
  return { ...shape, definitions, properties: { ...shape.properties, ...folders, destinations } };
}

/** Settings, each also with a +, and folders that hold the same again. */
function folderSchema(kind: string, settings: z.ZodType): object {
  const { properties = {} } = jsonSchema(settings);
  const forced = Object.fromEntries(Object.entries(properties).map(([key, shape]) => [`+${key}`, shape]));
  return { type: "object", properties: { ...properties, ...forced }, additionalProperties: reference(kind) };
}

function reference(kind: string): object {
  return { allOf: [{ $ref: `#/definitions/${kind}` }] };
}

function withoutDialect({ $schema: _, ...shape }: JsonSchema & { readonly $schema?: string }): object {
  return shape;
}

/** Writes the schemas below `.vscode` and names them in its settings, beside what is there. Returns what was written. */
export function writeEditorFiles(folder: string, paths: readonly string[]): { readonly written: readonly string[]; readonly problem: Diagnostic | undefined } {
  const written: string[] = [];
  const schemas: Record<string, readonly string[]> = {};
  mkdirSync(join(folder, ".vscode", "retain"), { recursive: true });
  for (const [name, kind] of Object.entries(fileKinds)) {
    const path = `.vscode/retain/${name}.schema.json`;
    writeFileSync(join(folder, path), schemaText(kind));
    schemas[`./${path}`] = kind.files(paths);
    written.push(path);
  }
  const settings = readSettings(join(folder, settingsFile));
  // Settings with comments are somebody's own text; rewriting them would lose the comments.
  if (!settings)
    return { written, problem: diagnose("RT0030", { path: settingsFile }, { help: `add "yaml.schemas": ${JSON.stringify(schemas)} to it yourself` }) };
  const known = settings["yaml.schemas"];
  const merged = { ...settings, "yaml.schemas": { ...(known !== null && typeof known === "object" ? known : {}), ...schemas } };
  writeFileSync(join(folder, settingsFile), `${JSON.stringify(merged, null, 2)}\n`);
  return { written: [...written, settingsFile], problem: undefined };
}

function readSettings(path: string): Readonly<Record<string, unknown>> | undefined {
  if (!existsSync(path)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
