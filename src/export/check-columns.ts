/**
 * Whether the columns that an export names exist in its model, with types that can be used, and its key in the models that
 * it suppresses. Asks the warehouse for columns; reads no row.
 */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { YamlPath } from "../core/yaml.ts";
import type { ResultColumn } from "../ports/engine.ts";
import type { DeclarationPlace } from "./declaration-place.ts";
import type { ExportRelation, ExportRequest } from "./export-request.ts";
import { identifierSources } from "./identifier-sources.ts";
import { readWarehouse } from "./read-warehouse.ts";

interface NamedColumn {
  readonly column: string;
  readonly path: YamlPath;
  readonly role: string;
}

export async function checkColumns(request: ExportRequest, place: DeclarationPlace): Promise<Outcome<undefined>> {
  const { name, declaration } = request.resource;
  const diagnostics: Diagnostic[] = [];
  const problem = (text: string, path: YamlPath, help?: string) => {
    diagnostics.push(diagnose("RT0603", { name, problem: text }, { span: place.value(path), help }));
  };
  const model = await columnsOf(request, request.model, place.value(["model"]));
  diagnostics.push(...model.diagnostics);
  if (!model.value) return { value: undefined, diagnostics };

  for (const { column, path, role } of namedColumns(request)) {
    if (findColumn(model.value, column)) continue;
    problem(`the model "${request.model.name}" has no column "${column}" for ${role}`, path, nearest(column, model.value));
  }
  const consent = declaration.consent && findColumn(model.value, declaration.consent.column);
  if (consent && consent.type !== "BOOLEAN") {
    problem(
      `the consent column "${consent.name}" is ${consent.type.toLowerCase()}, not boolean`,
      ["consent", "column"],
      "make it true or false in the model: what counts as consent is not guessed",
    );
  }
  const key = findColumn(model.value, declaration.primary_key);
  for (const [i, relation] of request.suppress.entries()) {
    const columns = await columnsOf(request, relation, place.value(["suppress", i]));
    diagnostics.push(...columns.diagnostics);
    if (!columns.value) continue;
    const own = findColumn(columns.value, declaration.primary_key);
    if (!own)
      problem(
        `"${relation.name}" has no column "${declaration.primary_key}" to suppress people by`,
        ["suppress", i],
        nearest(declaration.primary_key, columns.value),
      );
    else if (key && typeFamily(own.type) !== typeFamily(key.type)) {
      // Compared as text: a person with the key 1 here and 1.0 there would slip through and be addressed.
      problem(
        `"${own.name}" is ${own.type.toLowerCase()} in "${relation.name}" and ${key.type.toLowerCase()} in "${request.model.name}"`,
        ["suppress", i],
        "cast one of them, so that equal keys are equal",
      );
    }
  }
  return { value: undefined, diagnostics };
}

function namedColumns({ resource: { declaration } }: ExportRequest): readonly NamedColumn[] {
  const identifiers = identifierSources(declaration).flatMap(({ key, detail, path, columnPath }): readonly NamedColumn[] => {
    const country = detail.default_country;
    return [
      { column: detail.column, path: columnPath, role: key },
      ...(country === undefined ? [] : [{ column: country, path: [...path, "default_country"], role: `the country of ${key}` }]),
    ];
  });
  return [
    { column: declaration.primary_key, path: ["primary_key"], role: "the primary key" },
    ...identifiers,
    ...(declaration.consent ? [{ column: declaration.consent.column, path: ["consent", "column"], role: "consent" }] : []),
  ];
}

async function columnsOf(
  request: ExportRequest,
  relation: ExportRelation,
  span: ReturnType<DeclarationPlace["value"]>,
): Promise<Outcome<readonly ResultColumn[] | undefined>> {
  return readWarehouse(relation.name, span, async () => (await request.warehouse.query(`select * from ${relation.sql} limit 0`)).columns);
}

/** Names of columns differ in more than their case, as in the warehouse's SQL. */
function findColumn(columns: readonly ResultColumn[], name: string): ResultColumn | undefined {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

function nearest(name: string, columns: readonly ResultColumn[]): string {
  const names = columns.map((column) => column.name);
  return suggestion(name, names) ?? `its columns: ${names.join(", ")}`;
}

function typeFamily(type: string): string {
  return /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type) ? "whole number" : type;
}
