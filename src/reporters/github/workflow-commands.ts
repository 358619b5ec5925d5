/**
 * Lines that GitHub Actions acts on when they are printed: marks at the place in a file, and groups that fold away. Text
 * is escaped, so that nothing in a message can end a command or begin another one. Returns text; it writes nothing.
 */
import { codes } from "../../core/codes/index.ts";
import type { Diagnostic, Severity } from "../../core/diagnostic.ts";
import type { SourceLookup } from "../../core/span.ts";
import { placeOf } from "../place.ts";

const levels: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

export interface AnnotationOptions {
  readonly sources: SourceLookup;
  /** What leads from the repository's root to the project, ending in `/`. */
  readonly pathPrefix: string;
}

/** `::error file=models/a.sql,line=4,col=15,title=RT0203 Unknown model::unknown model "order"` */
export function annotation(diagnostic: Diagnostic, { sources, pathPrefix }: AnnotationOptions): string {
  const { span, code, message, help, notes = [] } = diagnostic;
  const place = span && placeOf(span, sources);
  const properties: Record<string, string | number | undefined> = {
    file: place && `${pathPrefix}${place.file}`,
    line: place?.start?.line,
    endLine: place?.end?.line,
    col: place?.start?.column,
    // Columns mean something to GitHub only on one line.
    endColumn: place?.start?.line === place?.end?.line ? place?.end?.column : undefined,
    title: `${code} ${codes[code].title}`,
  };
  const text = [message, ...notes.map((note) => `note: ${note.message}`), ...(help === undefined ? [] : [`help: ${help}`])].join("\n");
  return command(levels[diagnostic.severity], text, properties);
}

export function openGroup(title: string): string {
  return command("group", title);
}

export function closeGroup(): string {
  return command("endgroup", "");
}

/** From here on nothing is acted on, whatever the lines hold: rows of a test and words of a database are not ours. `token` must be hard to guess. */
export function stopActing(token: string): string {
  return command("stop-commands", token);
}

export function actAgain(token: string): string {
  return `::${token}::`;
}

function command(name: string, text: string, properties: Readonly<Record<string, string | number | undefined>> = {}): string {
  const given = Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${escapeProperty(String(value))}`]));
  return `::${name}${given.length > 0 ? ` ${given.join(",")}` : ""}::${escapeText(text)}`;
}

function escapeText(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
