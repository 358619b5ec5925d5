/**
 * Reads the rows that a unit test gives or expects: mappings, CSV or SQL, inline or in a file below `fixtures/` of a tests
 * path. Values stay as they are written; what type they are is known when the test runs.
 */
import type { SourceFile } from "../config/config.ts";
import { csvValue, scanCsv } from "../core/csv.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { spanIn, type TemplateSource } from "../core/mapped-text.ts";
import { plural } from "../core/names.ts";
import type { Span } from "../core/span.ts";
import type { YamlPath } from "../core/yaml.ts";
import { inlineSource } from "./inline-template.ts";
import type { Declared } from "./read-declarations.ts";
import { fileStem, foldersBelow } from "./settings.ts";
import { fileTemplate, parseTemplate, type Template } from "./template.ts";
import type { FixtureDeclaration } from "./unit-test-schema.ts";

export interface FixtureCell {
  readonly value: unknown;
  readonly span: Span;
  /** A number letter by letter, because its value has lost its zeros. */
  readonly written?: string;
}

export interface RowFixture {
  readonly kind: "rows";
  readonly columns: readonly { readonly name: string; readonly span: Span }[];
  /** Cells by column; `undefined` where a row does not name the column. */
  readonly rows: readonly (readonly (FixtureCell | undefined)[])[];
  readonly span: Span;
}

export interface SqlFixture {
  readonly kind: "sql";
  readonly template: Template;
  readonly span: Span;
}

export type Fixture = RowFixture | SqlFixture;

interface FixtureReader {
  readonly declared: Declared<unknown>;
  /** `unit test "a"`, as problems begin. */
  readonly what: string;
  readonly files: readonly SourceFile[];
  readonly diagnostics: Diagnostic[];
}

/** Fixture files stand below `fixtures/` of a tests path; SQL there is no test of its own. */
export function isFixtureFile(file: SourceFile): boolean {
  return file.kind === "tests" && foldersBelow(file)[0] === "fixtures" && (file.extension === "csv" || file.extension === "sql");
}

/** `path` is the mapping that holds `rows`, `format` and `fixture`. */
export function readFixture(reader: FixtureReader, declaration: FixtureDeclaration, path: YamlPath): Fixture | undefined {
  const { declared, diagnostics, what } = reader;
  const { rows, format, fixture } = declaration;
  const { yaml } = declared;
  const fail = (problem: string, span: Span, help?: string): undefined => {
    diagnostics.push(diagnose("RT0236", { what, problem }, { span, help }));
    return undefined;
  };
  if (fixture !== undefined) {
    if (rows !== undefined) return fail("both rows and a fixture file are given", yaml.keySpanOf([...path, "fixture"]), "keep one of them");
    return readFixtureFile(reader, fixture, format, path);
  }
  if (rows === undefined) return fail("neither rows nor a fixture file are given", yaml.spanOf(path), "write `rows: []` for no rows");
  const rowsPath = [...path, "rows"];
  const span = yaml.spanOf(rowsPath);
  if (typeof rows !== "string") {
    if (format === undefined || format === "dict") return readMappings(reader, rows, rowsPath);
    return fail(`rows of format ${format} are a text, not a list`, yaml.spanOf([...path, "format"]), "leave out `format`, or write the rows as a text");
  }
  if (format === undefined || format === "dict") return fail("rows that are a text need `format: csv` or `format: sql`", span, "add the format beside `rows`");
  const source = inlineSource(declared, rows, rowsPath);
  return format === "csv" ? readCsv(reader, source, span) : readSql(reader, source, span);
}

function readFixtureFile(reader: FixtureReader, name: string, format: FixtureDeclaration["format"], path: YamlPath): Fixture | undefined {
  const { declared, files, what, diagnostics } = reader;
  const span = declared.yaml.spanOf([...path, "fixture"]);
  const candidates = files.filter(isFixtureFile);
  const wanted = candidates.filter((file) => fileStem(file.path) === name || file.path.slice(file.path.lastIndexOf("/") + 1) === name || file.path === name);
  const [file] = format === undefined ? wanted : wanted.filter(({ extension }) => extension === format);
  if (file) {
    const source = fileTemplate(file.path, file.text);
    const whole = { file: file.path, start: 0, end: 0 };
    return file.extension === "csv" ? readCsv(reader, source, whole) : readSql(reader, source, whole);
  }
  const folder = `${files.find(({ kind }) => kind === "tests")?.root ?? "test/data"}/fixtures`;
  const help =
    wanted[0] !== undefined
      ? `there is ${wanted[0].path}: say \`format: ${wanted[0].extension}\`, or leave the format out`
      : (suggestion(
          name,
          candidates.map((candidate) => fileStem(candidate.path)),
        ) ?? `put it at ${folder}/${name.replace(/\.\w+$/, "")}.${format === "sql" ? "sql" : "csv"}`);
  diagnostics.push(diagnose("RT0237", { what, name }, { span, help }));
  return undefined;
}

