/** Turns an error of the database into a diagnostic at the analyst's own line. */
import { type Diagnostic, diagnose, type Note } from "../core/diagnostic.ts";
import { didYouMean } from "../core/did-you-mean.ts";
import { locate, type MappedText, writtenEnd } from "../core/mapped-text.ts";
import type { Span } from "../core/span.ts";
import { EngineError } from "../ports/engine.ts";

/** Instead of what the database says about a value that may be personal. */
const withheld = "the database met a value that it could not handle; it is not shown, because personal data is involved";

/**
 * `sql` is the statement that was sent; `fallback` is shown when the database names no place in it. With `isPrivate`, words
 * of the database that may quote the data are not repeated.
 */
export function mapEngineError(error: unknown, sql: MappedText | undefined, fallback: Span, isPrivate = false): Diagnostic {
  if (!(error instanceof EngineError)) return diagnose("RT0901", { problem: error instanceof Error ? error.message : String(error) }, { span: fallback });
  const offset = error.offset ?? (sql && error.kind === "other" ? findRaised(sql.text, error.message) : undefined);
  const word = sql && offset !== undefined ? (/^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$]+|\S)/u.exec(sql.text.slice(offset))?.[0].length ?? 1) : 1;
  const located = sql && offset !== undefined ? locate(sql, offset, word) : undefined;
  const notes: readonly Note[] = (located?.calls ?? []).map((span) => ({ message: "called from here", span }));
  const place = { span: located?.span ?? fallback, notes };
  const mayQuoteData = !error.isStatic && (error.kind === "conversion" || error.kind === "constraint" || error.kind === "other");
  const problem = isPrivate && mayQuoteData ? withheld : error.message;
  switch (error.kind) {
    case "syntax":
      return syntaxError(error, sql, problem, place);
    case "column": {
      const column = error.missing ?? /column "([^"]+)"/i.exec(problem)?.[1] ?? "";
      const near = didYouMean(
        column,
        error.candidates.map((name) => name.slice(name.lastIndexOf(".") + 1)),
      );
      const help = near ? `did you mean "${near}"?` : error.candidates.length > 0 ? `similar columns: ${[...new Set(error.candidates)].join(", ")}` : undefined;
      return column === "" ? diagnose("RT0405", { problem }, place) : diagnose("RT0402", { column }, { ...place, help });
    }
    case "relation": {
      // The database offers its own catalog, too, which nobody meant.
      const near = didYouMean(
        error.missing ?? "",
        error.candidates.filter((name) => !/^(?:pg_|duckdb_|sqlite_|information_schema|pragma_)/i.test(name)),
      );
      return diagnose("RT0403", { problem }, { ...place, help: near && `did you mean "${near}"?` });
    }
    case "conversion":
      return diagnose("RT0404", { problem }, place);
    case "space":
      return diagnose("RT0410", { problem }, place);
    case "interrupted":
      return diagnose("RT0411", { what: "the query" }, { span: fallback });
    default:
      return diagnose("RT0405", { problem }, place);
  }
}

/** Where the user's text ends too early, the database stumbles over what stands around it, which nobody wrote. */
function syntaxError(
  { offset }: EngineError,
  sql: MappedText | undefined,
  problem: string,
  place: { readonly span: Span; readonly notes: readonly Note[] },
): Diagnostic {
  if (/^unterminated/i.test(problem)) return diagnose("RT0401", { problem: problem.replace(/ at or near "[\s\S]*$/, "") }, place);
  const end = sql && writtenEnd(sql);
  if (sql === undefined || end === undefined || end === 0 || offset === undefined || offset < end) return diagnose("RT0401", { problem }, place);
  const last = /[\p{L}\p{N}_$]+$|\S$/u.exec(sql.text.slice(0, end))?.[0] ?? "";
  const span = locate(sql, end - last.length, last.length)?.span ?? place.span;
  return diagnose("RT0401", { problem: `the query ends too early: something is missing after "${last}"` }, { ...place, span });
}

/**
 * Where SQL raises an error of its own by error('...'), of which the database does not tell the place: the one call whose
 * text the message begins with, or the only call there is.
 */
function findRaised(sql: string, message: string): number | undefined {
  const calls = [...sql.matchAll(/\berror\s*\(\s*(?:'((?:[^']|'')*)')?/gi)];
  const said = calls.filter(([, text = ""]) => text !== "" && message.startsWith(text.replaceAll("''", "'").replace(/[!.]$/, "")));
  const [found] = said.length > 0 ? said : calls;
  return said.length === 1 || calls.length === 1 ? found?.index : undefined;
}
