/** Turns what DuckDB throws into EngineError. It is asked to report errors as JSON, with byte positions. */
import { fromByteOffset } from "../../core/mapped-text.ts";
import { EngineError, type EngineErrorKind } from "../../ports/engine.ts";

interface Report {
  readonly exception_type?: string;
  readonly exception_message?: string;
  readonly error_subtype?: string;
  readonly position?: string;
  readonly name?: string;
  readonly candidates?: string;
}

const kinds: Readonly<Record<string, EngineErrorKind>> = {
  Parser: "syntax",
  Conversion: "conversion",
  Constraint: "constraint",
  "Out of Memory": "space",
  TransactionContext: "aborted",
  INTERRUPT: "interrupted",
  Interrupt: "interrupted",
  FATAL: "fatal",
  INTERNAL: "fatal",
};

export function toEngineError(thrown: unknown, sql: string): EngineError {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const report = readReport(text);
  const message = tidy(report?.exception_message ?? text);
  const kind = kindOf(report, message);
  const position = report?.position === undefined ? undefined : Number(report.position);
  return new EngineError(kind, message, {
    ...(position !== undefined &&
      Number.isFinite(position) && { offset: report?.exception_type === "Parser" ? fromCharacters(sql, position) : fromByteOffset(sql, position) }),
    ...(report?.name !== undefined && { missing: report.name }),
    candidates: candidatesOf(report),
    isStatic: /^(Parser|Binder|Catalog|IO|Permission|HTTP|Dependency|Missing Extension|Settings|TransactionContext)$/.test(report?.exception_type ?? ""),
  });
}

/** The parser counts characters, everything behind it bytes. */
function fromCharacters(text: string, characters: number): number {
  let offset = 0;
  for (let i = 0; i < characters && offset < text.length; i++) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

function readReport(text: string): Report | undefined {
  const brace = text.indexOf("{");
  if (brace < 0) return undefined;
  try {
    return JSON.parse(text.slice(brace)) as Report;
  } catch {
    return undefined;
  }
}

function kindOf(report: Report | undefined, message: string): EngineErrorKind {
  if (/no space left|disk quota|could not write|failed to write|failed to create directory|failed to allocate|out of memory/i.test(message)) return "space";
  if (/database has been invalidated/i.test(message)) return "fatal";
  if (report?.error_subtype === "COLUMN_NOT_FOUND") return "column";
  if (report?.exception_type === "Catalog") return "relation";
  if (/^interrupted!?$/i.test(message)) return "interrupted";
  return kinds[report?.exception_type ?? ""] ?? "other";
}

/** The first paragraph; DuckDB repeats the statement and its own advice below. */
function tidy(message: string): string {
  return message
    .split(/\n(?:LINE \d+:|Candidate|Possible fixes|Did you mean|See also|\s*\n)/)[0]
    ?.trim()
    .replace(/[!.]$/, "") as string;
}

function candidatesOf(report: Report | undefined): readonly string[] {
  const listed = report?.candidates ?? /Candidate (?:bindings|functions|Entries):([\s\S]*)$/i.exec(report?.exception_message ?? "")?.[1] ?? "";
  return listed
    .split(/[,\n]/)
    .map((name) => name.trim().replaceAll('"', ""))
    .filter((name) => name !== "");
}
