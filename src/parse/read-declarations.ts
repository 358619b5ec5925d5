/** Reads every YAML file of the project into checked declarations, each with its file and path. One bad item hides no other. */
import type { z } from "zod";
import type { SourceFile } from "../config/config.ts";
import { checkSchema } from "../core/check-schema.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { Span } from "../core/span.ts";
import { readYaml, type YamlFile, type YamlPath } from "../core/yaml.ts";
import {
  type ExportDeclaration,
  type ExposureDeclaration,
  exportSchema,
  exposureSchema,
  type GroupDeclaration,
  groupSchema,
  type MacroDeclaration,
  type ModelDeclaration,
  macroSchema,
  modelSchema,
  type OperationDeclaration,
  operationSchema,
  resourceFileSchema,
  type SeedDeclaration,
  type SnapshotDeclaration,
  type SourceDeclaration,
  seedSchema,
  snapshotSchema,
  sourceSchema,
} from "./resource-schema.ts";
import { type UnitTestDeclaration, unitTestSchema } from "./unit-test-schema.ts";

/** One item of a YAML list, and the way back to it. */
export interface Declared<T> {
  readonly value: T;
  readonly file: SourceFile;
  readonly yaml: YamlFile;
  readonly path: YamlPath;
}

export interface Declarations {
  readonly models: readonly Declared<ModelDeclaration>[];
  readonly seeds: readonly Declared<SeedDeclaration>[];
  readonly snapshots: readonly Declared<SnapshotDeclaration>[];
  readonly sources: readonly Declared<SourceDeclaration>[];
  readonly macros: readonly Declared<MacroDeclaration>[];
  readonly exposures: readonly Declared<ExposureDeclaration>[];
  readonly groups: readonly Declared<GroupDeclaration>[];
  readonly operations: readonly Declared<OperationDeclaration>[];
  readonly exports: readonly Declared<ExportDeclaration>[];
  readonly unit_tests: readonly Declared<UnitTestDeclaration>[];
  /** Names in items that have other mistakes, so that refs to them are not reported as unknown on top. */
  readonly brokenNames: ReadonlySet<string>;
  /** Whether a whole file could not be read: then nothing can be said about what is not declared. */
  readonly isIncomplete: boolean;
}

type ListName = Exclude<keyof Declarations, "brokenNames" | "isIncomplete">;

/** The place of a declaration's name. */
export function nameSpan(declared: Declared<unknown>): Span {
  return declared.yaml.spanOf([...declared.path, "name"]);
}

export function readDeclarations(files: readonly SourceFile[]): Outcome<Declarations> {
  const diagnostics: Diagnostic[] = [];
  const brokenNames = new Set<string>();
  let isIncomplete = false;
  const lists: Record<ListName, Declared<never>[]> = {
    models: [],
    seeds: [],
    snapshots: [],
    sources: [],
    macros: [],
    exposures: [],
    groups: [],
    operations: [],
    exports: [],
    unit_tests: [],
  };

  for (const file of files) {
    if (file.extension !== "yml") continue;
    const yaml = readYaml(file.path, file.text);
    diagnostics.push(...yaml.diagnostics);
    if (yaml.diagnostics.length > 0) isIncomplete = true;
    if (yaml.value === null) continue;
    if (typeof yaml.value !== "object" || Array.isArray(yaml.value)) {
      diagnostics.push(diagnose("RT0104", { where: file.path, problem: "must be a mapping such as `models: [...]`" }, { span: yaml.spanOf([]) }));
      continue;
    }
    for (const [key, list] of Object.entries(yaml.value)) {
      if (key === "version") continue;
      if (!Object.hasOwn(resourceFileSchema.shape, key)) {
        const known = Object.keys(resourceFileSchema.shape);
        diagnostics.push(
          diagnose("RT0103", { key, where: file.path }, { span: yaml.keySpanOf([key]), help: suggestion(key, known) ?? `known keys: ${known.join(", ")}` }),
        );
        continue;
      }
      if (list === null) continue;
      if (!Array.isArray(list)) {
        diagnostics.push(diagnose("RT0104", { where: key, problem: "must be a list" }, { span: yaml.spanOf([key]) }));
        continue;
      }
      const kind = key as keyof typeof lists;
      list.forEach((item: unknown, i) => {
        const path = [key, i];
        const name = (item as { name?: unknown } | null)?.name;
        const noun = kind.slice(0, -1).replace("_", " ");
        const what = typeof name === "string" ? `${noun} "${name}"` : `${noun} ${i + 1}`;
        const checked = checkSchema(schemas[kind], item, yaml, path, what);
        diagnostics.push(...checked.diagnostics);
        if (checked.value !== undefined) lists[kind].push({ value: checked.value as never, file, yaml, path });
        else if (typeof name === "string" && kind !== "unit_tests") brokenNames.add(name);
      });
    }
  }
  return { value: { ...lists, brokenNames, isIncomplete }, diagnostics };
}

const schemas: Readonly<Record<ListName, z.ZodType>> = {
  models: modelSchema,
  seeds: seedSchema,
  snapshots: snapshotSchema,
  sources: sourceSchema,
  macros: macroSchema,
  exposures: exposureSchema,
  groups: groupSchema,
  operations: operationSchema,
  exports: exportSchema,
  unit_tests: unitTestSchema,
};