/** The columns are those that any row names, in the order of their first naming; they are compared without regard to case. */
function readMappings({ declared, diagnostics, what }: FixtureReader, list: readonly Readonly<Record<string, unknown>>[], path: YamlPath): RowFixture {
  const { yaml, file } = declared;
  const columns = new Map<string, RowFixture["columns"][number]>();
  const cells = list.map((row, i) => {
    const own = new Map<string, FixtureCell>();
    for (const [name, value] of Object.entries(row)) {
      const key = name.toLowerCase();
      const at = [...path, i, name];
      if (own.has(key)) diagnostics.push(diagnose("RT0236", { what, problem: `this row names the column "${name}" twice` }, { span: yaml.keySpanOf(at) }));
      const span = yaml.spanOf(at);
      own.set(key, { value, span, ...(typeof value === "number" && { written: file.text.slice(span.start, span.end) }) });
      if (!columns.has(key)) columns.set(key, { name, span: yaml.keySpanOf(at) });
    }
    return own;
  });
  return { kind: "rows", columns: [...columns.values()], rows: cells.map((own) => [...columns.keys()].map((key) => own.get(key))), span: yaml.spanOf(path) };
}

/** As in dbt, the first expected row says which columns are compared. One that only later rows name is told: it proves nothing. */
export function namedByFirstRow(fixture: RowFixture, { what, diagnostics }: Pick<FixtureReader, "what" | "diagnostics">): RowFixture {
  const [first] = fixture.rows;
  if (first === undefined || !first.includes(undefined)) return fixture;
  const isCompared = (_: unknown, i: number): boolean => first[i] !== undefined;
  for (const { name, span } of fixture.columns.filter((_, i) => first[i] === undefined)) diagnostics.push(diagnose("RT0241", { what, column: name }, { span }));
  return { ...fixture, columns: fixture.columns.filter(isCompared), rows: fixture.rows.map((row) => row.filter(isCompared)) };
}

function readCsv({ diagnostics, what }: FixtureReader, source: TemplateSource, span: Span): RowFixture | undefined {
  const { text } = source;
  const [header, ...records] = scanCsv(text, ",");
  const found: Diagnostic[] = [];
  const fail = (problem: string, at: Span, help?: string) => found.push(diagnose("RT0236", { what, problem }, { span: at, help }));
  const place = (cell: { readonly start: number; readonly end: number } | undefined): Span => {
    const { start, end } = cell ?? { start: 0, end: 0 };
    return spanIn(source, start, Math.max(end, start + 1));
  };
  if (header === undefined) {
    fail("the CSV is empty", span, "its first line names the columns");
    diagnostics.push(...found);
    return undefined;
  }
  const names = header.map((cell) => csvValue(text, cell)?.trim() ?? "");
  const lower = names.map((name) => name.toLowerCase());
  names.forEach((name, i) => {
    if (name === "") fail(`column ${i + 1} of the CSV has no name`, place(header[i]));
    else if (lower.indexOf(lower[i] ?? "") < i) fail(`the CSV names the column "${name}" twice`, place(header[i]));
  });
  for (const cells of records) {
    if (cells.length === names.length) continue;
    const all = { start: cells[0]?.start ?? 0, end: cells.at(-1)?.end ?? 0 };
    fail(`this row of the CSV has ${plural(cells.length, "value")}, its header ${names.length}`, place(all), "quote values that hold a comma");
  }
  diagnostics.push(...found);
  if (found.length > 0) return undefined;
  return {
    kind: "rows",
    columns: names.map((name, i) => ({ name, span: place(header[i]) })),
    rows: records.map((cells) => cells.map((cell) => ({ value: csvValue(text, cell), span: place(cell) }))),
    span,
  };
}

function readSql({ diagnostics, what }: FixtureReader, source: TemplateSource, span: Span): SqlFixture {
  const template = parseTemplate(source);
  diagnostics.push(...template.diagnostics);
  for (const { span: at } of template.calls.dependencies)
    diagnostics.push(
      diagnose("RT0236", { what, problem: "rows in SQL read no other relation" }, { span: at, help: "write the rows themselves, as in select 1 as id" }),
    );
  return { kind: "sql", template, span };
}
